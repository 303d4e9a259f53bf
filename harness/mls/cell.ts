/** One script with one cast as a cell: played, and told as reports tell cells. */
import type { CellVerdict, Finding } from '../../simulators/kernel/finding.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import type { Level } from '../../simulators/kernel/words.ts';
import type { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { STACK_RULES, StackFinding } from './rules.ts';
import type { StackRuleName } from './rules.ts';

/** What a verdict says of which cell it is. */
export interface StackCell {
  readonly id: string;
  readonly script: string;
  readonly level: Level;
}

type Word = Pick<CellVerdict, 'verdict' | 'why'>;

const RULE_NAMES = Object.keys(STACK_RULES) as StackRuleName[];

export interface Played {
  readonly judged: ReadonlyMap<StackRuleName, number>;
  /** What a stack did, or that it was not there; anything else is ours and is thrown on. */
  readonly failure: StackFinding | StackError | undefined;
}

/** `failure` is what the script threw, if anything. */
export function stackVerdict(
  cell: StackCell,
  { judged, failure }: Played,
  notes: readonly string[] = [],
): CellVerdict {
  const finding = failure instanceof StackFinding ? findingOf(cell.level, failure) : undefined;
  return {
    cell: cell.id,
    scenario: cell.script,
    ...wordOf(cell.level, judged, failure),
    level: cell.level,
    worldCheck: false,
    rules: RULE_NAMES.map((rule) => ({
      rule,
      level: cell.level,
      judged: judged.get(rule) ?? 0,
      unjudged: 0,
      findings: finding?.rule === rule ? [finding] : [],
    })),
    expectations: [],
    faults: [],
    latency: [],
    breakdown: [],
    counts: NO_COUNTS,
    messages: [],
    notes,
  };
}

function findingOf(level: Level, { rule, expected, seen }: StackFinding): Finding {
  const sentence = `Expected that ${expected}, but ${seen}.`;
  return { rule, level, kind: 'safety', evidence: [], expected, seen, sentence };
}

function wordOf(level: Level, judged: Played['judged'], failure: Played['failure']): Word {
  if (failure instanceof StackFinding) {
    const why = `Expected that ${failure.expected}, but ${failure.seen}.`;
    if (level === 'must') return { verdict: 'fail', why };
    return { verdict: 'pass', why: `${why} The script is only ${level}.` };
  }
  if (failure?.kind === 'unimplemented') {
    return { verdict: 'not-applicable', why: `The stack does not have ${failure.message}` };
  }
  if (failure !== undefined) {
    return { verdict: 'error', why: `The stack could not be judged: ${failure.message}` };
  }
  const checks = [...judged.values()].reduce((sum, count) => sum + count, 0);
  if (checks === 0) return { verdict: 'inconclusive', why: 'The script asked nothing.' };
  return { verdict: 'pass', why: `All ${checks} checks held.` };
}
