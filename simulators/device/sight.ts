import type { IndexedMessage, MessageIndex } from '../kernel/message-index.ts';
import { CANARY_LENGTH, CANARY_MARKER } from '../protocol/canary/canary.ts';

const FIRST_URL = /https?:\/\/[^\s<>"'«»“”]+/i;

/** The first http(s) URL of a text, without the punctuation that ends the sentence round it. */
export function firstUrl(text: string): string | undefined {
  const found = FIRST_URL.exec(text)?.[0];
  return found?.replace(/[.,;:!?)\]]+$/, '');
}

/**
 * The planned message that a person can read in a text: a canary counts only as it stands, not when
 * it is encoded.
 */
export function readMessage(text: string, index: MessageIndex): IndexedMessage | undefined {
  let at = text.indexOf(CANARY_MARKER);
  while (at !== -1) {
    const message = index.byCanary(text.slice(at, at + CANARY_LENGTH));
    if (message !== undefined) return message;
    at = text.indexOf(CANARY_MARKER, at + 1);
  }
  return undefined;
}
