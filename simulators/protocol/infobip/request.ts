/**
 * Requests of Infobip's RCS API, version 2 of messages: POST /rcs/2/messages with SMS failover,
 * capability checks and events; and POST /sms/3/messages, which has the same frame. Field names
 * and bounds are those of its OpenAPI document, as the generated clients have them.
 */
import type { FieldProblem, FieldReader } from '../json/fields.ts';
import { readFields } from '../json/fields.ts';
import type { InfobipContent } from './content.ts';
import { readRcsContent, readSmsContent } from './content.ts';

export interface InfobipDestination {
  /** Digits, with or without plus sign, as written. */
  readonly to: string;
  readonly messageId: string | undefined;
}

export interface InfobipFailover {
  readonly sender: string;
  readonly text: string;
  readonly validityMicros: number | undefined;
}

export interface InfobipReporting {
  readonly url: string | undefined;
  /** Reports of states on the way, too. */
  readonly intermediate: boolean;
  readonly notify: boolean;
  /** A report of each step of a failover, not only of the last. */
  readonly everyStep: boolean;
  readonly seenUrl: string | undefined;
  readonly callbackData: string | undefined;
}

export interface InfobipMessage {
  readonly sender: string;
  readonly destinations: readonly InfobipDestination[];
  readonly content: InfobipContent;
  readonly validityMicros: number | undefined;
  readonly failover: InfobipFailover | undefined;
  readonly campaign: string | undefined;
  readonly reporting: InfobipReporting;
}

export interface InfobipSend {
  readonly bulkId: string | undefined;
  readonly messages: readonly InfobipMessage[];
}

const URL_SHAPE = /^https?:\/\/\S+$/;
const NUMBER = /^\+?[1-9]\d{6,14}$/;
const UNIT_SECONDS = { SECONDS: 1, MINUTES: 60, HOURS: 3_600 } as const;
/** Infobip keeps an undelivered message for 48 hours at most. */
const LONGEST_VALIDITY_SECONDS = 172_800;
const MOST_NUMBERS = 10_000;

function readValidity(reader: FieldReader | undefined): number | undefined {
  const validity = reader?.object('validityPeriod');
  if (validity === undefined) return undefined;
  const amount = validity.integer('amount', { required: true, min: 1 });
  const unit = validity.word('timeUnit', ['SECONDS', 'MINUTES', 'HOURS']) ?? 'MINUTES';
  validity.close();
  if (amount === undefined) return undefined;
  const seconds = amount * UNIT_SECONDS[unit];
  if (seconds > LONGEST_VALIDITY_SECONDS) validity.refuse('amount', 'must not exceed 48 hours');
  return seconds * 1_000_000;
}

function readDestinations(message: FieldReader): InfobipDestination[] {
  const found: InfobipDestination[] = [];
  for (const each of message.objects('destinations', { required: true, min: 1 })) {
    const to = each.string('to', {
      required: true,
      pattern: NUMBER,
      like: 'a number in E.164 format',
    });
    const messageId = each.string('messageId', { max: 200 });
    each.any('networkId');
    each.close();
    if (to !== undefined) found.push({ to, messageId });
  }
  return found;
}

/** Without a word about webhooks, as with most messages. */
const USUAL_REPORTING: InfobipReporting = Object.freeze({
  url: undefined,
  intermediate: false,
  notify: true,
  everyStep: false,
  seenUrl: undefined,
  callbackData: undefined,
});

function readReporting(message: FieldReader): InfobipReporting {
  const webhooks = message.object('webhooks');
  if (webhooks === undefined) return USUAL_REPORTING;
  const delivery = webhooks.object('delivery');
  const url = delivery?.string('url', { pattern: URL_SHAPE, like: 'a URL' });
  const intermediate = delivery?.boolean('intermediateReport') ?? false;
  const notify = delivery?.boolean('notify') ?? true;
  const everyStep = delivery?.boolean('receiveTriggeredFailoverReports') ?? false;
  delivery?.close();
  const seen = webhooks.object('seen');
  const seenUrl = seen?.string('url', { pattern: URL_SHAPE, like: 'a URL' });
  seen?.close();
  const callbackData = webhooks.string('callbackData', { min: 0, max: 4_000 });
  webhooks.word('contentType', ['application/json']);
  webhooks.close();
  return { url, intermediate, notify, everyStep, seenUrl, callbackData };
}

function readFailover(options: FieldReader | undefined): InfobipFailover | undefined {
  const failover = options?.object('smsFailover');
  if (failover === undefined) return undefined;
  const sender = failover.string('sender', { required: true });
  const text = failover.string('text', { required: true });
  const validityMicros = readValidity(failover);
  failover.any('regional');
  failover.close();
  return sender === undefined || text === undefined ? undefined : { sender, text, validityMicros };
}

