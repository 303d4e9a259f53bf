import type { Meaning } from '../../kernel/events.ts';
import type { Channel } from '../../kernel/words.ts';

/** What RBM's answers and callbacks say about the world (docs/architecture.md, Meanings). */

const BOTH: readonly Channel[] = ['rcs', 'rcs-e2ee'];

/** 200 on capabilities: RCS, and whether E2EE. */
export function capable(person: string, e2ee: boolean): readonly Meaning[] {
  return [
    { channels: ['rcs'], scope: { person }, says: 'available', holds: 'capability-age' },
    e2eeOf(person, e2ee),
  ];
}

export function e2eeOf(person: string, available: boolean): Meaning {
  return {
    channels: ['rcs-e2ee'],
    scope: { person },
    says: available ? 'available' : 'unavailable',
    holds: 'capability-age',
  };
}

/** 404 on capabilities or a send. */
export function unreachable(person: string): readonly Meaning[] {
  return [{ channels: BOTH, scope: { person }, says: 'unavailable', holds: 'capability-age' }];
}

/** 429, 5xx, and broken connections. */
export function busy(component: string, holdsMicros: number): readonly Meaning[] {
  return [{ channels: BOTH, scope: { component }, says: 'busy', holds: holdsMicros }];
}

/** TTL_EXPIRATION_REVOKED: this message will not arrive on its channel. */
export function notThisMessage(person: string, channel: Channel): readonly Meaning[] {
  return [{ channels: [channel], scope: { person }, says: 'unavailable', holds: 'message' }];
}

/** MLS_FAILURE: until the device is keyed anew. */
export function notReadableOn(device: string): readonly Meaning[] {
  return [{ channels: ['rcs-e2ee'], scope: { device }, says: 'unavailable', holds: 'message' }];
}
