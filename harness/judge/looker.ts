import type { EventKind, EventOf } from '../../simulators/kernel/events.ts';

/** An event of one of these kinds, told apart by `kind`. */
export type OneOf<K extends EventKind> = { [Each in K]: EventOf<Each> }[K];

/** A part of the fold that looks at some kinds of events alone, while the history goes by. */
export interface Looker<K extends EventKind> {
  readonly kinds: readonly K[];
  observe(event: OneOf<K>): void;
}

const NOBODY: readonly Looker<EventKind>[] = Object.freeze([]);

/** Brings each event to those who look at its kind, in the order in which they were added. */
export class Lookers {
  readonly #byKind = new Map<EventKind, readonly Looker<EventKind>[]>();

  add<K extends EventKind>(looker: Looker<K>): void {
    for (const kind of looker.kinds) this.#byKind.set(kind, [...this.of(kind), looker]);
  }

  of(kind: EventKind): readonly Looker<EventKind>[] {
    return this.#byKind.get(kind) ?? NOBODY;
  }
}
