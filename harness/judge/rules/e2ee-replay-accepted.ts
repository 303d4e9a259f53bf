import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/replay-accepted',
  level: 'must',
  kind: 'safety',
  fails:
    'One ciphertext is displayed twice on one device, or one Welcome leads into a group twice.',
  hint: 'Each message key may be used once; look at what keeps used generations.',
  source: 'RFC 9420 §9.2 (secrets are deleted after use)',
};

export const replayAccepted: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { joins, joinedAgain } = view.fold.mls;
    tally.judged(joins.size);
    for (const again of joinedAgain) {
      tally.find({
        device: again.device,
        seqs: [again.first.seq, again.seq],
        expected: 'one Welcome leads into a group once',
        seen: 'joined the same epoch of the same group again',
        sentence:
          `${again.device} was led into one epoch of a group twice: a Welcome that came again ` +
          'brought it back to where it had been.',
      });
    }
    for (const message of view.messages) {
      if (message.record.toBusiness) continue;
      let first: Map<string, number> | undefined;
      for (const display of message.displays) {
        if (display.channel !== 'rcs-e2ee') continue;
        const key = `${display.device}|${display.wire}`;
        const seq = (first ??= new Map<string, number>()).get(key);
        tally.judged();
        if (seq === undefined) {
          first.set(key, display.seq);
          continue;
        }
        tally.find({
          message: message.id,
          device: display.device,
          seqs: [seq, display.seq],
          expected: 'one display of one ciphertext',
          seen: `${display.wire} displayed again`,
          sentence: `${subject(message)} was decrypted and shown twice from one ciphertext.`,
        });
      }
    }
    return tally.result();
  },
};
