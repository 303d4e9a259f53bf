import type { Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import { segmentText } from '../../protocol/sms-text/segment.ts';
import { statusError } from '../../protocol/vonage/errors.ts';
import type { MessageErrorCode } from '../../protocol/vonage/errors.ts';
import type { VonageMessage } from '../../protocol/vonage/request.ts';
import { oldStatus } from '../../protocol/vonage/webhook.ts';
import type { StatusWebhook, VonageStatus } from '../../protocol/vonage/webhook.ts';
import type { StepEnd } from '../api/fallback-chain.ts';
import { noRcs, notThisMessage } from '../api/message-life.ts';
import { toldAddress } from '../api/told-address.ts';
import type { VonageContext } from './context.ts';

/** One message of a request, for its webhooks. */
export interface StatusFacts {
  readonly uuid: string;
  readonly wire: string;
  readonly message: VonageMessage;
  readonly person: string | undefined;
  readonly request: number;
  /** Undefined for a request without failover. */
  readonly workflow: StatusWebhook['workflow'];
}

const PRICE = { sms: '0.0333', mms: '0.0150', rcs: '0.0500' } as const;

const ERROR_OF: Readonly<Record<Exclude<StepEnd, 'recalled'>, MessageErrorCode>> = {
  unsupported: 1140,
  unreachable: 1260,
  undelivered: 1260,
  expired: 1360,
  media: 1020,
  'too-large': 1020,
};
/** A phone that has no RCS. */
const NOT_SUITABLE: MessageErrorCode = 1310;

/** What each status implies; a rejection only when nothing follows in its place. */
const IMPLIES: Readonly<Record<VonageStatus, StatusWord>> = {
  submitted: 'sent',
  delivered: 'delivered',
  read: 'read',
  rejected: 'failed',
  undeliverable: 'failed',
};

/** SMS and MMS are charged when they are submitted, RCS messages when they are delivered. */
function usageOf(status: VonageStatus, { channel, text }: VonageMessage): Partial<StatusWebhook> {
  if (channel === 'rcs' && status === 'delivered') {
    return { usage: { currency: 'EUR', price: PRICE.rcs } };
  }
  if (channel === 'mms' && status === 'submitted') {
    return { usage: { currency: 'EUR', price: PRICE.mms } };
  }
  if (channel !== 'sms' || status !== 'submitted') return {};
  const count = segmentText(text, 0).length;
  return {
    usage: { currency: 'EUR', price: (Number(PRICE.sms) * count).toFixed(4) },
    sms: { count_total: `${count}` },
  };
}

export interface StatusTold {
  readonly error?: MessageErrorCode;
  readonly meaning?: readonly Meaning[];
  /** Another message of the same request goes out in its place. */
  readonly next?: boolean;
}

const NOTHING_MORE: StatusTold = Object.freeze({});

/** Tells one status of one message, at its own webhook_url or the application's. */
export function tellStatus(
  context: VonageContext,
  facts: StatusFacts,
  status: VonageStatus,
  told: StatusTold = NOTHING_MORE,
): void {
  const { clock, ids } = context.ambient;
  const { uuid, wire, message, person, workflow, request } = facts;
  const { to, from, channel, clientRef, webhookUrl, webhookVersion } = message;
  // The queue would drop it; an error draws an id all the same, so that worlds stay as they are.
  const unheard = webhookUrl === undefined && !context.webhook.connected;
  if (unheard && told.error === undefined) return;
  const webhook: StatusWebhook = {
    message_uuid: uuid,
    to,
    from,
    timestamp: context.isoDate(clock.epochMillis()),
    status,
    channel,
    ...(clientRef === undefined ? {} : { client_ref: clientRef }),
    ...(told.error === undefined ? {} : { error: statusError(told.error, ids.hex(16)) }),
    ...usageOf(status, message),
    ...(workflow === undefined ? {} : { workflow }),
  };
  const implies = told.next === true ? undefined : IMPLIES[status];
  context.webhook.push({
    notification: webhookVersion === 'v0.1' ? oldStatus(webhook) : webhook,
    event: status,
    wire,
    cause: request,
    ...(person === undefined ? {} : { person }),
    ...(implies === undefined ? {} : { implies }),
    ...(told.meaning === undefined ? {} : { meaning: told.meaning }),
    ...(webhookUrl === undefined ? {} : { to: toldAddress(webhookUrl, context.address()) }),
  });
}

/** Tells why a message was given up. TTL expiry and provider refusals are rejections, too. */
export function tellFailure(
  context: VonageContext,
  facts: StatusFacts,
  why: StepEnd,
  next: boolean,
): void {
  // A message that was taken back ends without a status of its own.
  if (why === 'recalled') return;
  const { person, message } = facts;
  const withoutRcs = why === 'unreachable' && message.channel === 'rcs';
  const { channel } = message;
  const ours = channel === 'rcs' || channel === 'sms' || channel === 'mms';
  const channels = ours ? [channel] : [];
  const meaning =
    person === undefined || channels.length === 0
      ? undefined
      : withoutRcs
        ? noRcs(person)
        : notThisMessage(person, channels);
  tellStatus(context, facts, why === 'undelivered' ? 'undeliverable' : 'rejected', {
    error: withoutRcs ? NOT_SUITABLE : ERROR_OF[why],
    next,
    ...(meaning === undefined ? {} : { meaning }),
  });
}
