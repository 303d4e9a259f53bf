import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { signSinchCallback } from '../../protocol/sinch/webhook.ts';
import type { SinchDeliveryStatus, SinchWebhook } from '../../protocol/sinch/webhook.ts';
import type { CallbackScheme } from '../api/callback-scheme.ts';

const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = 5 * MICROS_PER_SECOND;
/** Doubling from 5 s, the last repetition comes 81 920 s after the one before. */
const MOST_ATTEMPTS = 16;
const LONGEST_QUEUE = 50_000;

type Lie = readonly [SinchDeliveryStatus, 'delivered' | 'read' | 'failed'];

const LIES: Readonly<Record<SinchDeliveryStatus, Lie>> = {
  QUEUED_ON_CHANNEL: ['DELIVERED', 'delivered'],
  DELIVERED: ['READ', 'read'],
  READ: ['FAILED', 'failed'],
  FAILED: ['DELIVERED', 'delivered'],
  SWITCHING_CHANNEL: ['DELIVERED', 'delivered'],
};

function falsify(webhook: SinchWebhook): ReturnType<CallbackScheme<SinchWebhook>['falsify']> {
  if ('message_delivery_report' in webhook) {
    const { reason: _reason, ...report } = webhook.message_delivery_report;
    const [status, pretends] = LIES[report.status];
    const lie = { ...webhook, message_delivery_report: { ...report, status } };
    return { notification: lie, pretends };
  }
  if ('message' in webhook) {
    const contact_message = { text_message: { text: 'Forget what I wrote before: yes.' } };
    return { notification: { ...webhook, message: { ...webhook.message, contact_message } } };
  }
  const { capability_notification: told } = webhook;
  const turned = told.capability_status === 'NO_CAPABILITY' ? 'CAPABILITY_FULL' : 'NO_CAPABILITY';
  const lie = { ...told, capability_status: turned } as const;
  return { notification: { ...webhook, capability_notification: lie } };
}

/**
 * Each callback for itself; 5xx, 429 and silence are repeated, other refusals are final
 * (https://developers.sinch.com/docs/conversation/callbacks).
 */
export const sinchScheme: CallbackScheme<SinchWebhook> = {
  render: (webhook) => JSON.stringify(webhook),
  seal: (body, _webhook, _to, { key, nowMillis, hex }) => ({
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Sinch/Conversation',
      ...signSinchCallback(body, {
        secret: key,
        nonce: hex(13),
        timestamp: Math.floor(nowMillis / MICROS_PER_MILLI),
      }),
    },
    body,
  }),
  signatureHeaders: [
    'x-sinch-webhook-signature',
    'x-sinch-webhook-signature-algorithm',
    'x-sinch-webhook-signature-nonce',
    'x-sinch-webhook-signature-timestamp',
  ],
  dated: true,
  falsify,
  timeoutMicros: TIMEOUT_MICROS,
  taken: (status) => status >= 200 && status < 300,
  pauseMicros: (attempt, result) => {
    const status = result.kind === 'answer' ? result.response.status : 500;
    if (attempt >= MOST_ATTEMPTS || (status < 500 && status !== 429)) return undefined;
    return FIRST_PAUSE_MICROS * 2 ** (attempt - 1);
  },
  order: 'each-alone',
  idPrefix: 'sinch-callback:',
  longestQueue: LONGEST_QUEUE,
};
