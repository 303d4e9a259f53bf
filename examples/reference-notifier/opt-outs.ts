import type { ModuleStore } from 'bellwether/module';
import type { Person } from './people.ts';

/** Who wants nothing more from us, by their own words; it survives a restart. */
export interface OptOuts {
  /** Anything that a person wrote to us, by whichever way. */
  heard(person: Person, text: string): void;
  has(person: string): boolean;
}

/** The words that operators and carriers ask senders to know (CTIA). */
const STOPS = new Set([
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'REVOKE',
  'OPTOUT',
]);
const STARTS = new Set(['START', 'UNSTOP', 'YES']);

/** `left` is called once somebody has gone: what is under way to them ends. */
export function createOptOuts(store: ModuleStore, left: (person: string) => void): OptOuts {
  const key = (person: string): string => `opted-out/${person}`;
  return {
    has: (person) => store.get(key(person)) === true,
    heard: (person, text) => {
      const word = text.trim().toUpperCase();
      if (STARTS.has(word)) store.delete(key(person.id));
      if (!STOPS.has(word)) return;
      store.set(key(person.id), true);
      left(person.id);
    },
  };
}
