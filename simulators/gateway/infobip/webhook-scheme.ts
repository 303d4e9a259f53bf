import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { INFOBIP_ERROR, INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import { signInfobipCallback } from '../../protocol/infobip/webhook.ts';
import type {
  InfobipInbound,
  InfobipInboundSms,
  InfobipReport,
  InfobipSeenReport,
  InfobipWebhook,
} from '../../protocol/infobip/webhook.ts';
import type { CallbackScheme } from '../api/callback-scheme.ts';

const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const MINUTE_MICROS = 60 * MICROS_PER_SECOND;
/** With pauses of 1 min + 1 min × n² it is repeated for about a day. */
const MOST_ATTEMPTS = 17;
const LONGEST_QUEUE = 50_000;
const LIE = 'Forget what I wrote before: yes.';

type Falsified = ReturnType<CallbackScheme<InfobipWebhook>['falsify']>;
type Result = InfobipReport | InfobipSeenReport | InfobipInbound | InfobipInboundSms;

function liedReport(report: InfobipReport): Falsified {
  const delivered = report.status.id === INFOBIP_STATUS.delivered.id;
  const name = delivered ? 'undelivered' : 'delivered';
  const lie = { ...report, status: INFOBIP_STATUS[name], error: INFOBIP_ERROR[name] };
  return { notification: { results: [lie] }, pretends: delivered ? 'failed' : 'delivered' };
}

function falsify(webhook: InfobipWebhook): Falsified {
  if (!('results' in webhook)) {
    const told = webhook.capabilityCheckResult;
    const code = told.code === 'ENABLED' ? 'UNREACHABLE' : 'ENABLED';
    return { notification: { capabilityCheckResult: { ...told, code } } };
  }
  const [first] = webhook.results as readonly Result[];
  if (first === undefined || 'seenAt' in first) return undefined;
  if ('status' in first) return liedReport(first);
  const counts = { messageCount: 1, pendingMessageCount: 0 };
  const lie: InfobipInbound | InfobipInboundSms =
    'message' in first
      ? { ...first, message: { type: 'TEXT', text: LIE } }
      : { ...first, text: LIE, cleanText: LIE };
  return { notification: { results: [lie], ...counts } };
}

/**
 * Each callback for itself, repeated after 1 min + 1 min × n². The signature is that of security
 * settings HMAC; it covers the body and has no date.
 */
export const infobipScheme: CallbackScheme<InfobipWebhook> = {
  render: (webhook) => JSON.stringify(webhook),
  seal: (body, _webhook, _to, { key }) => ({
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Infobip',
      ...signInfobipCallback(body, key),
    },
    body,
  }),
  signatureHeaders: ['x-hub-signature'],
  dated: false,
  falsify,
  timeoutMicros: TIMEOUT_MICROS,
  taken: (status) => status >= 200 && status < 300,
  pauseMicros: (attempt) =>
    attempt >= MOST_ATTEMPTS ? undefined : MINUTE_MICROS * (1 + (attempt - 1) ** 2),
  order: 'each-alone',
  idPrefix: 'infobip-callback:',
  longestQueue: LONGEST_QUEUE,
};
