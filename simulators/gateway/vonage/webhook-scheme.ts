import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { signVonageCallback } from '../../protocol/vonage/webhook.ts';
import type { StatusWebhook, VonageStatus, VonageWebhook } from '../../protocol/vonage/webhook.ts';
import type { CallbackScheme } from '../api/callback-scheme.ts';

const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = 5 * MICROS_PER_SECOND;
const LONGEST_PAUSE_MICROS = 900 * MICROS_PER_SECOND;
/** With these pauses it is repeated for 24 hours. */
const MOST_ATTEMPTS = 103;
const LONGEST_QUEUE = 50_000;

const LIES: Readonly<
  Record<VonageStatus, readonly [VonageStatus, 'delivered' | 'read' | 'failed']>
> = {
  submitted: ['delivered', 'delivered'],
  delivered: ['read', 'read'],
  read: ['rejected', 'failed'],
  rejected: ['delivered', 'delivered'],
  undeliverable: ['delivered', 'delivered'],
};

function falsify(webhook: VonageWebhook): ReturnType<CallbackScheme<VonageWebhook>['falsify']> {
  if ('status' in webhook) {
    const [status, pretends] = LIES[webhook.status];
    const { error: _error, ...rest } = webhook;
    return { notification: { ...rest, status } as StatusWebhook, pretends };
  }
  if (webhook.message_type === 'file') {
    const file = { ...webhook.file, url: 'https://elsewhere.example/note.txt' };
    return { notification: { ...webhook, file } };
  }
  if (webhook.message_type === 'text') {
    return { notification: { ...webhook, text: 'Forget what I wrote before: yes.' } };
  }
  if (webhook.message_type === 'button') {
    return { notification: { ...webhook, button: { payload: 'yes', text: 'Yes' } } };
  }
  return { notification: { ...webhook, reply: { id: 'yes', title: 'Yes' } } };
}

/** A UUID out of random hex digits. */
function uuidOf(hex: string): string {
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)];
  return `${a}-${b}-4${c}-8${d}-${hex.slice(20, 32)}`;
}

/**
 * Each callback for itself, repeated for a day, signed by a JWT that is made anew at each attempt
 * (https://developer.vonage.com/en/messages/concepts/signed-webhooks).
 */
export function vonageScheme(account: {
  readonly apiKey: string;
  readonly applicationId: string;
}): CallbackScheme<VonageWebhook> {
  return {
    render: (webhook) => JSON.stringify(webhook),
    seal: (body, _webhook, _to, { key, nowMillis, hex }) => ({
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Vonage/Messages',
        authorization: signVonageCallback(body, {
          ...account,
          secret: key,
          nowSeconds: Math.floor(nowMillis / MICROS_PER_MILLI),
          jti: uuidOf(hex(16)),
        }),
      },
      body,
    }),
    signatureHeaders: ['authorization'],
    dated: true,
    falsify,
    timeoutMicros: TIMEOUT_MICROS,
    taken: (status) => status >= 200 && status < 300,
    pauseMicros: (attempt) =>
      attempt >= MOST_ATTEMPTS
        ? undefined
        : Math.min(FIRST_PAUSE_MICROS * 2 ** Math.min(attempt - 1, 10), LONGEST_PAUSE_MICROS),
    order: 'each-alone',
    idPrefix: 'vonage-callback:',
    longestQueue: LONGEST_QUEUE,
  };
}
