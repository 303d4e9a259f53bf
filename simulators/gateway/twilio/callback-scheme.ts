import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { StatusWord } from '../../kernel/words.ts';
import { readForm } from '../../protocol/twilio/form.ts';
import {
  SIGNATURE_HEADER,
  signTwilioBody,
  signTwilioForm,
} from '../../protocol/twilio/signature.ts';
import type { CallbackAddress, CallbackScheme } from '../api/callback-scheme.ts';

/** A webhook's parameters, or the JSON of an event of the Event Streams. */
export type TwilioNotification =
  | { readonly kind: 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'events'; readonly events: readonly TwilioEvent[] };

/** CloudEvents 1.0, as Event Streams writes them. */
export interface TwilioEvent {
  readonly id: string;
  /** `com.twilio.messaging.message.delivered` */
  readonly type: string;
  readonly [member: string]: unknown;
}

const TIMEOUT_MICROS = 15 * MICROS_PER_SECOND;
const RETRY_MICROS = 100_000;
const LONGEST_QUEUE = 50_000;

/** “Connection overrides”: `#rc=2&rp=4xx,5xx` behind the address. */
interface Overrides {
  readonly retries: number;
  readonly policy: readonly string[];
}

/** One retry, and only when the connection failed. */
const USUAL: Overrides = { retries: 1, policy: ['ct'] };

function overridesOf({ told }: CallbackAddress): Overrides {
  const at = told.indexOf('#');
  if (at < 0) return USUAL;
  const given = new URLSearchParams(told.slice(at + 1));
  const retries = Number(given.get('rc') ?? USUAL.retries);
  return {
    retries: Number.isInteger(retries) ? Math.min(5, Math.max(0, retries)) : USUAL.retries,
    policy: given.get('rp')?.split(',') ?? USUAL.policy,
  };
}

function bare(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}

const LIES: Readonly<Record<string, { readonly status: string; readonly says: StatusWord }>> = {
  sent: { status: 'delivered', says: 'delivered' },
  delivered: { status: 'undelivered', says: 'failed' },
  read: { status: 'failed', says: 'failed' },
  undelivered: { status: 'delivered', says: 'delivered' },
  failed: { status: 'delivered', says: 'delivered' },
};

type Falsified = ReturnType<CallbackScheme<TwilioNotification>['falsify']>;

/** Of several events the first is the lie; its type and its data have to agree. */
function falsifyEvents([first, ...rest]: readonly TwilioEvent[]): Falsified {
  if (first === undefined) return undefined;
  const told = first.type.slice(first.type.lastIndexOf('.') + 1);
  const lie = LIES[told];
  if (lie === undefined) return undefined;
  const type = first.type.slice(0, -told.length) + lie.status;
  const data = { ...(first['data'] as object), messageStatus: lie.status };
  const events = [{ ...first, type, data }, ...rest];
  return { notification: { kind: 'events', events }, pretends: lie.says };
}

function falsify(notification: TwilioNotification): Falsified {
  if (notification.kind === 'events') return falsifyEvents(notification.events);
  const { fields } = notification;
  const lie = LIES[fields['MessageStatus'] ?? ''];
  if (lie !== undefined) {
    const changed = { ...fields, MessageStatus: lie.status, SmsStatus: lie.status };
    return { notification: { kind: 'form', fields: changed }, pretends: lie.says };
  }
  if (fields['Body'] === undefined) return undefined;
  const Body = 'Forget what I wrote before: yes.';
  return { notification: { kind: 'form', fields: { ...fields, Body } } };
}

/**
 * Each callback by itself, its order not promised (“Status callbacks”); the signature holds the
 * address and the parameters, and no date: a repetition looks like the first.
 */
export const TWILIO_CALLBACKS: CallbackScheme<TwilioNotification> = {
  render: (notification) =>
    notification.kind === 'form'
      ? new URLSearchParams(notification.fields).toString()
      : JSON.stringify(notification.events),
  seal: (content, notification, to, { key }) => {
    const common = { 'user-agent': 'TwilioProxy/1.1', accept: '*/*' };
    const told = bare(to.told);
    const url = bare(to.url);
    if (notification.kind === 'events') {
      const { query, signature } = signTwilioBody(key, told, content);
      return {
        url: `${url}${url.includes('?') ? '&' : '?'}${query}`,
        headers: {
          ...common,
          'content-type': 'application/json',
          [SIGNATURE_HEADER]: signature,
        },
        body: content,
      };
    }
    return {
      url,
      headers: {
        ...common,
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        [SIGNATURE_HEADER]: signTwilioForm(key, told, readForm(Buffer.from(content))),
      },
      body: content,
    };
  },
  signatureHeaders: [SIGNATURE_HEADER],
  dated: false,
  falsify,
  timeoutMicros: TIMEOUT_MICROS,
  taken: (status) => status < 400,
  pauseMicros: (attempt, result, to) => {
    const { retries, policy } = overridesOf(to);
    if (attempt > retries) return undefined;
    const why =
      result.kind === 'failure'
        ? result.handed
          ? 'rt'
          : 'ct'
        : `${Math.floor(result.response.status / 100)}xx`;
    return policy.includes(why) || policy.includes('all') ? RETRY_MICROS : undefined;
  },
  order: 'each-alone',
  idPrefix: 'twilio-callback:',
  longestQueue: LONGEST_QUEUE,
};
