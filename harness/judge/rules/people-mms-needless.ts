import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { needsMms, peopleOf, rcsWay } from '../mms-way.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/mms-needless',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone sends by MMS, which every carrier on the way can read, what RCS would have brought ' +
    'to everybody in the conversation, or a short text for one.',
  hint: 'Ask for the capabilities of everybody first; MMS is for what has no richer way.',
  source: 'need: MMS fall-back between phones; GSMA RCC.07 §2.6 (capability exchange)',
};

const WHY = {
  there: 'RCS reached everybody in the conversation',
  absent: 'it is a short text for one person',
} as const;

export const mmsNeedless: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const people = peopleOf(view, message);
      if (people === null) continue;
      const { intended } = message.record;
      for (const { channel, device, at, seq } of message.displays) {
        if (channel !== 'mms') continue;
        const rcs = rcsWay(view, people, [intended.at, at]);
        const needs = needsMms(message, people);
        if (rcs === 'unclear') {
          tally.leave('RCS was disturbed when it was sent');
          continue;
        }
        tally.judged();
        if (rcs === 'absent' && needs !== false) continue;
        tally.find({
          message: message.id,
          device,
          seqs: [intended.seq, seq],
          expected: rcs === 'there' ? 'RCS' : 'SMS',
          seen: 'MMS',
          sentence: `${subject(message)} went by MMS, although ${WHY[rcs]}.`,
        });
      }
    }
    return tally.result();
  },
};
