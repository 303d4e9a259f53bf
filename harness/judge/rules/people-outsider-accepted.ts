import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { rightOf } from '../people-act-rule.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/outsider-accepted',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone lets somebody edit or delete what another wrote, or react to a message of a ' +
    'conversation that they are not in.',
  hint: 'Hold the sender and the conversation of an act against those of the message it names.',
  source: 'need: a reaction from a non-member is refused',
};

const DID = { edit: 'edited', delete: 'deleted', react: 'reacted to' } as const;

export const outsiderAccepted: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const arrived of view.fold.talk.arrived) {
      const right = rightOf(view, arrived);
      if (right === 'yes' || right === 'unknown') continue;
      tally.judged();
      const done = view.fold.talk.doneWith(arrived);
      if (done === undefined) continue;
      const target = view.byId.get(arrived.of)!;
      const why = right === 'not-a-member' ? 'is not in the conversation' : 'did not write it';
      tally.find({
        ...(arrived.message !== undefined && { message: arrived.message }),
        device: arrived.device,
        seqs: [arrived.seq, done.seq],
        expected: `refused: ${right}`,
        seen: `${DID[arrived.act]} by ${arrived.by}`,
        sentence: `${subject(target)} was ${DID[arrived.act]} by ${arrived.by}, who ${why}.`,
      });
    }
    return tally.result();
  },
};
