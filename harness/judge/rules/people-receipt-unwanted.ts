import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/receipt-unwanted',
  level: 'must',
  kind: 'safety',
  fails: 'A phone tells that its person has read a message, in a conversation where they said no.',
  hint: 'Read receipts are a setting of the person, and of each conversation.',
  source: 'need: read receipts on and off per conversation',
};

export const receiptUnwanted: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const sent = new Map<string, number>();
    for (const { device, wire, seq } of view.fold.talk.receipts) sent.set(`${device} ${wire}`, seq);
    for (const message of view.messages) {
      const { record, person } = message;
      if (record.from === null || record.toBusiness) continue;
      const wants = person.readReceipts && person.noReceiptsTo?.includes(record.from) !== true;
      if (wants) continue;
      for (const display of message.displays) {
        tally.judged();
        const seq = sent.get(`${display.device} ${display.wire}`);
        if (seq === undefined) continue;
        tally.find({
          message: message.id,
          device: display.device,
          seqs: [display.seq, seq],
          expected: 'no read receipt',
          seen: `a read receipt to ${record.from}`,
          sentence: `${person.id} keeps read receipts from ${record.from}, who got one.`,
        });
      }
    }
    return tally.result();
  },
};
