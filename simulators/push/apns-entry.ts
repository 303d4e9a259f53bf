import type { ServiceEntry } from '../kernel/service-entry.ts';
import { APNS_REASONS } from '../protocol/apns/reasons.ts';
import type { ApnsReason } from '../protocol/apns/reasons.ts';

const SENDING = 'Apple, “Sending notification requests to APNs”';
const ANSWERS = 'Apple, “Handling notification responses from APNs”';
const TOKENS = 'Apple, “Establishing a token-based connection to APNs”';
const ESTIMATE = 'estimate';

/** Reasons of Apple's table that nothing here leads to. */
const NEVER: readonly ApnsReason[] = [
  'BadCertificate',
  'BadCertificateEnvironment',
  'BadEnvironmentKeyInToken',
  'ExpiredToken',
  'Forbidden',
  'IdleTimeout',
  'UnrelatedKeyIdInToken',
];

/** The Apple Push Notification service. */
export const apnsEntry: ServiceEntry = {
  name: 'apns',
  doc: 'Apple Push Notification service, provider API over HTTP/2 with provider tokens.',
  docs: 'https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns',
  guide: 'push.md',
  file: 'simulators/push/apns-entry.ts',
  hosts: ['api.push.apple.com', 'api.sandbox.push.apple.com', 'api.development.push.apple.com'],
  placeholders: 'push.apns.',
  operations: [
    {
      what: 'POST /3/device/{token}',
      does: 'sends a push to a phone, with an ES256 provider token',
      source: SENDING,
    },
  ],
  rules: [
    {
      when: 'no provider token, one that cannot be read, another team’s or key’s, of the future',
      answer: '403 MissingProviderToken, InvalidProviderToken',
      source: TOKENS,
    },
    { when: '`iat` older than an hour', answer: '403 ExpiredProviderToken', source: TOKENS },
    {
      when: 'another token on one connection within 20 minutes, unless the one before has expired',
      answer: '429 TooManyProviderTokenUpdates; a new connection may bring a new token',
      source: `${TOKENS}; Apple engineers in its forum`,
    },
    {
      when: 'the same without connections (virtual time)',
      answer: '429 at the sixth new token within 20 minutes',
      source: ESTIMATE,
    },
    {
      when: 'apns-id, -expiration, -priority, -push-type, -topic, -collapse-id not as documented',
      answer:
        '400 BadMessageId, BadExpirationDate, BadPriority, InvalidPushType, MissingTopic or ' +
        'BadTopic, BadCollapseId (over 64 bytes)',
      source: `${SENDING}; ${ANSWERS}`,
    },
    { when: 'one of these headers twice', answer: '400 DuplicateHeaders', source: ANSWERS },
    {
      when: '`background` with `apns-priority: 10` written out',
      answer: '400 BadPriority; without the header it is taken, and push/wrong-priority speaks',
      source: 'Apple, “Pushing background updates to your App”',
    },
    {
      when: 'no `apns-push-type`',
      answer: 'taken; `background` if nothing but `content-available` is in it, else `alert`',
      source: SENDING,
    },
    {
      when: 'a type with the topic of another (`voip` needs `….voip`)',
      answer: '400 TopicDisallowed',
      source: `${ESTIMATE}: Apple names no reason`,
    },
    {
      when: 'the topic of another app; of the team, but not what the token was given for',
      answer: '400 TopicDisallowed; 400 DeviceTokenNotForTopic',
      source: ANSWERS,
    },
    {
      when: 'a payload over 4096 bytes (voip: 5120)',
      answer: '413 PayloadTooLarge',
      source: SENDING,
    },
    {
      when: 'a body that is no JSON object',
      answer: '400 PayloadEmpty',
      source: `${ESTIMATE}: Apple documents no reason for it`,
    },
    {
      when: 'a token that no phone ever had',
      answer: '400 BadDeviceToken',
      source: ANSWERS,
    },
    {
      when: 'a token that a phone no longer has',
      answer: '410 Unregistered, with `timestamp` in milliseconds',
      source: ANSWERS,
    },
    {
      when: 'over 240 pushes a minute or 5 000 an hour to one token',
      answer: '429 TooManyRequests',
      source: `${ESTIMATE}: Apple tells no figures, these are Google’s`,
    },
    {
      when: 'the phone is offline',
      answer: 'the latest push of the app is kept until `apns-expiration`; `0` is tried once',
      source: `${SENDING} (“up to 30 days” without it)`,
    },
    {
      when: 'fault outage, or shutdown',
      answer:
        '500 InternalServerError, 503 ServiceUnavailable; 503 Shutdown and GOAWAY with its reason',
      source: ANSWERS,
    },
    {
      when: 'another path, no token in it, another method',
      answer: '404 BadPath, 400 MissingDeviceToken, 405 MethodNotAllowed',
      source: ANSWERS,
    },
  ],
  errors: Object.entries(APNS_REASONS)
    .filter(([code]) => !NEVER.includes(code as ApnsReason))
    .map(([code, status]) => ({ code, status: `${status}` })),
  differences: [
    'Provider tokens only; certificates are not taken.',
    'Broadcast channels are not there (404 BadPath).',
    'The development environment is the same service: its tokens and apns-unique-id are not there.',
    `Of Apple’s reasons these are never answered: ${NEVER.join(', ')}.`,
  ],
  sources: [
    '@parse/node-apn 8.1.0 and apns2 12.2.0 as published; node-apn drives it in tests',
    'Apple, “Sending push notifications using command-line tools” (the token’s fields)',
  ],
};
