import type { IndexedMessage, MessageIndex } from '../kernel/message-index.ts';
import { CANARY_LENGTH, CANARY_MARKER } from '../protocol/canary/canary.ts';

const FIRST_URL = /https?:\/\/[^\s<>"'«»“”]+/i;

/** The first http(s) URL of a text, without the punctuation that ends the sentence round it. */
export function firstUrl(text: string): string | undefined {
  const found = FIRST_URL.exec(text)?.[0];
  return found?.replace(/[.,;:!?)\]]+$/, '');
}

/** Global, for `lastIndex`. */
const MARKER_IN_ANY_CASE = new RegExp(CANARY_MARKER, 'gi');

/**
 * The planned message that a person can read in a text: a canary counts only as it stands, not when
 * it is encoded. In other letters, small for capital, it is read all the same; it is then altered.
 */
export function readMessage(text: string, index: MessageIndex): IndexedMessage | undefined {
  let at = text.indexOf(CANARY_MARKER);
  while (at !== -1) {
    const message = index.byCanary(text.slice(at, at + CANARY_LENGTH));
    if (message !== undefined) return message;
    at = text.indexOf(CANARY_MARKER, at + 1);
  }
  return readInAnyCase(text, index);
}

function readInAnyCase(text: string, index: MessageIndex): IndexedMessage | undefined {
  MARKER_IN_ANY_CASE.lastIndex = 0;
  for (;;) {
    const found = MARKER_IN_ANY_CASE.exec(text);
    if (found === null) return undefined;
    const canary = text.slice(found.index, found.index + CANARY_LENGTH).toUpperCase();
    const message = index.byCanary(canary);
    if (message !== undefined) return message;
  }
}
