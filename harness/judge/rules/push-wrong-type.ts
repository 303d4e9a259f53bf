import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Push } from '../push-dispatches.ts';
import { seqsOf, whereOf } from '../push-dispatches.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'push/wrong-type',
  level: 'must',
  kind: 'safety',
  fails: 'apns-push-type does not say what the payload asks for.',
  hint: 'alert for what the person sees, background for content-available alone.',
  source: 'Apple, “Sending notification requests to APNs”: apns-push-type',
};

/** What is wrong, or undefined. A push without a type is an old sender's, and still taken. */
function mismatch({ facts }: Push): string | undefined {
  const { type, asks } = facts;
  if (type === 'background' && asks === 'visible') return 'background, with something to show';
  if (type === 'alert' && asks === 'silent') return 'alert, with nothing to show';
  return undefined;
}

export const wrongType: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const push of view.pushes) {
      // Only APNs has types, and of an unreadable payload nothing can be said.
      if (push.facts.type === undefined || push.facts.asks === 'other') continue;
      tally.judged();
      const seen = mismatch(push);
      if (seen === undefined) continue;
      tally.find({
        seqs: seqsOf(push),
        expected: 'the type of what the payload asks for',
        seen,
        sentence: `A push (${whereOf(push)}) was sent as ${seen}: phones may delay or drop it.`,
      });
    }
    return tally.result();
  },
};
