/** The contents of an Infobip message (RcsOutboundMessageContent and SmsTextContent). */
import type { FieldReader } from '../json/fields.ts';

export interface InfobipSuggestion {
  readonly text: string;
  readonly postbackData: string;
}

export interface InfobipContent {
  /** What a phone shows, line by line. */
  readonly text: string;
  readonly suggestions: readonly InfobipSuggestion[];
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
/** What the kinds of suggestions have beside text and postback data. */
const SUGGESTION_FACTS = [
  'url',
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

function readSuggestions(reader: FieldReader, most: number): InfobipSuggestion[] {
  const found: InfobipSuggestion[] = [];
  for (const suggestion of reader.objects('suggestions', { max: most })) {
    suggestion.word('type', SUGGESTION_TYPES, { required: true });
    const text = suggestion.string('text', { required: true, max: 25 });
    const postbackData = suggestion.string('postbackData', { required: true, max: 2_048 });
    for (const name of SUGGESTION_FACTS) suggestion.any(name);
    suggestion.close();
    if (text !== undefined && postbackData !== undefined) found.push({ text, postbackData });
  }
  return found;
}

function readFile(reader: FieldReader | undefined): string[] {
  const url = reader?.string('url', { required: true, max: 1_000 });
  reader?.close();
  return url === undefined ? [] : [url];
}

function readCard(card: FieldReader | undefined, suggestions: InfobipSuggestion[]): string[] {
  if (card === undefined) return [];
  const title = card.string('title', { max: 200 });
  const description = card.string('description', { max: 2_000 });
  const media = card.object('media');
  const file = media === undefined ? [] : readFile(media.object('file', { required: true }));
  media?.any('thumbnail');
  media?.word('height', ['SHORT', 'MEDIUM', 'TALL'], { required: true });
  media?.close();
  suggestions.push(...readSuggestions(card, 4));
  card.close();
  return [title, description, ...file].filter((line) => line !== undefined);
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

function readLines(
  type: (typeof CONTENT_TYPES)[number],
  content: FieldReader,
  suggestions: InfobipSuggestion[],
): string[] {
  switch (type) {
    case 'TEXT': {
      const text = content.string('text', { required: true, max: LONGEST_RCS_TEXT });
      return text === undefined ? [] : [text];
    }
    case 'FILE':
      content.any('thumbnail');
      return readFile(content.object('file', { required: true }));
    case 'CARD':
      content.word('orientation', ['HORIZONTAL', 'VERTICAL'], { required: true });
      content.word('alignment', ['LEFT', 'RIGHT'], { required: true });
      return readCard(content.object('content', { required: true }), suggestions);
    case 'CAROUSEL':
      content.word('cardWidth', ['SMALL', 'MEDIUM'], { required: true });
      return content
        .objects('contents', { required: true, min: 2, max: 10 })
        .flatMap((card) => readCard(card, suggestions));
    case 'PROVIDER_TEMPLATE':
      // The template lives at Infobip: its texts are those of its parameters.
      content.string('templateId', { required: true });
      return texts(content.any('parameters'));
  }
}

export function readRcsContent(content: FieldReader): InfobipContent | undefined {
  const type = content.word('type', CONTENT_TYPES, { required: true });
  if (type === undefined) return undefined;
  const suggestions: InfobipSuggestion[] = [];
  const lines = readLines(type, content, suggestions);
  if (type !== 'PROVIDER_TEMPLATE') suggestions.push(...readSuggestions(content, 11));
  content.close();
  return { text: lines.join('\n'), suggestions };
}

export function readSmsContent(content: FieldReader): InfobipContent | undefined {
  const text = content.string('text', { required: true, max: LONGEST_SMS_TEXT });
  content.any('transliteration');
  content.any('language');
  content.close();
  return text === undefined ? undefined : { text, suggestions: [] };
}
