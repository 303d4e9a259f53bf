/** POST Messages.json: what the fields of a message mean, and what is wrong with them. */
import type { Form } from './form.ts';
import type { TwilioErrorCode } from './errors.ts';

/** What the Node SDK 6.2.0 can send. */
const FIELDS: ReadonlySet<string> = new Set([
  'To',
  'From',
  'MessagingServiceSid',
  'Body',
  'MediaUrl',
  'ContentSid',
  'ContentVariables',
  'FallbackFrom',
  'StatusCallback',
  'ApplicationSid',
  'MaxPrice',
  'ProvideFeedback',
  'Attempt',
  'ValidityPeriod',
  'ForceDelivery',
  'ContentRetention',
  'AddressRetention',
  'SmartEncoded',
  'PersistentAction',
  'TrafficType',
  'ShortenUrls',
  'ScheduleType',
  'SendAt',
  'SendAsMms',
  'MessageIntent',
  'RiskCheck',
]);

export interface MessageRequest {
  /** `+E164` or `rcs:+E164` */
  readonly to: string;
  readonly number: string;
  readonly from: string | undefined;
  readonly serviceSid: string | undefined;
  readonly fallbackFrom: string | undefined;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  /** The template that takes the place of both. */
  readonly contentSid: string | undefined;
  /** JSON, as it stands. */
  readonly contentVariables: string | undefined;
  readonly statusCallback: string | undefined;
  readonly validitySeconds: number | undefined;
  /** ms since the Unix epoch; undefined: now. */
  readonly sendAtMillis: number | undefined;
  /** Names that the API does not have; it takes no notice of them. */
  readonly unknown: readonly string[];
}

/** `detail` goes to the end of the error's sentence. */
export interface MessageProblem {
  readonly code: TwilioErrorCode;
  readonly detail?: string;
}

const LONGEST_BODY = 1600;
const VALIDITY_SECONDS = { least: 1, most: 36_000 };
/** “Message scheduling”: at least 15 minutes, at most 35 days ahead. */
const AHEAD_MILLIS = { least: 15 * 60_000, most: 35 * 86_400_000 };
const LONGEST_URL = 4000;
const MOST_MEDIA = 10;
const NUMBER = /^\+[1-9]\d{6,14}$/;
const RCS = 'rcs:';

/** Numbers by which Twilio's test credentials make each error happen (“Test credentials”). */
const MAGIC_TO: ReadonlyMap<string, TwilioErrorCode> = new Map([
  ['+15005550001', 21211],
  ['+15005550002', 21612],
  ['+15005550003', 21408],
  ['+15005550004', 21610],
  ['+15005550009', 21614],
]);
const MAGIC_FROM: ReadonlyMap<string, TwilioErrorCode> = new Map([
  ['+15005550001', 21212],
  ['+15005550007', 21606],
  ['+15005550008', 21611],
]);

const NONE: readonly string[] = Object.freeze([]);

function senderProblem(form: Form): MessageProblem | undefined {
  const from = form.first('From');
  const service = form.first('MessagingServiceSid');
  const fallback = form.first('FallbackFrom');
  if (fallback !== undefined) {
    if (from !== undefined) return { code: 21664 };
    if (service === undefined) return { code: 21666 };
    if (fallback.startsWith(RCS)) return { code: 21665, detail: fallback };
  }
  if ((from ?? '') === '' && service === undefined) return { code: 21603 };
  const magic = from === undefined ? undefined : MAGIC_FROM.get(from);
  return magic === undefined ? undefined : { code: magic, detail: from ?? '' };
}

/** A full http or https address whose host may stand in DNS. */
function isAddress(text: string): boolean {
  const url = text.length > LONGEST_URL ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !url.hostname.includes('_');
}

function contentProblem(form: Form): MessageProblem | undefined {
  const callback = form.first('StatusCallback');
  if (callback !== undefined && callback !== '' && !isAddress(callback)) {
    return { code: 21609, detail: callback };
  }
  if (form.has('ContentSid')) return undefined;
  if (form.has('ContentVariables')) return { code: 21654 };
  const body = form.first('Body') ?? '';
  const media = form.all('MediaUrl');
  if (body === '' && media.length === 0) return { code: 21619 };
  const wrong = media.find((url) => !isAddress(url));
  if (wrong !== undefined) return { code: 21620, detail: wrong };
  if (media.length > MOST_MEDIA) return { code: 21623 };
  return body.length > LONGEST_BODY ? { code: 21617 } : undefined;
}

function timeProblem(form: Form, nowMillis: number): MessageProblem | undefined {
  const validity = form.first('ValidityPeriod');
  if (validity !== undefined) {
    const seconds = Number(validity);
    const { least, most } = VALIDITY_SECONDS;
    if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
      return { code: 20001, detail: `ValidityPeriod ${validity} is not ${least} to ${most}` };
    }
  }
  const type = form.first('ScheduleType');
  if (type === undefined) return undefined;
  if (type !== 'fixed') return { code: 20001, detail: `ScheduleType ${type} is not fixed` };
  if (!form.has('MessagingServiceSid')) return { code: 35118 };
  const at = form.first('SendAt');
  if (at === undefined) return { code: 35111 };
  const ahead = Date.parse(at) - nowMillis;
  // Not a date: NaN, which is never ahead.
  const inTime = ahead >= AHEAD_MILLIS.least && ahead <= AHEAD_MILLIS.most;
  return inTime ? undefined : { code: 35114, detail: at };
}

function unknownOf(form: Form): readonly string[] {
  let unknown: string[] | undefined;
  for (const name of form.names) if (!FIELDS.has(name)) (unknown ??= []).push(name);
  return unknown ?? NONE;
}

/** Reads a form; whether senders and services exist is the account's to say. */
export function readMessageRequest(form: Form, nowMillis: number): MessageRequest | MessageProblem {
  const to = form.first('To') ?? '';
  if (to === '') return { code: 21604 };
  const number = to.startsWith(RCS) ? to.slice(RCS.length) : to;
  const magic = MAGIC_TO.get(number);
  if (magic !== undefined) return { code: magic, detail: to };
  if (!NUMBER.test(number)) return { code: 21211, detail: to };
  const problem = senderProblem(form) ?? contentProblem(form) ?? timeProblem(form, nowMillis);
  if (problem !== undefined) return problem;
  const validity = form.first('ValidityPeriod');
  const sendAt = form.has('ScheduleType') ? form.first('SendAt') : undefined;
  return {
    to,
    number,
    from: form.first('From'),
    serviceSid: form.first('MessagingServiceSid'),
    fallbackFrom: form.first('FallbackFrom'),
    body: form.first('Body') ?? '',
    mediaUrls: form.all('MediaUrl'),
    contentSid: form.first('ContentSid'),
    contentVariables: form.first('ContentVariables'),
    statusCallback: form.first('StatusCallback'),
    validitySeconds: validity === undefined ? undefined : Number(validity),
    sendAtMillis: sendAt === undefined ? undefined : Date.parse(sendAt),
    unknown: unknownOf(form),
  };
}
