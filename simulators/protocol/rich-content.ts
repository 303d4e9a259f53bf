/** What stands with a message beside its text, whichever vendor brings it: buttons and files. */

/** What a phone does when its person taps a suggestion; each tap is told to the business, too. */
export type SuggestionDoes =
  'reply' | 'open-url' | 'dial' | 'view-location' | 'share-location' | 'calendar-event' | 'compose';

export interface Suggestion {
  /** What the person reads on it. */
  readonly label: string;
  /** What comes back to the business with a tap. */
  readonly postback: string;
  readonly does: SuggestionDoes;
  /** Of `open-url`: where it leads. */
  readonly url?: string;
  /** It stands in a card and stays there; a chip under a message goes with the next message. */
  readonly inCard?: true;
}

/** A file that a message names; a phone shows it with the message. */
export interface Medium {
  /** Or the name of what was uploaded before, where a vendor has such. */
  readonly url: string;
  readonly thumbnailUrl?: string;
  /** What was fetched before is to be fetched anew. */
  readonly forceRefresh?: true;
}

export interface RichContent {
  readonly suggestions: readonly Suggestion[];
  readonly media: readonly Medium[];
}

export const NO_SUGGESTIONS: readonly Suggestion[] = Object.freeze([]);
export const NO_MEDIA: readonly Medium[] = Object.freeze([]);

/** Undefined where there is neither, as with nearly all messages. */
export function richOf(
  suggestions: readonly Suggestion[],
  media: readonly Medium[],
): RichContent | undefined {
  return suggestions.length + media.length === 0 ? undefined : { suggestions, media };
}

/** What a phone shows in words: where a message has none, the addresses of its files. */
export function shownText(words: readonly string[], media: readonly Medium[]): string {
  const text = words.filter((line) => line !== '').join('\n');
  return text === '' ? media.map(({ url }) => url).join('\n') : text;
}

/** All of it that whoever carries it can read, line by line. */
export function readableRich({ suggestions, media }: RichContent): string {
  const lines = [
    ...suggestions.flatMap(({ label, postback, url }) => [label, postback, url]),
    ...media.flatMap(({ url, thumbnailUrl }) => [url, thumbnailUrl]),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}
