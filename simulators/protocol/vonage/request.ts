/**
 * POST /v1/messages of the Vonage Messages API, as the API reference and `@vonage/messages` 1.27
 * have it: snake_case, a content object named after message_type, and `failover` with whole
 * messages that are tried in their order.
 */
import type { Medium, Suggestion, SuggestionDoes } from '../rich-content.ts';
import { NO_SUGGESTIONS, shownText } from '../rich-content.ts';
import { readAgentMessage } from '../rbm/agent-message.ts';
import { FieldError } from '../rbm/field-check.ts';
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
  /** What a phone shows of it: the text or captions; where there are none, the addresses. */
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  readonly media: readonly Medium[];
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
const DOES: Readonly<Record<(typeof SUGGESTION_TYPES)[number], SuggestionDoes>> = {
  reply: 'reply',
  dial: 'dial',
  view_location: 'view-location',
  share_location: 'share-location',
  open_url: 'open-url',
  open_url_in_webview: 'open-url',
  create_calendar_event: 'calendar-event',
};
const SUGGESTION_FACTS = [
  'phone_number',
  'latitude',
  'longitude',
  'pin_label',
  'description',
  'view_mode',
  'start_time',
  'end_time',
  'title',
  'fallback_url',
];

function readSuggestions(reader: FieldReader, most: number): readonly Suggestion[] {
  if (!reader.has('suggestions')) {
    reader.any('suggestions');
    return NO_SUGGESTIONS;
  }
  const found: Suggestion[] = [];
  for (const suggestion of reader.objects('suggestions', { max: most })) {
    const type = suggestion.word('type', SUGGESTION_TYPES, { required: true });
    const label = suggestion.string('text', { required: true, max: 25 });
    const postback = suggestion.string('postback_data', { required: true, max: 2_048 });
    const url = suggestion.any('url');
    for (const name of SUGGESTION_FACTS) suggestion.any(name);
    suggestion.close();
    if (label === undefined || postback === undefined || type === undefined) continue;
    const leads = DOES[type] === 'open-url' && typeof url === 'string' ? { url } : {};
    found.push({ label, postback, does: DOES[type], ...leads });
  }
  return found;
}

/** What is gathered of a message's content. */
interface Content {
  /** Title, text, captions. */
  readonly words: string[];
  readonly suggestions: Suggestion[];
  readonly media: Medium[];
}

function say(content: Content, ...lines: readonly (string | undefined)[]): void {
  for (const line of lines) if (line !== undefined) content.words.push(line);
}

function readMedia(reader: FieldReader, name: string, content: Content): void {
  const media = reader.object(name, { required: true });
  if (media === undefined) return;
  const url = media.string('url', { required: true, pattern: URL_SHAPE, like: 'a URL' });
  say(content, media.string('caption', { max: 3_000 }));
  media.any('name');
  media.any('ttl');
  media.close();
  if (url !== undefined) content.media.push({ url });
}

function readCard(card: FieldReader, content: Content): void {
  const title = card.string('title', { required: true, max: 200 });
  say(content, title, card.string('text', { required: true, max: 2_000 }));
  const url = card.string('media_url', { required: true, pattern: URL_SHAPE, like: 'a URL' });
  card.any('media_description');
  card.any('media_height');
  const thumbnailUrl = card.string('thumbnail_url');
  const forceRefresh = card.any('media_force_refresh') === true;
  for (const button of readSuggestions(card, 4)) {
    content.suggestions.push({ ...button, inCard: true });
  }
  card.close();
  if (url === undefined) return;
  content.media.push({
    url,
    ...(thumbnailUrl !== undefined && { thumbnailUrl }),
    ...(forceRefresh && { forceRefresh }),
  });
}

/** Of a message that Google would refuse: whatever texts it has. */
function customText(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(customText);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(customText);
}

/** A custom RCS message is passed through to Google unread; it is an AgentMessage of RBM. */
function readCustom(json: unknown, content: Content): void {
  try {
    const { content: open } = readAgentMessage(json, 0);
    if (open.kind !== 'text') return;
    const { text, rich } = open;
    if (rich?.wordless !== true) say(content, text);
    content.suggestions.push(...(rich?.suggestions ?? []));
    content.media.push(...(rich?.media ?? []));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    say(content, ...customText(json));
  }
}

function readContent(reader: FieldReader, channel: Simulated, type: string): Content {
  const content: Content = { words: [], suggestions: [], media: [] };
  switch (type) {
    case 'text':
      say(content, reader.string('text', { required: true, max: LONGEST_TEXT[channel] }));
      break;
    case 'card': {
      const card = reader.object('card', { required: true });
      if (card !== undefined) readCard(card, content);
      break;
    }
    case 'carousel': {
      const carousel = reader.object('carousel', { required: true });
      const cards = carousel?.objects('cards', { required: true, min: 2, max: 10 }) ?? [];
      for (const card of cards) readCard(card, content);
      carousel?.close();
      break;
    }
    case 'custom':
      readCustom(reader.object('custom', { required: true })?.json, content);
      break;
    case 'content':
      for (const part of reader.objects('content', { required: true, min: 1 })) {
        part.word('type', TYPES.mms, { required: true });
        const url = part.string('url', { required: true });
        const caption = part.any('caption');
        if (typeof caption === 'string') say(content, caption);
        part.close();
        if (url !== undefined) content.media.push({ url });
      }
      break;
    default:
      readMedia(reader, type, content);
  }
  if (channel === 'rcs') content.suggestions.push(...readSuggestions(reader, 11));
  return content;
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
    return { ...common, ttlMicros: undefined, text: '', suggestions: [], media: [] };
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
  const { words, suggestions, media } = readContent(reader, channel, messageType);
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
    text: shownText(words, media),
    suggestions,
    media,
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
