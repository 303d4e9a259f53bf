import type { EventOf } from '../../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/receipt-unwanted',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone tells that its person has read a message, in a conversation where they said no, or ' +
    'while they had switched receipts off.',
  hint: 'Read receipts are a setting of the person, and of each conversation.',
  source: 'need: read receipts on and off per conversation',
};

type Receipt = EventOf<'receipt.sent'>;

/** `device wire` → the receipt for what that phone got by that wire. */
function byPlace(receipts: readonly Receipt[]): ReadonlyMap<string, Receipt> {
  return new Map(receipts.map((each) => [`${each.device} ${each.wire}`, each]));
}

export const receiptUnwanted: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { talk } = view.fold;
    let sent: ReadonlyMap<string, Receipt> | undefined;
    for (const message of view.messages) {
      const { record, person } = message;
      if (record.from === null || record.toBusiness) continue;
      const wants = person.readReceipts && person.noReceiptsTo?.includes(record.from) !== true;
      for (const display of message.displays) {
        // Nearly everybody wants them always, and what they sent needs no looking up.
        if (wants && !talk.wasSilent(display.device)) continue;
        sent ??= byPlace(talk.receipts);
        const receipt = sent.get(`${display.device} ${display.wire}`);
        const until = receipt?.t ?? display.at;
        if (wants && !talk.keepsReceipts(display.device, display.at, until)) continue;
        tally.judged();
        if (receipt === undefined) continue;
        const { seq } = receipt;
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
