import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Dispatch } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { turnedAway } from '../turned-away.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/definite-failure-delivered',
  level: 'must',
  kind: 'safety',
  fails: 'A submission that was definitely refused is delivered all the same.',
  hint: 'Answer a definite error only when nothing was stored or sent.',
  source: 'design: implementation contract, definite errors',
};

/** Tried and turned away before the implementation answered: that is how it could be certain. */
function cameToNothing(dispatch: Dispatch, answeredSeq: number): boolean {
  return turnedAway(dispatch) && dispatch.answerSeq < answeredSeq;
}

export const definiteFailureDelivered: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const { answers } = message.record;
      if (answers.length === 0) continue;
      if (answers.some((each) => each.outcome === 'accepted' || !each.definite)) continue;
      tally.judged();
      const answeredSeq = answers[0]?.seq ?? 0;
      const sent = message.dispatches.find((dispatch) => !cameToNothing(dispatch, answeredSeq));
      const proof = message.displays[0] ?? sent;
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
