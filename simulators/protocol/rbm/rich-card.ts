/** Rich cards and carousels of the RCS for Business API v1 (REST resource RichCard). */
import type { Medium, Suggestion } from '../rich-content.ts';
import { FieldError, objectAt, oneOf, onlyFields, textAt, wordAt } from './field-check.ts';
import type { JsonObject } from './field-check.ts';
import { contentInfoAt, fileAt, uploadedFileAt } from './media.ts';
import type { Media } from './media.ts';
import { readSuggestions } from './suggestion.ts';

/** A card as a phone shows it, and what has to be uploaded for it. */
export interface ReadCard {
  readonly text: string;
  readonly files: readonly string[];
  readonly suggestions: readonly Suggestion[];
  readonly media: readonly Medium[];
}

const RICH_CARD = new Set(['standaloneCard', 'carouselCard']);
const STANDALONE = new Set(['cardOrientation', 'thumbnailImageAlignment', 'cardContent']);
const CAROUSEL = new Set(['cardWidth', 'cardContents']);
const CONTENT = new Set(['title', 'description', 'media', 'suggestions']);
const MEDIA = new Set(['height', 'fileName', 'uploadedRbmFile', 'contentInfo']);

const LONGEST_TITLE = 200;
const LONGEST_DESCRIPTION = 2_000;
const MOST_SUGGESTIONS = 4;
const FEWEST_CARDS = 2;
const MOST_CARDS = 10;

function readMedia(json: JsonObject, at: string, heights: readonly string[]): Media {
  onlyFields(json, MEDIA, at);
  wordAt(json['height'], `${at}.height`, heights);
  switch (oneOf(json, ['fileName', 'uploadedRbmFile', 'contentInfo'], at)) {
    case 'fileName':
      return fileAt(json['fileName'], `${at}.file_name`);
    case 'uploadedRbmFile':
      return uploadedFileAt(json['uploadedRbmFile'], `${at}.uploaded_rbm_file`);
    default:
      return contentInfoAt(json['contentInfo'], `${at}.content_info`);
  }
}

function readContent(json: JsonObject, at: string, heights: readonly string[]): ReadCard {
  onlyFields(json, CONTENT, at);
  const { title, description, media, suggestions } = json;
  if (title === undefined && description === undefined && media === undefined) {
    throw new FieldError(at, 'A card has a title, a description or media.');
  }
  const shown = [
    title === undefined ? '' : textAt(title, `${at}.title`, LONGEST_TITLE),
    description === undefined ? '' : textAt(description, `${at}.description`, LONGEST_DESCRIPTION),
  ];
  const file =
    media === undefined
      ? undefined
      : readMedia(objectAt(media, `${at}.media`), `${at}.media`, heights);
  const buttons = readSuggestions(suggestions, MOST_SUGGESTIONS, `${at}.suggestions`);
  const text = shown.filter((part) => part !== '').join('\n');
  return {
    text: text === '' ? (file?.medium.url ?? '') : text,
    files: file?.files ?? [],
    suggestions: buttons.map((button) => ({ ...button, inCard: true })),
    media: file === undefined ? [] : [file.medium],
  };
}

function readStandalone(json: JsonObject, at: string): ReadCard {
  onlyFields(json, STANDALONE, at);
  const orientations = ['HORIZONTAL', 'VERTICAL'];
  const orientation = wordAt(json['cardOrientation'], `${at}.card_orientation`, orientations);
  const alignment = json['thumbnailImageAlignment'];
  const field = `${at}.thumbnail_image_alignment`;
  if (alignment !== undefined) wordAt(alignment, field, ['LEFT', 'RIGHT']);
  else if (orientation === 'HORIZONTAL') {
    throw new FieldError(field, 'thumbnail_image_alignment is required for horizontal cards.');
  }
  const where = `${at}.card_content`;
  const heights = ['SHORT', 'MEDIUM', 'TALL'];
  return readContent(objectAt(json['cardContent'], where), where, heights);
}

function readCarousel(json: JsonObject, at: string): ReadCard {
  onlyFields(json, CAROUSEL, at);
  const width = wordAt(json['cardWidth'], `${at}.card_width`, ['SMALL', 'MEDIUM']);
  const cards = json['cardContents'];
  if (!Array.isArray(cards) || cards.length < FEWEST_CARDS || cards.length > MOST_CARDS) {
    const text = `A carousel has ${FEWEST_CARDS} to ${MOST_CARDS} cards.`;
    throw new FieldError(`${at}.card_contents`, text);
  }
  // A tall picture does not fit on a small card.
  const heights = width === 'SMALL' ? ['SHORT', 'MEDIUM'] : ['SHORT', 'MEDIUM', 'TALL'];
  const read = cards.map((card, index) => {
    const field = `${at}.card_contents[${index}]`;
    return readContent(objectAt(card, field), field, heights);
  });
  return {
    text: read.map(({ text }) => text).join('\n'),
    files: read.flatMap(({ files }) => files),
    suggestions: read.flatMap(({ suggestions }) => suggestions),
    media: read.flatMap(({ media }) => media),
  };
}

/** Throws FieldError for what the API would refuse. */
export function readRichCard(json: JsonObject, at: string): ReadCard {
  onlyFields(json, RICH_CARD, at);
  if (oneOf(json, ['standaloneCard', 'carouselCard'], at) === 'standaloneCard') {
    const where = `${at}.standalone_card`;
    return readStandalone(objectAt(json['standaloneCard'], where), where);
  }
  const where = `${at}.carousel_card`;
  return readCarousel(objectAt(json['carouselCard'], where), where);
}
