/**
 * Requests of the Sinch Conversation API: messages:send, capability:query and events:send (API
 * reference; models of `@sinch/conversation` 1.4.0).
 */
import type { FieldProblem, FieldReader, ListRule, StringRule } from '../json/fields.ts';
import { readFields } from '../json/fields.ts';
import type { SinchMessage } from './app-message.ts';
import { readAppMessage } from './app-message.ts';

export const SINCH_CHANNELS = [
  'RCS',
  'SMS',
  'MMS',
  'WHATSAPP',
  'MESSENGER',
  'VIBERBM',
  'INSTAGRAM',
  'TELEGRAM',
  'KAKAOTALK',
  'KAKAOTALKCHAT',
  'LINE',
  'WECHAT',
  'APPLEBC',
] as const;
export type SinchChannel = (typeof SINCH_CHANNELS)[number];

export interface ChannelIdentity {
  readonly channel: SinchChannel;
  /** A number without plus sign, for RCS and SMS. */
  readonly identity: string;
}

/** One of the two, as it was written. */
export interface SinchRecipient {
  readonly contactId: string | undefined;
  readonly identities: readonly ChannelIdentity[];
}

export interface SinchSend {
  readonly appId: string;
  readonly recipient: SinchRecipient;
  readonly message: SinchMessage;
  /** Texts of their own for a channel (`explicit_channel_omni_message`). */
  readonly explicit: Readonly<Partial<Record<SinchChannel, SinchMessage>>>;
  /** Empty: the recipient's identities tell the order. */
  readonly channels: readonly SinchChannel[];
  readonly callbackUrl: string | undefined;
  readonly metadata: string | undefined;
  readonly correlationId: string | undefined;
  readonly ttlMicros: number | undefined;
  readonly dispatchOnly: boolean;
  /** Of the channel properties: who the message is from, where that is not the app's own. */
  readonly senders: { readonly sms: string | undefined; readonly mms: string | undefined };
}

const URL_SHAPE = /^https?:\/\/\S+$/;
const DURATION = /^(\d{1,9})(\.\d{1,9})?s$/;
const REQUIRED = { required: true } as const;
const ANY_TEXT: StringRule = { min: 0 };
const CALLBACK_URL: StringRule = { max: 742, pattern: URL_SHAPE, like: 'a URL' };
const METADATA: StringRule = { min: 0, max: 1_024 };
const CORRELATION_ID: StringRule = { min: 0, max: 128 };
const TTL: StringRule = { pattern: DURATION, like: 'a duration such as "30s"' };
const IDENTITIES: ListRule = { required: true, min: 1 };
const QUEUES = ['NORMAL_PRIORITY', 'HIGH_PRIORITY'] as const;
const STRATEGIES = ['DEFAULT', 'DISPATCH_ONLY'] as const;
const CONTENT_TYPES = ['CONTENT_UNKNOWN', 'CONTENT_MARKETING', 'CONTENT_NOTIFICATION'] as const;
const NUMBER_RULE: StringRule = {
  required: true,
  pattern: /^\+?[1-9]\d{6,14}$/,
  like: 'a number in E.164 format',
};

function readRecipient(parent: FieldReader): SinchRecipient {
  const recipient = parent.object('recipient', REQUIRED);
  const contactId = recipient?.string('contact_id');
  const identified = recipient?.object('identified_by');
  const identities: ChannelIdentity[] = [];
  for (const each of identified?.objects('channel_identities', IDENTITIES) ?? []) {
    const channel = each.word('channel', SINCH_CHANNELS, REQUIRED);
    const phone = channel === 'RCS' || channel === 'SMS' || channel === 'MMS';
    const identity = each.string('identity', phone ? NUMBER_RULE : REQUIRED);
    each.string('app_id', ANY_TEXT);
    each.close();
    if (channel !== undefined && identity !== undefined) identities.push({ channel, identity });
  }
  identified?.close();
  recipient?.close();
  if (recipient !== undefined && (contactId === undefined) === (identified === undefined)) {
    parent.refuse('recipient', 'must hold either contact_id or identified_by');
  }
  return { contactId, identities };
}

const CHANNELS: ReadonlySet<string> = new Set(SINCH_CHANNELS);

function isChannel(word: string): word is SinchChannel {
  return CHANNELS.has(word);
}