/** What else the options have; it changes nothing here. */
const OTHER_OPTIONS = ['platform', 'deliveryTimeWindow', 'regional', 'language', 'transliteration'];

function readMessage(
  message: FieldReader,
  readContent: (content: FieldReader) => InfobipContent | undefined,
): InfobipMessage | undefined {
  const sender = message.string('sender', { required: true });
  const destinations = readDestinations(message);
  const body = message.object('content', { required: true });
  const content = body === undefined ? undefined : readContent(body);
  const options = message.object('options');
  const validityMicros = readValidity(options);
  const failover = readFailover(options);
  if (options?.has('mmsFailover') === true) {
    const both = 'excludes smsFailover: only one of them can be set';
    if (failover !== undefined) options.refuse('mmsFailover', both);
    options.any('mmsFailover');
  }
  const campaign = options?.string('campaignReferenceId', { max: 255 });
  for (const name of OTHER_OPTIONS) options?.any(name);
  options?.close();
  const reporting = readReporting(message);
  message.close();
  if (sender === undefined || content === undefined) return undefined;
  return { sender, destinations, content, validityMicros, failover, campaign, reporting };
}

function readSend(
  value: unknown,
  problems: FieldProblem[],
  readContent: (content: FieldReader) => InfobipContent | undefined,
): InfobipSend | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const messages = reader
    .objects('messages', { required: true, min: 1 })
    .map((message) => readMessage(message, readContent));
  const options = reader.object('options');
  const schedule = options?.object('schedule');
  const bulkId = schedule?.string('bulkId', { max: 100 });
  schedule?.any('sendAt');
  schedule?.any('sendingSpeedLimit');
  schedule?.close();
  for (const name of ['tracking', 'messageOrdering', 'includeSmsCountInResponse']) {
    options?.any(name);
  }
  options?.any('conversionTracking');
  options?.close();
  reader.close();
  if (problems.length > 0) return undefined;
  return { bulkId, messages: messages.filter((message) => message !== undefined) };
}

/** POST /rcs/2/messages; undefined when `problems` has grown. */
export function readRcsSend(value: unknown, problems: FieldProblem[]): InfobipSend | undefined {
  return readSend(value, problems, readRcsContent);
}

/** POST /sms/3/messages; undefined when `problems` has grown. */
export function readSmsSend(value: unknown, problems: FieldProblem[]): InfobipSend | undefined {
  return readSend(value, problems, readSmsContent);
}

export interface InfobipCapabilityCheck {
  readonly sender: string;
  readonly phoneNumbers: readonly string[];
  /** Only of the asynchronous form. */
  readonly notifyUrl: string | undefined;
}

/** POST /rcs/2/capability-check/query and …/notify */
export function readCapabilityCheck(
  value: unknown,
  problems: FieldProblem[],
  asynchronous: boolean,
): InfobipCapabilityCheck | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const sender = reader.string('sender', { required: true });
  const rule = { required: true, min: 1, max: MOST_NUMBERS };
  const phoneNumbers = reader.strings('phoneNumbers', rule);
  const notifyUrl = asynchronous
    ? reader.string('notifyUrl', { required: true, pattern: URL_SHAPE, like: 'a URL' })
    : undefined;
  if (asynchronous) reader.any('notifyContentType');
  reader.any('options');
  reader.close();
  return problems.length > 0 || sender === undefined
    ? undefined
    : { sender, phoneNumbers, notifyUrl };
}

export interface InfobipEvent {
  readonly type: 'TYPING_INDICATOR' | 'SEEN';
  readonly destinations: readonly InfobipDestination[];
}

/** POST /rcs/1/events */
export function readRcsEvents(
  value: unknown,
  problems: FieldProblem[],
): readonly InfobipEvent[] | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const events: InfobipEvent[] = [];
  for (const event of reader.objects('events', { required: true, min: 1 })) {
    event.string('sender', { required: true });
    const destinations = readDestinations(event);
    const content = event.object('content', { required: true });
    const type = content?.word('type', ['TYPING_INDICATOR', 'SEEN'] as const, { required: true });
    if (type === 'SEEN') content?.string('messageId', { required: true });
    content?.close();
    event.any('options');
    event.any('webhooks');
    event.close();
    if (type !== undefined) events.push({ type, destinations });
  }
  reader.any('options');
  reader.close();
  return problems.length > 0 ? undefined : events;
}
