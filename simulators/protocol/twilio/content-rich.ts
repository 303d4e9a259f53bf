/**
 * What RCS shows of a content template: its text, its buttons and its media (“twilio/card”,
 * “twilio/quick-reply”, “twilio/call-to-action”, “twilio/carousel”: parameter mapping for RCS).
 */
import type { Suggestion, SuggestionDoes } from '../rich-content.ts';
import type { Content, FilledRich } from './content.ts';

type Json = Readonly<Record<string, unknown>>;
type Fill = (text: string) => string;

/** Richest first: of several types in one template a channel gets the best that it has. */
const RICH_TYPES = [
  'twilio/carousel',
  'twilio/card',
  'twilio/quick-reply',
  'twilio/call-to-action',
] as const;

/** So many buttons a card with media has; the others become chips under it. */
const MOST_IN_CARD = 4;

/** The words in `actions[].type`; a quick reply needs none. Other kinds are not for RCS. */
const DOES: Readonly<Record<string, SuggestionDoes>> = {
  QUICK_REPLY: 'reply',
  URL: 'open-url',
  PHONE_NUMBER: 'dial',
  PHONE: 'dial',
};

function listOf(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
}

function textsOf(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string' && one !== '');
}

/** `id` comes back as ButtonPayload, as it stands; without one it is the title. */
function suggestionOf(action: Json, fill: Fill): Suggestion | undefined {
  const { title, id, url, type } = action;
  const does = DOES[typeof type === 'string' ? type : 'QUICK_REPLY'];
  if (typeof title !== 'string' || does === undefined) return undefined;
  const label = fill(title);
  const postback = typeof id === 'string' && id !== '' ? fill(id) : label;
  const leads = does === 'open-url' && typeof url === 'string' ? { url: fill(url) } : {};
  return { label, postback, does, ...leads };
}

function suggestionsOf(actions: unknown, fill: Fill): Suggestion[] {
  return listOf(actions)
    .map((action) => suggestionOf(action, fill))
    .filter((one) => one !== undefined);
}

function cardOf(card: Json, fill: Fill): FilledRich {
  const words = ['title', 'body', 'subtitle'].flatMap((name) => textsOf(card[name]));
  const mediaUrls = textsOf(card['media']).map(fill);
  const buttons = suggestionsOf(card['actions'], fill);
  const suggestions = buttons.map((button, index): Suggestion => {
    const inCard = mediaUrls.length > 0 && index < MOST_IN_CARD;
    return inCard ? { ...button, inCard } : button;
  });
  return { text: words.map(fill).join('\n'), suggestions, mediaUrls };
}

/** Undefined for a template of text or media alone. */
export function readRichTemplate(types: Content['types'], fill: Fill): FilledRich | undefined {
  const name = RICH_TYPES.find((one) => types[one] !== undefined);
  const type = name === undefined ? undefined : types[name];
  if (type === undefined) return undefined;
  if (name !== 'twilio/carousel') return cardOf(type, fill);
  const cards = listOf(type['cards']).map((card) => cardOf(card, fill));
  const above = textsOf(type['body']).map(fill);
  return {
    text: [...above, ...cards.map(({ text }) => text)].join('\n'),
    suggestions: cards.flatMap(({ suggestions }) =>
      suggestions.map((button): Suggestion => ({ ...button, inCard: true })),
    ),
    mediaUrls: cards.flatMap(({ mediaUrls }) => mediaUrls),
  };
}
