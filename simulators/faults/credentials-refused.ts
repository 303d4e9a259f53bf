import type { FaultEntry } from '../kernel/fault-entry.ts';

export const credentialsRefused = {
  name: 'credentials-refused',
  doc:
    'The push service takes no credentials: APNs answers 403 InvalidProviderToken, FCM 403 ' +
    'SENDER_ID_MISMATCH or, when its own access to another service broke, 401 ' +
    'THIRD_PARTY_AUTH_ERROR.',
  targets: ['push'],
  params: {
    as: {
      doc: 'What FCM answers.',
      type: 'word',
      words: ['SENDER_ID_MISMATCH', 'THIRD_PARTY_AUTH_ERROR'],
      default: 'SENDER_ID_MISMATCH',
    },
  },
  shape: 'interval',
  truth: 'down',
  example: 'key-revoked: { credentials-refused: push/apns, during: 60s..2m }',
} as const satisfies FaultEntry;