function readChannels(reader: FieldReader): readonly SinchChannel[] {
  const words = reader.strings('channel_priority_order');
  if (words.every(isChannel)) return words;
  for (const [index, word] of words.entries()) {
    if (!isChannel(word)) reader.refuse(`channel_priority_order[${index}]`, 'is no channel');
  }
  return words.filter(isChannel);
}

function readExplicit(
  message: FieldReader | undefined,
  problems: FieldProblem[],
): Partial<Record<SinchChannel, SinchMessage>> {
  const explicit: Partial<Record<SinchChannel, SinchMessage>> = {};
  const reader = message?.object('explicit_channel_omni_message');
  if (reader === undefined) return explicit;
  for (const channel of SINCH_CHANNELS) {
    const own = reader.object(channel);
    const read = own === undefined ? undefined : readAppMessage(own, problems);
    if (read !== undefined) explicit[channel] = read;
  }
  reader.close();
  return explicit;
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** POST /v1/projects/{project}/messages:send; undefined when `problems` has grown. */
export function readSinchSend(value: unknown, problems: FieldProblem[]): SinchSend | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const appId = reader.string('app_id', REQUIRED);
  const recipient = readRecipient(reader);
  const content = reader.object('message', REQUIRED);
  const message = content === undefined ? undefined : readAppMessage(content, problems);
  const explicit = readExplicit(content, problems);
  const channels = readChannels(reader);
  const callbackUrl = reader.string('callback_url', CALLBACK_URL);
  const metadata = reader.string('message_metadata', METADATA);
  const correlationId = reader.string('correlation_id', CORRELATION_ID);
  reader.object('conversation_metadata');
  const properties = reader.object('channel_properties')?.json ?? {};
  reader.word('queue', QUEUES);
  const strategy = reader.word('processing_strategy', STRATEGIES);
  reader.word('message_content_type', CONTENT_TYPES);
  reader.any('conversation_metadata_update_strategy');
  const ttl = reader.string('ttl', TTL);
  reader.close();
  if (problems.length > 0 || appId === undefined || message === undefined) return undefined;
  return {
    appId,
    recipient,
    message,
    explicit,
    channels,
    callbackUrl,
    metadata,
    correlationId,
    ttlMicros: ttl === undefined ? undefined : Math.round(Number(ttl.slice(0, -1)) * 1_000_000),
    dispatchOnly: strategy === 'DISPATCH_ONLY',
    senders: { sms: wordOf(properties['SMS_SENDER']), mms: wordOf(properties['MMS_SENDER']) },
  };
}

export interface SinchCapabilityQuery {
  readonly appId: string;
  readonly recipient: SinchRecipient;
  readonly requestId: string | undefined;
}

/** POST /v1/projects/{project}/capability:query */
export function readCapabilityQuery(
  value: unknown,
  problems: FieldProblem[],
): SinchCapabilityQuery | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const appId = reader.string('app_id', REQUIRED);
  const recipient = readRecipient(reader);
  const requestId = reader.string('request_id');
  reader.close();
  return problems.length > 0 || appId === undefined ? undefined : { appId, recipient, requestId };
}

const EVENT_KINDS = [
  'composing_event',
  'composing_end_event',
  'comment_reply_event',
  'agent_joined_event',
  'agent_left_event',
  'generic_event',
] as const;

export interface SinchEvent {
  readonly appId: string;
  readonly recipient: SinchRecipient;
}

/** POST /v1/projects/{project}/events:send */
export function readSinchEvent(value: unknown, problems: FieldProblem[]): SinchEvent | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const appId = reader.string('app_id', REQUIRED);
  const recipient = readRecipient(reader);
  const event = reader.object('event', { required: true });
  const kinds = EVENT_KINDS.filter((kind) => event?.has(kind));
  if (event !== undefined && kinds.length !== 1) {
    reader.refuse('event', 'must hold exactly one kind of event');
  }
  for (const kind of EVENT_KINDS) event?.any(kind);
  event?.close();
  readChannels(reader);
  for (const name of ['callback_url', 'channel_properties', 'event_metadata', 'queue']) {
    reader.any(name);
  }
  reader.any('correlation_id');
  reader.any('processing_strategy');
  reader.close();
  return problems.length > 0 || appId === undefined ? undefined : { appId, recipient };
}
