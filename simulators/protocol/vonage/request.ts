/**
 * POST /v1/messages of the Vonage Messages API, as the API reference and `@vonage/messages` 1.27
 * have it: snake_case, a content object named after message_type, and `failover` with whole
 * messages that are tried in their order.
 */
import type { FieldProblem, FieldReader } from '../json/fields.ts';
import { readFields } from '../json/fields.ts';

export const VONAGE_CHANNELS = [
  'rcs',
  'sms',
  'mms',
  'whatsapp',
  'viber_service',
  'messenger',
  'email',
] as const;
export type VonageChannel = (typeof VONAGE_CHANNELS)[number];

/** A button under an RCS message that can be tapped. */
export interface VonageSuggestion {
  readonly text: string;
  readonly postbackData: string;
}

export interface VonageMessage {
  readonly channel: VonageChannel;
  readonly messageType: string;
  /** As it was written: digits without a plus sign. */
  readonly to: string;
  readonly from: string;
  readonly clientRef: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly webhookVersion: 'v0.1' | 'v1';
  readonly ttlMicros: number | undefined;
  /** What a phone shows of it: the text, or captions and addresses, line by line. */
  readonly text: string;
  readonly suggestions: readonly VonageSuggestion[];
}

/** The message and what is to be sent instead, in order; at least one. */
export interface VonageRequest {
  readonly messages: readonly VonageMessage[];
}

const LONGEST_TEXT = { rcs: 3_072, sms: 1_000, mms: 1_600 } as const;
const SHORTEST_TTL_SECONDS = 20;
const LONGEST_TTL_SECONDS = { rcs: 2_592_000, sms: 604_800, mms: 259_200 } as const;
const LONGEST_CLIENT_REF = 100;
/** E.164 without plus sign; a leading zero would be a national number. */
const NUMBER = /^[1-9]\d{6,14}$/;
const URL_SHAPE = /^https?:\/\/\S+$/;

type Simulated = 'rcs' | 'sms' | 'mms';

const TYPES: Readonly<Record<Simulated, readonly string[]>> = {
  rcs: ['text', 'image', 'video', 'file', 'card', 'carousel', 'custom'],
  sms: ['text'],
  mms: ['text', 'image', 'vcard', 'audio', 'video', 'file', 'content'],
};

const SUGGESTION_TYPES = [
  'reply',
  'dial',
  'view_location',
  'share_location',
  'open_url',
  'open_url_in_webview',
  'create_calendar_event',
] as const;
const SUGGESTION_FACTS = [
  'phone_number',
  'latitude',
  'longitude',
  'pin_label',
  'url',
  'description',
  'view_mode',
  'start_time',
  'end_time',
  'title',
  'fallback_url',
];

const NONE: readonly VonageSuggestion[] = Object.freeze([]);

function readSuggestions(reader: FieldReader, most: number): readonly VonageSuggestion[] {
  if (!reader.has('suggestions')) {
    reader.any('suggestions');
    return NONE;
  }
  const found: VonageSuggestion[] = [];
  for (const suggestion of reader.objects('suggestions', { max: most })) {
    suggestion.word('type', SUGGESTION_TYPES, { required: true });
    const text = suggestion.string('text', { required: true, max: 25 });
    const postbackData = suggestion.string('postback_data', { required: true, max: 2_048 });
    for (const name of SUGGESTION_FACTS) suggestion.any(name);
    suggestion.close();
    if (text !== undefined && postbackData !== undefined) found.push({ text, postbackData });
  }
  return found;
}

function readMedia(reader: FieldReader, name: string): string[] {
  const media = reader.object(name, { required: true });
  if (media === undefined) return [];
  const url = media.string('url', { required: true, pattern: URL_SHAPE, like: 'a URL' });
  const caption = media.string('caption', { max: 3_000 });
  media.any('name');
  media.any('ttl');
  media.close();
  return [caption, url].filter((line) => line !== undefined);
}

function readCard(card: FieldReader, suggestions: VonageSuggestion[]): string[] {
  const title = card.string('title', { required: true, max: 200 });
  const text = card.string('text', { required: true, max: 2_000 });
  const url = card.string('media_url', { required: true, pattern: URL_SHAPE, like: 'a URL' });
  card.any('media_description');
  card.any('media_height');
  card.any('thumbnail_url');
  card.any('media_force_refresh');
  suggestions.push(...readSuggestions(card, 4));
  card.close();
  return [title, text, url].filter((line) => line !== undefined);
}

/** A custom RCS message is passed through to Google unread: of its texts, those we know. */
function customText(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(customText);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(customText);
}

interface Content {
  readonly lines: readonly string[];
  readonly suggestions: readonly VonageSuggestion[];
}

