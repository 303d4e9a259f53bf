import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { peopleOf } from '../mms-way.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/group-split',
  level: 'must',
  kind: 'safety',
  fails:
    'A message to a group by MMS names only some of its people: it is shown in another ' +
    'conversation, and answers do not come to everybody.',
  hint: 'One m-send.req to everybody, with all addresses in To; not one for each.',
  source: 'need: group MMS; OMA-TS-MMS_ENC-V1_3 §6.1 (To)',
};

export const groupSplit: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const { message: id, device, seq, people: named } of view.fold.mms.retrieved) {
      const message = id === undefined ? undefined : view.byId.get(id);
      const people = message === undefined ? null : peopleOf(view, message);
      if (message === undefined || people === null || people.others.length < 2) continue;
      tally.judged();
      const missing = [people.sender, ...people.others].filter(
        (person) => !named.includes(person.id),
      );
      if (missing.length === 0) continue;
      const names = missing.map((person) => person.id).join(', ');
      tally.find({
        message: message.id,
        device,
        seqs: [message.record.intended.seq, seq],
        expected: 'everybody in the conversation is named',
        seen: `${named.join(', ')}`,
        sentence: `${subject(message)} came to ${device} without naming ${names}.`,
      });
    }
    return tally.result();
  },
};
