import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { archiveReads, copyOf } from '../archive-record.ts';
import { Tally, UNJUDGED_CEILING } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { mayBeSeen } from '../taps.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'archive/readable',
  level: 'must',
  kind: 'safety',
  fails: 'The content of a message can be read in its archived copy, in whatever encoding.',
  hint: 'Encrypt for a key that the sender does not hold; the tap’s kept bytes show the place.',
  source: 'policy: archive only with consent, encrypted',
};

/** `e2ee/plaintext-exposed` leaves the observer `archive` to this rule. */
export const archivedReadable: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const { taps } = view.fold;
    const kept = archiveReads(view, tally).filter(({ event }) => event.outcome === 'kept');
    tally.judged(kept.length);
    if (taps.missed.has('archive') || (kept.length > 0 && !taps.calibrated.has('archive'))) {
      tally.distrust('the tap of archive did not find its own calibration canary');
    }
    if (taps.truncated.has('archive')) tally.distrust('the tap of archive left bytes unread');
    for (const { record, observer, where, as, seqs, count, channel } of taps.sightings) {
      const message = view.byId.get(record.id);
      if (observer !== 'archive' || message === undefined) continue;
      if (mayBeSeen(view.policy, observer, record, channel)) continue;
      tally.find({
        message: record.id,
        seqs: [record.intended.seq, ...seqs],
        expected: 'ciphertext only',
        seen: `the canary ${plural(count, 'time')} at ${where}, as ${as}`,
        sentence: `${copyOf(message)} can be read by whoever opens it (${as}).`,
      });
    }
    return tally.result(UNJUDGED_CEILING);
  },
};
