/**
 * AppMessage of the Sinch Conversation API: what a contact shall see, one of ten kinds, and how it
 * is transcoded for a channel that has less (https://developers.sinch.com/docs/conversation/
 * message-types; models of `@sinch/conversation` 1.4.0).
 */
import type { Medium, Suggestion, SuggestionDoes } from '../rich-content.ts';
import { shownText } from '../rich-content.ts';
import type { FieldProblem, FieldReader } from '../json/fields.ts';

export interface SinchMessage {
  /** Line by line, without the choices; the addresses of files where there are no words. */
  readonly text: string;
  readonly choices: readonly Suggestion[];
  readonly media: readonly Medium[];
}

const MESSAGE_KINDS = [
  'text_message',
  'card_message',
  'carousel_message',
  'choice_message',
  'location_message',
  'media_message',
  'template_message',
  'list_message',
  'contact_info_message',
] as const;
type MessageKind = (typeof MESSAGE_KINDS)[number];

const CHOICE_KINDS = [
  'text_message',
  'call_message',
  'location_message',
  'url_message',
  'calendar_message',
  'share_location_message',
] as const;

const DOES: Readonly<Record<(typeof CHOICE_KINDS)[number], SuggestionDoes>> = {
  text_message: 'reply',
  call_message: 'dial',
  location_message: 'view-location',
  url_message: 'open-url',
  calendar_message: 'calendar-event',
  share_location_message: 'share-location',
};

/** What is gathered of a message beside its words. */
interface Extras {
  readonly choices: Suggestion[];
  readonly media: Medium[];
}

const LONGEST_TEXT = 4_096;

function said(...lines: readonly (string | undefined)[]): string[] {
  return lines.filter((line) => line !== undefined);
}

function readText(reader: FieldReader | undefined): string | undefined {
  const text = reader?.string('text', { required: true, max: LONGEST_TEXT });
  reader?.close();
  return text;
}

function readMedia(reader: FieldReader | undefined, { media }: Extras): void {
  const url = reader?.string('url', { required: true });
  const thumbnailUrl = reader?.string('thumbnail_url');
  reader?.string('filename_override');
  reader?.close();
  if (url !== undefined) media.push({ url, ...(thumbnailUrl !== undefined && { thumbnailUrl }) });
}

function readChoices(reader: FieldReader, required: boolean): Suggestion[] {
  const found: Suggestion[] = [];
  for (const choice of reader.objects('choices', { required, max: 13 })) {
    const kinds = CHOICE_KINDS.filter((kind) => choice.has(kind));
    if (kinds.length !== 1) choice.refuse('', 'must hold exactly one kind of choice');
    const [kind = 'text_message'] = kinds;
    const inner = choice.object(kind);
    const label = kind === 'text_message' ? inner?.string('text') : inner?.string('title');
    const url = kind === 'url_message' ? inner?.string('url') : undefined;
    const postback = choice.any('postback_data');
    choice.close();
    if (label === undefined) continue;
    // Without postback data the contact's answer carries the text of the choice.
    const told = typeof postback === 'string' ? postback : label;
    found.push({ label, postback: told, does: DOES[kind], ...(url !== undefined && { url }) });
  }
  return found;
}

function readCard(card: FieldReader, extras: Extras): string[] {
  const title = card.string('title', { max: 200 });
  const description = card.string('description', { max: 2_000 });
  if (card.has('media_message')) readMedia(card.object('media_message'), extras);
  card.any('height');
  card.any('message_properties');
  for (const choice of readChoices(card, false)) extras.choices.push({ ...choice, inCard: true });
  card.close();
  return said(title, description);
}

function readSections(list: FieldReader, { choices }: Extras): string[] {
  const lines: string[] = [];
  for (const section of list.objects('sections', { required: true, min: 1 })) {
    lines.push(...said(section.string('title')));
    for (const item of section.objects('items', { required: true, min: 1 })) {
      const choice = item.has('choice') ? item.object('choice') : item.object('product');
      const title = choice?.string('title', { required: true }) ?? choice?.string('id');
      const postback = choice?.string('postback_data');
      if (title === undefined) continue;
      choices.push({ label: title, postback: postback ?? title, does: 'reply' });
    }
  }
  return lines;
}

/** A template lives at Sinch: its texts are those of its parameters. */
function templateTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(templateTexts);
}

function readKind(kind: MessageKind, body: FieldReader, extras: Extras): string[] {
  switch (kind) {
    case 'text_message': {
      const text = readText(body);
      return text === undefined ? [] : [text];
    }
    case 'card_message':
      return readCard(body, extras);
    case 'carousel_message': {
      const cards = body.objects('cards', { required: true, min: 2, max: 10 });
      const lines = cards.flatMap((card) => readCard(card, extras));
      extras.choices.push(...readChoices(body, false));
      body.close();
      return lines;
    }
    case 'choice_message': {
      const lines = said(readText(body.object('text_message', { required: true })));
      extras.choices.push(...readChoices(body, true));
      body.any('message_properties');
      body.close();
      return lines;
    }
    case 'location_message': {
      const title = body.string('title', { required: true });
      body.object('coordinates', { required: true });
      const label = body.string('label');
      body.close();
      return said(title, label);
    }
    case 'media_message':
      readMedia(body, extras);
      return [];
    case 'template_message':
      return templateTexts(body.json);
    case 'list_message': {
      const title = body.string('title', { required: true });
      const description = body.string('description');
      const lines = said(title, description, ...readSections(body, extras));
      body.any('media');
      body.any('message_properties');
      body.close();
      return lines;
    }
    case 'contact_info_message': {
      const name = body.object('name', { required: true });
      return said(name?.string('full_name', { required: true }));
    }
  }
}

/** Undefined when there is none, or more than one. */
function onlyKindOf(reader: FieldReader): MessageKind | undefined {
  let only: MessageKind | undefined;
  for (const kind of MESSAGE_KINDS) {
    if (!reader.has(kind)) continue;
    if (only !== undefined) return undefined;
    only = kind;
  }
  return only;
}

/** What may stand beside the one kind, and is read elsewhere if at all. */
const BESIDE_THE_KIND = [
  'agent',
  'explicit_channel_message',
  'channel_specific_message',
  'explicit_channel_omni_message',
] as const;

/** Reads one AppMessage; undefined when `problems` has grown. */
export function readAppMessage(
  reader: FieldReader,
  problems: FieldProblem[],
): SinchMessage | undefined {
  const before = problems.length;
  const kind = onlyKindOf(reader);
  if (kind === undefined) {
    const reason = 'must hold exactly one kind of message';
    problems.push({ field: reader.at, kind: 'invalid', reason });
    return undefined;
  }
  const body = reader.object(kind);
  const extras: Extras = { choices: [], media: [] };
  const lines = body === undefined ? [] : readKind(kind, body, extras);
  for (const name of BESIDE_THE_KIND) reader.any(name);
  reader.close();
  return problems.length > before ? undefined : { text: shownText(lines, extras.media), ...extras };
}

/** Choices as lines, for a channel without buttons. */
export function numbered(choices: readonly Suggestion[]): string[] {
  return choices.map(({ label }, index) => `${index + 1}. ${label}`);
}

/**
 * The text for a channel without buttons: files become their addresses, choices numbered lines.
 * What has a text of its own for the channel (`explicit_channel_omni_message`) is not transcoded.
 */
export function plainText(message: SinchMessage): string {
  const files = message.media.map(({ url }) => url).filter((url) => !message.text.includes(url));
  return [message.text, ...files, ...numbered(message.choices)].join('\n');
}
