/** A story in which what only repeats itself is told once, and how often it did. */
import type { StoryLine } from './model.ts';

/** Lines that came again and again: what stands in the story in their place. */
export interface Repeats {
  /** How many lines are not told one by one. */
  readonly lines: number;
  /** Lines of one round, told right before this; a round is whole where the order never changed. */
  readonly round: number;
  /** Did the lines always come in the order in which they are told? */
  readonly ordered: boolean;
  /** The last of them. */
  readonly last: StoryLine;
}

export type FoldedLine = StoryLine | { readonly repeats: Repeats };

/** A longer round is no longer seen as one by a reader either. */
const MAX_ROUND = 12;
/** Rounds after the first from which on times of each say less than their number. */
const MIN_ROUNDS = 4;
/** Lines in changing order are told as such only where telling rounds would take far more. */
const FAR_MORE = 4;

interface Stretch {
  readonly round: number;
  readonly more: number;
  readonly ordered: boolean;
}

/** Numbers of attempts go up by themselves: they make no difference. */
const sameText = ({ kind, text }: StoryLine): string =>
  `${kind} ${text.replaceAll(/\battempt \d+/g, 'attempt')}`;

/** Whole rounds right after the first that are the same, line by line. */
const inOrder = (keys: readonly string[], at: number, round: number): number => {
  let next = at + round;
  while (next < keys.length && keys[next] === keys[next - round]) next++;
  const more = next - at - round;
  return more - (more % round);
};

/** Lines after the first round that are of its texts, each of which must come again. */
const inAnyOrder = (keys: readonly string[], at: number, round: number): number => {
  const known = new Set(keys.slice(at, at + round));
  const again = new Set<string>();
  let next = at + round;
  for (let key = keys[next]; key !== undefined && known.has(key); key = keys[++next])
    again.add(key);
  return again.size === known.size ? next - at - round : 0;
};

const stretchAt = (keys: readonly string[], at: number): Stretch | null => {
  let best: Stretch | null = null;
  for (let round = 1; round <= MAX_ROUND; round++) {
    const ordered = inOrder(keys, at, round);
    if (ordered >= MIN_ROUNDS * round && round + ordered > (best ? best.round + best.more : 0)) {
      best = { round, more: ordered, ordered: true };
    }
  }
  const orderly = best === null ? 0 : best.round + best.more;
  for (let round = 1; round <= MAX_ROUND; round++) {
    const more = inAnyOrder(keys, at, round);
    const covered = best === null ? 0 : best.round + best.more;
    const worth = more >= MIN_ROUNDS * round && round + more > FAR_MORE * orderly;
    if (worth && round + more > covered) best = { round, more, ordered: false };
  }
  return best;
};

/**
 * Tells rounds of the same lines once; all else stays where it was, in order. Judgements are left
 * alone.
 */
export const foldStory = (lines: readonly StoryLine[]): FoldedLine[] => {
  const keys = lines.map(sameText);
  const folded: FoldedLine[] = [];
  let at = 0;
  while (at < lines.length) {
    const stretch = stretchAt(keys, at);
    const told = stretch?.round ?? 1;
    folded.push(...lines.slice(at, at + told));
    at += told;
    if (stretch === null) continue;
    at += stretch.more;
    const { round, more, ordered } = stretch;
    folded.push({ repeats: { lines: more, round, ordered, last: lines[at - 1]! } });
  }
  return folded;
};
