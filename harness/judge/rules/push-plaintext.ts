import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'push/plaintext',
  level: 'must',
  kind: 'safety',
  fails: 'A push, its headers included, carries content that the push service must not see.',
  hint: 'Send an id, or the content encrypted to the device; the app fetches or opens it.',
  source: 'policy: who may see content; need: push shows content after sign-in',
};

export const pushPlaintext: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const { taps, doors } = view.fold;
    for (const [component, { sends }] of doors.doors) {
      if (component.startsWith('push/')) tally.judged(sends);
    }
    const { judged } = tally.result();
    if (judged > 0 && (taps.missed.has('push') || !taps.calibrated.has('push'))) {
      tally.distrust('the tap of push did not find its own calibration canary');
    }
    if (taps.truncated.has('push')) tally.distrust('the tap of push left bytes unread');
    for (const { record, observer, where, as, count, seqs } of taps.sightings) {
      if (observer !== 'push') continue;
      const { sensitivity, kind } = record.traffic.message;
      tally.find({
        message: record.id,
        seqs: [record.intended.seq, ...seqs],
        expected: `no ${sensitivity} content in a push`,
        seen: `the canary ${plural(count, 'time')} at ${where}, as ${as}`,
        sentence:
          `The text of ${kind.replaceAll('-', ' ')} ${record.id} stood in a push (${where}, ` +
          `${as}).`,
      });
    }
    return tally.result();
  },
};
