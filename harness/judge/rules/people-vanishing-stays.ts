import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/vanishing-stays',
  level: 'must',
  kind: 'safety',
  fails: 'A phone goes on showing a message whose time was over.',
  hint: 'The time counts from when the message was shown on that phone.',
  source: 'need: disappearing messages',
};

export const vanishingStays: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { toleranceMicros } = view.policy;
    const deleted = new Set(
      view.fold.talk.done
        .filter(({ act }) => act === 'delete')
        .map(({ device, of }) => `${device} ${of}`),
    );
    for (const message of view.messages) {
      const life = message.record.traffic.vanishMicros;
      if (life === undefined) continue;
      for (const { device, at, seq, channel } of message.displays) {
        const due = at + life + toleranceMicros;
        const place = `${device} ${message.id}`;
        if (channel === 'sms' || channel === 'mms') tally.leave('what came by SMS or MMS stays');
        else if (due > view.endedAt) tally.leave('the cell ended before its time was over');
        else if (deleted.has(place)) tally.leave('it was deleted before');
        else {
          tally.judged();
          const gone = view.fold.talk.removed.get(place);
          if (gone !== undefined && gone.t <= due) continue;
          tally.find({
            message: message.id,
            device,
            seqs: gone === undefined ? [seq] : [seq, gone.seq],
            expected: `no longer shown after ${duration(life)}`,
            seen: gone === undefined ? 'still shown' : `shown for ${duration(gone.t - at)}`,
            sentence:
              `${subject(message)} should have vanished after ${duration(life)}, ` +
              'and went on being shown.',
          });
        }
      }
    }
    return tally.result();
  },
};
