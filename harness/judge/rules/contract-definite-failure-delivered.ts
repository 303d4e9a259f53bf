import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/definite-failure-delivered',
  level: 'must',
  kind: 'safety',
  fails: 'A submission that was definitely refused is delivered all the same.',
  hint: 'Answer a definite error only when nothing was stored or sent.',
  source: 'design: implementation contract, definite errors',
};

export const definiteFailureDelivered: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const { answers } = message.record;
      if (answers.length === 0) continue;
      if (answers.some((each) => each.outcome === 'accepted' || !each.definite)) continue;
      tally.judged();
      const proof = message.displays[0] ?? message.dispatches[0];
      if (proof === undefined) continue;
      tally.find({
        message: message.id,
        seqs: [...answers.map((answer) => answer.seq), proof.seq],
        expected: 'nothing sent after a definite refusal',
        seen: `${message.displays.length > 0 ? 'displayed' : 'dispatched'} by ${proof.channel}`,
        sentence: `${subject(message)} was refused for certain, and yet it went out.`,
      });
    }
    return tally.result();
  },
};
