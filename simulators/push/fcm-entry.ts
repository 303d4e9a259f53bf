import type { ServiceEntry } from '../kernel/service-entry.ts';
import { FCM_ERRORS } from '../protocol/fcm/errors.ts';

const REST = 'Firebase, “Method: projects.messages.send” (FCM HTTP v1)';
const ERRORS = 'Firebase, “FCM error codes”';
const QUOTAS = 'Firebase, “Throttling and quotas”';
const ABOUT = 'Firebase, “About FCM messages”';
const TOPICS = 'Google, Instance ID server API; firebase-admin 14.5.1';

/** Firebase Cloud Messaging. */
export const fcmEntry: ServiceEntry = {
  name: 'fcm',
  doc: 'Firebase Cloud Messaging, HTTP v1, with the token endpoint of its service account.',
  docs: 'https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send',
  guide: 'push.md',
  file: 'simulators/push/fcm-entry.ts',
  // Beside its own: the token endpoints of service accounts, old and new.
  hosts: [
    'fcm.googleapis.com',
    'iid.googleapis.com',
    'oauth2.googleapis.com',
    'www.googleapis.com',
    'accounts.google.com',
  ],
  placeholders: 'push.fcm.',
  operations: [
    {
      what: 'POST /v1/projects/{project}/messages:send',
      does: 'sends a message to a token, a topic or a condition',
      source: REST,
    },
    {
      what: 'POST /token, /oauth2/v4/token',
      does: 'gives an access token for an hour, for the service account’s RS256 assertion',
      source: 'RFC 7523; google-auth-library 11.3.4',
    },
    {
      what: '… /v1/projects/{project}/registrations/{token}/topicSubscriptions',
      does: 'subscribes a token to a topic (POST), or ends that (DELETE)',
      source: TOPICS,
    },
    {
      what: 'POST /iid/v1:batchAdd, :batchRemove',
      does: 'the same as it was before',
      source: TOPICS,
    },
  ],
  rules: [
    {
      when: 'no access token, one that was never given out, or an expired one',
      answer: '401 UNAUTHENTICATED',
      source: 'firebase-admin 14.5.1',
    },
    { when: 'another project', answer: '403 SENDER_ID_MISMATCH', source: ERRORS },
    {
      when: 'an unknown field, not just one target, data that is no text, reserved keys, a bad ttl',
      answer: '400 INVALID_ARGUMENT with the field (google.rpc.BadRequest)',
      source: `${REST}; ${ERRORS}`,
    },
    {
      when: 'over 4096 bytes, to topics over 2048',
      answer: '400 INVALID_ARGUMENT',
      source: ABOUT,
    },
    {
      when: 'a token that no phone has any more, or an installation id; what is no token at all',
      answer: '404 UNREGISTERED; 400 INVALID_ARGUMENT',
      source: ERRORS,
    },
    { when: '`validate_only`', answer: 'checked and answered, not sent', source: REST },
    {
      when: 'over 240 messages a minute or 5 000 an hour to one phone; 600 000 a minute in all',
      answer: '429 QUOTA_EXCEEDED with google.rpc.QuotaFailure and Retry-After',
      source: QUOTAS,
    },
    {
      when: 'over 20 messages with a collapse key to one phone',
      answer: 'taken, and delivered one in three minutes; the latest of a key replaces others',
      source: QUOTAS,
    },
    {
      when: 'the phone is offline',
      answer:
        'kept until `ttl` (four weeks; `0s` now or never): the latest of each of four collapse ' +
        'keys, a hundred others, then all of them are dropped',
      source: ABOUT,
    },
    {
      when: 'fault outage, or shutdown',
      answer: '500 INTERNAL, 503 UNAVAILABLE; 503 UNAVAILABLE with Retry-After',
      source: ERRORS,
    },
    {
      when: 'fault credentials-refused',
      answer: '403 SENDER_ID_MISMATCH, or 401 THIRD_PARTY_AUTH_ERROR',
      source: ERRORS,
    },
    {
      when: 'another path or method',
      answer: '404 NOT_FOUND in Google’s shape',
      source: 'general knowledge of Google’s APIs',
    },
  ],
  errors: [
    ...Object.entries(FCM_ERRORS).map(([code, { code: status }]) => ({
      code,
      status: `${status}`,
    })),
    { code: 'UNAUTHENTICATED', status: '401' },
    { code: 'NOT_FOUND', status: '404' },
  ],
  differences: [
    'Pushes through FCM to iPhones and browsers are not there.',
    'Minutes of the project’s quota begin with their first message.',
    'Under Google’s own names it is served over TLS, HTTP/1.1 and HTTP/2, and the `:scheme` that ' +
      'firebase-admin writes is taken as Google takes it.',
    'Which of more than four collapse keys is kept is not promised; here the oldest goes.',
  ],
  sources: [
    'firebase-admin 14.5.1 as published drives it in tests',
    'Firebase, “Set and manage the lifespan and priority of messages”',
  ],
};
