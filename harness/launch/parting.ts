/** Where two histories of the same cell part: compared as stories of messages, not as events. */
import type { Parting, PartingStep } from '../../simulators/kernel/blame.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { storiesOf } from '../judge/index.ts';
import type { StoryLine } from '../judge/index.ts';

/** Ids of the wire and numbers of attempts are nobody's doing. */
const ACCIDENTAL = /\b(?:[a-z][\w-]*:[\w.@-]{4,}|attempt \d+)/g;

interface Step extends PartingStep {
  /** What is compared. */
  readonly same: string;
}

/** What the implementation says depends on when it is asked; only its last word counts. */
function stepsOf(lines: readonly StoryLine[]): Step[] {
  return lines.flatMap(({ seq, atMicros, text, kind }) => {
    if (kind === 'judged') return [];
    if (kind === 'status.seen' && !text.startsWith('At the final read')) return [];
    return [{ seq, atMicros, text, same: text.replaceAll(ACCIDENTAL, '…') }];
  });
}

function bare(step: Step | undefined): PartingStep | null {
  if (step === undefined) return null;
  const { seq, atMicros, text } = step;
  return { seq, atMicros, text };
}

function firstDifference(
  message: string,
  here: readonly Step[],
  there: readonly Step[],
  toleranceMicros: number,
): Parting | null {
  for (let index = 0; index < Math.max(here.length, there.length); index++) {
    const mine = here[index];
    const theirs = there[index];
    const apart = Math.abs((mine?.atMicros ?? 0) - (theirs?.atMicros ?? 0));
    if (mine?.same === theirs?.same && apart <= toleranceMicros) continue;
    return { message, here: bare(mine), there: bare(theirs) };
  }
  return null;
}

const when = ({ here, there }: Parting): number =>
  Math.min(here?.atMicros ?? Infinity, there?.atMicros ?? Infinity);

/**
 * The earliest step in which the stories of these messages part, in words or by more than the
 * tolerance in time; null where they do not.
 */
export function partingOf(
  here: readonly HistoryEvent[],
  there: readonly HistoryEvent[],
  messages: readonly string[],
  toleranceMicros: number,
): Parting | null {
  const mine = storiesOf(here, messages);
  const theirs = storiesOf(there, messages);
  let first: Parting | null = null;
  for (const message of messages) {
    const steps = [mine, theirs].map((stories) => stepsOf(stories.get(message) ?? []));
    const found = firstDifference(message, steps[0]!, steps[1]!, toleranceMicros);
    if (found !== null && (first === null || when(found) < when(first))) first = found;
  }
  return first;
}
