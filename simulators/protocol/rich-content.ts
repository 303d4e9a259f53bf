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

/** A file itself. */
export interface MediumContent {
  /** `image/png` */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A file that a message names; a phone shows it with the message. */
export interface Medium {
  /** Or the name of what was uploaded before, where a vendor has such. */
  readonly url: string;
  readonly thumbnailUrl?: string;
  /** What was fetched before is to be fetched anew. */
  readonly forceRefresh?: true;
  /** Where its gateway has it already. */
  readonly content?: MediumContent;
}

export interface RichContent {
  readonly suggestions: readonly Suggestion[];
  readonly media: readonly Medium[];
  /** The text beside it is only the addresses of the files. */
  readonly wordless?: true;
}

export const NO_SUGGESTIONS: readonly Suggestion[] = Object.freeze([]);
export const NO_MEDIA: readonly Medium[] = Object.freeze([]);

/** Undefined where there is neither, as with nearly all messages. `text`: as `shownText` has it. */
export function richOf(
  suggestions: readonly Suggestion[],
  media: readonly Medium[],
  text: string,
): RichContent | undefined {
  if (suggestions.length + media.length === 0) return undefined;
  const wordless = media.length > 0 && text === shownText([], media);
  return wordless ? { suggestions, media, wordless } : { suggestions, media };
}

const URL_IN_TEXT = /https?:\/\//;

/** Is there a link that a person might follow? The address of a file that is shown is none. */
export function holdsLink(text: string, rich: RichContent | undefined): boolean {
  return rich?.wordless !== true && URL_IN_TEXT.test(text);
}

/** What a phone shows in words: where a message has none, the addresses of its files. */
export function shownText(words: readonly string[], media: readonly Medium[]): string {
  const [first = ''] = words;
  // One line is what nearly all have.
  const text = words.length <= 1 ? first : words.filter((line) => line !== '').join('\n');
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
