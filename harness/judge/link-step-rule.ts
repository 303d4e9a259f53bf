import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import type { LinkStep } from './fold-devices.ts';
import { Tally } from './rule.ts';
import type { Rule } from './rule.ts';
import { subject } from './wording.ts';

export interface LinkRuleParts {
  readonly entry: RuleEntry;
  /** Which steps it judges. */
  readonly judges: (step: LinkStep) => boolean;
  /** What it saw that must not be; null when all was well. */
  readonly wrong: (step: LinkStep) => string | null;
  readonly expected: string;
  /** Completes `Fraud alert alerts-3 …`. */
  readonly sentence: (step: LinkStep) => string;
}

/** A rule about one step of opening a secure link. */
export function linkStepRule(parts: LinkRuleParts): Rule {
  const { entry } = parts;
  return {
    entry,
    judge: (view) => {
      const tally = new Tally(entry);
      for (const step of view.fold.devices.links) {
        if (!parts.judges(step)) continue;
        tally.judged();
        const seen = parts.wrong(step);
        if (seen === null) continue;
        const message = view.messageOf(step.transmission);
        const what = message === null ? 'A message' : subject(message);
        tally.find({
          ...(message === null ? {} : { message: message.id }),
          device: step.device,
          seqs: [step.seq],
          expected: parts.expected,
          seen,
          sentence: `${what} ${parts.sentence(step)}`,
        });
      }
      return tally.result();
    },
  };
}
