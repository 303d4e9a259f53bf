import type { Meaning } from '../../kernel/events.ts';
import type { Channel } from '../../kernel/words.ts';

/** What the answers and callbacks of secure sessions say about the world. */

const ENCRYPTED: readonly Channel[] = ['rcs-e2ee'];

/** A session was begun, or could not be: has the person anybody to encrypt to? */
export function encryptionOf(person: string, available: boolean): readonly Meaning[] {
  const says = available ? 'available' : 'unavailable';
  return [{ channels: ENCRYPTED, scope: { person }, says, holds: 'capability-age' }];
}

/** The number has no RCS. */
export function unreachable(person: string): readonly Meaning[] {
  const channels: readonly Channel[] = ['rcs', 'rcs-e2ee'];
  return [{ channels, scope: { person }, says: 'unavailable', holds: 'capability-age' }];
}

export function busy(component: string, holdsMicros: number): readonly Meaning[] {
  return [{ channels: ENCRYPTED, scope: { component }, says: 'busy', holds: holdsMicros }];
}

/** Given up: this message does not arrive so. */
export function notThisMessage(person: string): readonly Meaning[] {
  return [{ channels: ENCRYPTED, scope: { person }, says: 'unavailable', holds: 'message' }];
}
