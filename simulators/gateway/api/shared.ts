/** What people share with a business in place of words. */
import type { MediumContent } from '../../protocol/rich-content.ts';

/** Where people are who tell it: the middle of Berlin. */
export const PLACE = Object.freeze({ latitude: 52.5163, longitude: 13.3777 });

export const NOTE_NAME = 'note.txt';

/** Their words as a small file. */
export function noteOf(text: string): MediumContent {
  return { type: 'text/plain', bytes: Buffer.from(text) };
}
