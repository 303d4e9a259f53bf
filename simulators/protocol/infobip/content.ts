/** The contents of an Infobip message (RcsOutboundMessageContent and SmsTextContent). */
import type { Medium, Suggestion, SuggestionDoes } from '../rich-content.ts';
import { shownText } from '../rich-content.ts';
import type { FieldReader } from '../json/fields.ts';

export interface InfobipContent {
  /** What a phone shows, line by line; the addresses of files where there are no words. */
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  readonly media: readonly Medium[];
}

const CONTENT_TYPES = ['TEXT', 'FILE', 'CARD', 'CAROUSEL', 'PROVIDER_TEMPLATE'] as const;
const SUGGESTION_TYPES = [
  'REPLY',
  'OPEN_URL',
  'DIAL_PHONE',
  'SHOW_LOCATION',
  'REQUEST_LOCATION',
  'CREATE_CALENDAR_EVENT',
] as const;
const DOES: Readonly<Record<(typeof SUGGESTION_TYPES)[number], SuggestionDoes>> = {
  REPLY: 'reply',
  OPEN_URL: 'open-url',
  DIAL_PHONE: 'dial',
  SHOW_LOCATION: 'view-location',
  REQUEST_LOCATION: 'share-location',
  CREATE_CALENDAR_EVENT: 'calendar-event',
};
/** What the kinds of suggestions have beside text and postback data. */
const SUGGESTION_FACTS = [
  'application',
  'webviewViewMode',
  'phoneNumber',
  'latitude',
  'longitude',
  'label',
  'startTime',
  'endTime',
  'title',
  'description',
  'fallbackUrl',
];
const LONGEST_RCS_TEXT = 3_072;
const LONGEST_SMS_TEXT = 1_600;

/** What is gathered of a message beside its words. */
interface Extras {
  readonly suggestions: Suggestion[];
  readonly media: Medium[];
}

function readSuggestions(reader: FieldReader, most: number): Suggestion[] {
  const found: Suggestion[] = [];
  for (const suggestion of reader.objects('suggestions', { max: most })) {
    const type = suggestion.word('type', SUGGESTION_TYPES, { required: true });
    const label = suggestion.string('text', { required: true, max: 25 });
    const postback = suggestion.string('postbackData', { required: true, max: 2_048 });
    const url = suggestion.any('url');
    for (const name of SUGGESTION_FACTS) suggestion.any(name);
    suggestion.close();
    if (label === undefined || postback === undefined || type === undefined) continue;
    const leads = type === 'OPEN_URL' && typeof url === 'string' ? { url } : {};
    found.push({ label, postback, does: DOES[type], ...leads });
  }
  return found;
}

/** A file, and its thumbnail where there is one. */
function readFile(reader: FieldReader, { media }: Extras): void {
  const file = reader.object('file', { required: true });
  const url = file?.string('url', { required: true, max: 1_000 });
  file?.close();
  const thumbnail = reader.object('thumbnail');
  const thumbnailUrl = thumbnail?.string('url');
  if (url !== undefined) media.push({ url, ...(thumbnailUrl !== undefined && { thumbnailUrl }) });
}

function readCard(card: FieldReader | undefined, extras: Extras): string[] {
  if (card === undefined) return [];
  const title = card.string('title', { max: 200 });
  const description = card.string('description', { max: 2_000 });
  const media = card.object('media');
  if (media !== undefined) readFile(media, extras);
  media?.word('height', ['SHORT', 'MEDIUM', 'TALL'], { required: true });
  media?.close();
  for (const button of readSuggestions(card, 4)) {
    extras.suggestions.push({ ...button, inCard: true });
  }
  card.close();
  return [title, description].filter((line) => line !== undefined);
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

function readLines(
  type: (typeof CONTENT_TYPES)[number],
  content: FieldReader,
  extras: Extras,
): string[] {
  switch (type) {
    case 'TEXT': {
      const text = content.string('text', { required: true, max: LONGEST_RCS_TEXT });
      return text === undefined ? [] : [text];
    }
    case 'FILE':
      readFile(content, extras);
      return [];
    case 'CARD':
      content.word('orientation', ['HORIZONTAL', 'VERTICAL'], { required: true });
      content.word('alignment', ['LEFT', 'RIGHT'], { required: true });
      return readCard(content.object('content', { required: true }), extras);
    case 'CAROUSEL':
      content.word('cardWidth', ['SMALL', 'MEDIUM'], { required: true });
      return content
        .objects('contents', { required: true, min: 2, max: 10 })
        .flatMap((card) => readCard(card, extras));
    case 'PROVIDER_TEMPLATE':
      // The template lives at Infobip: its texts are those of its parameters.
      content.string('templateId', { required: true });
      return texts(content.any('parameters'));
  }
}

export function readRcsContent(content: FieldReader): InfobipContent | undefined {
  const type = content.word('type', CONTENT_TYPES, { required: true });
  if (type === undefined) return undefined;
  const extras: Extras = { suggestions: [], media: [] };
  const lines = readLines(type, content, extras);
  if (type !== 'PROVIDER_TEMPLATE') extras.suggestions.push(...readSuggestions(content, 11));
  content.close();
  return { text: shownText(lines, extras.media), ...extras };
}

export function readSmsContent(content: FieldReader): InfobipContent | undefined {
  const text = content.string('text', { required: true, max: LONGEST_SMS_TEXT });
  content.any('transliteration');
  content.any('language');
  content.close();
  return text === undefined ? undefined : { text, suggestions: [], media: [] };
}
