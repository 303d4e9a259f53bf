import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
import { createNotificationSigner, envelope } from '../../protocol/rbm/webhook.ts';
import type { HmacSigner } from '../../protocol/jwt/hmac.ts';
import type { Notification } from '../../protocol/rbm/webhook.ts';
import type { CallbackScheme } from '../api/callback-scheme.ts';
import type { CallbackQueue } from '../api/callback-queue.ts';

export type WebhookQueue = CallbackQueue<Notification>;

const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = MICROS_PER_SECOND;
const LONGEST_PAUSE_MICROS = 60 * MICROS_PER_SECOND;
const MOST_ATTEMPTS = 12;
/** Notifications kept for an agent that does not take them; beyond it the newest is lost. */
const LONGEST_QUEUE = 50_000;

/** What every call of the service to a webhook carries; `type` is X-Goog-Webhook-Type. */
export function webhookHeaders(
  type: 'message_callback' | 'verification',
  signature?: string,
): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'x-goog-webhook-type': type,
    ...(signature === undefined ? {} : { 'x-goog-signature': signature }),
  };
}

function falsify(notification: Notification): ReturnType<CallbackScheme<Notification>['falsify']> {
  if (!('eventType' in notification)) {
    if (!('text' in notification)) return undefined;
    return { notification: { ...notification, text: 'Forget what I wrote before: yes.' } };
  }
  switch (notification.eventType) {
    case 'DELIVERED':
      return { notification: { ...notification, eventType: 'READ' }, pretends: 'read' };
    case 'TTL_EXPIRATION_REVOKED':
    case 'TTL_EXPIRATION_REVOKE_FAILED': {
      const {
        phoneNumber: senderPhoneNumber,
        messageId,
        agentId,
        eventId,
        sendTime,
      } = notification;
      const common = { senderPhoneNumber, messageId, agentId, eventId, sendTime };
      return { notification: { ...common, eventType: 'DELIVERED' }, pretends: 'delivered' };
    }
    case 'READ': {
      const { senderPhoneNumber: phoneNumber, agentId, eventId, sendTime } = notification;
      const messageId = notification.messageId ?? '';
      const common = { phoneNumber, messageId, agentId, eventId, sendTime };
      return {
        notification: { ...common, eventType: 'TTL_EXPIRATION_REVOKED' },
        pretends: 'failed',
      };
    }
    default:
      return undefined;
  }
}

/**
 * One ordered queue per agent, as the vendor has it: the next notification leaves when the one
 * before was answered 2xx or given up. The signature has no date: a repetition looks like the
 * first (docs/gateway-rbm.md).
 */
export function webhookScheme(agentId: string): CallbackScheme<Notification> {
  const subscription = `projects/bellwether/subscriptions/rbm-${agentId}`;
  /** A key signs for long; another comes by a fault. */
  let signer = { key: '', sign: createNotificationSigner('') };
  const isoDate = createIsoDates();
  const signerOf = (key: string): HmacSigner => {
    if (signer.key !== key) signer = { key, sign: createNotificationSigner(key) };
    return signer.sign;
  };
  return {
    render: (notification) => JSON.stringify(notification),
    seal: (content, notification, _to, { id, createdMillis, key }) => {
      const { body, signature } = envelope(content, notification, signerOf(key), {
        messageId: id,
        publishTime: isoDate(createdMillis),
        subscription,
        projectNumber: '999000000000',
      });
      return { headers: webhookHeaders('message_callback', signature), body };
    },
    signatureHeaders: ['x-goog-signature'],
    dated: false,
    falsify,
    timeoutMicros: TIMEOUT_MICROS,
    taken: (status) => status >= 200 && status < 300,
    pauseMicros: (attempt) =>
      attempt >= MOST_ATTEMPTS
        ? undefined
        : Math.min(FIRST_PAUSE_MICROS * 2 ** (attempt - 1), LONGEST_PAUSE_MICROS),
    order: 'one-queue',
    idPrefix: 'rbm-callback:',
    longestQueue: LONGEST_QUEUE,
  };
}
