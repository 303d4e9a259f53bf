/**
 * Parts that a centre answered as taken and lost: its door has read them all the same, and what
 * comes after them is read together with them. They never reach a phone.
 */
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Submission } from './sms-centre-submission.ts';

export interface LostParts {
  /** Of this group, by number. */
  before(group: string, nowMillis: number): ReadonlyMap<number, Submission> | undefined;
  add(submission: Submission): void;
}

/** Groups kept at once; the oldest goes first. */
const MOST_GROUPS = 1_000;
/** Later than that, the same reference stands for another message. */
const LONGEST_MILLIS = (60 * MICROS_PER_SECOND) / MICROS_PER_MILLI;

export function createLostParts(): LostParts {
  const groups = new Map<string, Map<number, Submission>>();

  const before: LostParts['before'] = (group, nowMillis) => {
    if (groups.size === 0) return undefined;
    const lost = groups.get(group);
    if (lost === undefined) return undefined;
    for (const { submitMillis } of lost.values()) {
      if (nowMillis - submitMillis <= LONGEST_MILLIS) return lost;
    }
    groups.delete(group);
    return undefined;
  };

  return {
    before,
    add: (submission) => {
      const { group, part, submitMillis } = submission;
      const { number, total } = numbersOf(part);
      if (group === undefined) return;
      const known = before(group, submitMillis);
      // What was lost was acknowledged, so nobody repeats it: a part seen before is of a new text.
      const lost = known?.has(number) === false ? new Map(known) : new Map<number, Submission>();
      groups.delete(group);
      lost.set(number, submission);
      if (lost.size >= total) return;
      const [oldest] = groups.keys();
      if (groups.size >= MOST_GROUPS && oldest !== undefined) groups.delete(oldest);
      groups.set(group, lost);
    },
  };
}

function numbersOf(part: Submission['part']): { readonly number: number; readonly total: number } {
  return { number: part?.concatenation?.part ?? 1, total: part?.concatenation?.total ?? 1 };
}
