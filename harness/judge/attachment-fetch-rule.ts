import type { EventOf } from '../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import { fileOf, placeOf } from './attachment-words.ts';
import { Tally } from './rule.ts';
import type { Rule } from './rule.ts';

type Fetched = EventOf<'attachment.fetched'>;

/** A rule about a try that must not succeed. `sentence` completes `The file of … …`. */
export function forbiddenFetchRule(
  entry: RuleEntry,
  step: Fetched['step'],
  sentence: string,
): Rule {
  return {
    entry,
    worldToo: true,
    judge: (view) => {
      const tally = new Tally(entry);
      for (const fetched of view.fold.attachments.fetched) {
        if (fetched.step !== step) continue;
        if (fetched.outcome === 'broken') {
          tally.leave('the store did not answer');
          continue;
        }
        tally.judged();
        if (fetched.outcome !== 'content') continue;
        tally.find({
          ...placeOf(fetched),
          seqs: [fetched.seq],
          expected: 'a refusal',
          seen: `the object (${fetched.status})`,
          sentence: `${fileOf(view, fetched)} ${sentence}`,
        });
      }
      return tally.result();
    },
  };
}
