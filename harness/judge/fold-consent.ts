import type { EventOf } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';
import type { Mark } from './records.ts';

/** A time in which a person wanted nothing, as the implementation had been told. */
export interface OptedOut {
  /** Its callback took the word. */
  readonly told: Mark;
  /** It took the word that ends it, or the person wrote that; null: to the end. */
  until: number | null;
}

const KINDS = ['consent.said', 'business.received'] as const;

/** Folds who wants nothing more, from when the implementation knew. */
export class ConsentFold {
  readonly kinds = KINDS;
  readonly #people = new Map<string, OptedOut[]>();
  readonly #said = new Map<string, EventOf<'consent.said'>>();

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    if (event.kind === 'consent.said') this.#spoke(event);
    else this.#took(event);
  }

  /** In order. */
  of(person: string): readonly OptedOut[] {
    return this.#people.get(person) ?? [];
  }

  /**
   * What excuses whoever sends this person nothing at `at`. It holds for good: who waits for more
   * than the word that renews it is careful, not wrong.
   */
  excuse(person: string, at: number): Mark | undefined {
    return this.#people.get(person)?.find(({ told }) => told.at <= at)?.told;
  }

  #spoke(event: EventOf<'consent.said'>): void {
    this.#said.set(event.message, event);
    const last = this.#people.get(event.person)?.at(-1);
    // From when they want it again nothing sent is against their will, whoever knows of it.
    if (event.says === 'start' && last !== undefined) last.until ??= event.t;
  }

  #took(event: EventOf<'business.received'>): void {
    const said = this.#said.get(event.message ?? '');
    if (said?.says !== 'stop') return;
    const { person } = said;
    const all = this.#people.get(person) ?? [];
    this.#people.set(person, all);
    if (all.at(-1)?.until === null) return;
    const told = { at: event.t, seq: event.seq };
    all.push({ told, until: this.#renewed(person, event.seq) });
  }

  /** The word may arrive after the one that takes it back was written. */
  #renewed(person: string, seq: number): number | null {
    const later = [...this.#said.values()].findLast(
      (each) => each.person === person && each.says === 'start' && each.seq < seq,
    );
    return later?.t ?? null;
  }
}