function readContent(reader: FieldReader, channel: Simulated, type: string): Content {
  const suggestions: VonageSuggestion[] = [];
  let lines: readonly string[] = [];
  switch (type) {
    case 'text': {
      const text = reader.string('text', { required: true, max: LONGEST_TEXT[channel] });
      lines = text === undefined ? [] : [text];
      break;
    }
    case 'card': {
      const card = reader.object('card', { required: true });
      lines = card === undefined ? [] : readCard(card, suggestions);
      break;
    }
    case 'carousel': {
      const carousel = reader.object('carousel', { required: true });
      const cards = carousel?.objects('cards', { required: true, min: 2, max: 10 }) ?? [];
      lines = cards.flatMap((card) => readCard(card, suggestions));
      carousel?.close();
      break;
    }
    case 'custom': {
      const custom = reader.object('custom', { required: true });
      lines = custom === undefined ? [] : customText(custom.json);
      break;
    }
    case 'content': {
      const parts = reader.objects('content', { required: true, min: 1 });
      for (const part of parts) {
        part.word('type', TYPES.mms, { required: true });
        const url = part.string('url', { required: true });
        part.any('caption');
        part.close();
        if (url !== undefined) lines = [...lines, url];
      }
      break;
    }
    default:
      lines = readMedia(reader, type);
  }
  if (channel === 'rcs') suggestions.push(...readSuggestions(reader, 11));
  return { lines, suggestions };
}

/** What channels add of their own, read for their names only. */
const CHANNEL_FIELDS = ['trusted_recipient', 'sms', 'rcs', 'mms', 'context', 'provider_message'];

function isSimulated(channel: VonageChannel): channel is Simulated {
  return channel === 'rcs' || channel === 'sms' || channel === 'mms';
}

function readMessage(reader: FieldReader): VonageMessage | undefined {
  const channel = reader.word('channel', VONAGE_CHANNELS, { required: true });
  const from = reader.string('from', { required: true, max: 256 });
  const clientRef = reader.string('client_ref', { max: LONGEST_CLIENT_REF });
  const webhookUrl = reader.string('webhook_url', { pattern: URL_SHAPE, like: 'a URL' });
  const webhookVersion = reader.word('webhook_version', ['v0.1', 'v1'] as const) ?? 'v1';
  if (channel === undefined) return undefined;
  if (!isSimulated(channel)) {
    // Its content is another product's: the message is taken and rejected as not allowed here.
    const messageType = reader.string('message_type', { required: true });
    const to = reader.string('to', { required: true });
    if (messageType === undefined || to === undefined || from === undefined) return undefined;
    const common = { channel, messageType, to, from, clientRef, webhookUrl, webhookVersion };
    return { ...common, ttlMicros: undefined, text: '', suggestions: [] };
  }
  const to = reader.string('to', {
    required: true,
    pattern: NUMBER,
    like: 'a number in E.164 format without a leading + or 00',
  });
  const messageType = reader.word('message_type', TYPES[channel], { required: true });
  const ttlSeconds = reader.integer('ttl', {
    min: SHORTEST_TTL_SECONDS,
    max: LONGEST_TTL_SECONDS[channel],
  });
  for (const name of CHANNEL_FIELDS) reader.any(name);
  if (messageType === undefined) return undefined;
  const { lines, suggestions } = readContent(reader, channel, messageType);
  reader.close();
  if (to === undefined || from === undefined) return undefined;
  return {
    channel,
    messageType,
    to,
    from,
    clientRef,
    webhookUrl,
    webhookVersion,
    ttlMicros: ttlSeconds === undefined ? undefined : ttlSeconds * 1_000_000,
    text: lines.join('\n'),
    suggestions,
  };
}

/** Reads and checks; undefined when `problems` has grown. */
export function readVonageRequest(
  value: unknown,
  problems: FieldProblem[],
): VonageRequest | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const failover = reader.objects('failover', { min: 1 });
  const first = readMessage(reader);
  const others = failover.map((each) => {
    if (each.has('failover')) each.refuse('failover', 'stands at the top only', 'unknown');
    each.any('failover');
    return readMessage(each);
  });
  if (problems.length > 0 || first === undefined) return undefined;
  return { messages: [first, ...others.filter((each) => each !== undefined)] };
}

/** PATCH /v1/messages/{uuid} */
export type VonageUpdate = { readonly status: 'read' | 'revoked' };

export function readVonageUpdate(
  value: unknown,
  problems: FieldProblem[],
): VonageUpdate | undefined {
  const reader = readFields(value, problems);
  if (reader === undefined) return undefined;
  const status = reader.word('status', ['read', 'revoked'] as const, { required: true });
  const indicator = reader.object('replying_indicator');
  indicator?.boolean('show');
  indicator?.string('type');
  indicator?.close();
  reader.close();
  return problems.length > 0 || status === undefined ? undefined : { status };
}
