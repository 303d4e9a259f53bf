import type { EventOf } from '../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import { Tally } from './rule.ts';
import type { Rule } from './rule.ts';

type Exit = EventOf<'implementation.exited'>;

/** The report shows so many of its last lines; the history has them all. */
const SHOWN_LINES = 12;

export interface ExitRuleParts {
  readonly entry: RuleEntry;
  readonly about: (exit: Exit) => boolean;
  readonly expected: string;
  readonly sentence: (exit: Exit) => string;
}

/** A rule about how the implementation's process ended. */
export function exitRule(parts: ExitRuleParts): Rule {
  return {
    entry: parts.entry,
    judge: (view) => {
      const tally = new Tally(parts.entry);
      const { run } = view.fold;
      tally.judged(run.starts);
      for (const exit of run.exits) {
        if (!parts.about(exit)) continue;
        tally.find({
          seqs: [exit.seq],
          expected: parts.expected,
          seen: [endWords(exit), ...(exit.lastLines ?? []).slice(-SHOWN_LINES)].join('\n'),
          sentence: parts.sentence(exit),
        });
      }
      return tally.result();
    },
  };
}

/** `exit code 1`, `signal SIGSEGV`, or how it was found. */
export function endWords(exit: Exit): string {
  if (exit.signal !== null) return `signal ${exit.signal}`;
  if (exit.code !== null) return `exit code ${exit.code}`;
  return exit.reason === 'not-ready' ? (exit.why ?? 'not ready in time') : 'it ended';
}
