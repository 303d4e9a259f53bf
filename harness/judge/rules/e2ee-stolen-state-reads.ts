import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Theft } from '../fold-mls.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/stolen-state-reads',
  level: 'must',
  kind: 'safety',
  fails:
    'A stolen copy of a device’s state opens what the device had opened before the theft ' +
    '(forward secrecy), or what was encrypted after the device’s keys were renewed and that was ' +
    'made known (healing).',
  hint: 'Message keys are erased when used; new keys of a member need a Commit with a path.',
  source: 'RFC 9420 §16.6 (forward secrecy and post-compromise security); policy: key recovery',
};

/** Since when the conversation should have healed; null when it could not yet. */
function healedSince(
  view: CaseView,
  theft: Theft,
  byPhone: boolean,
): { at: number; seq: number } | null {
  const stolen = view.fold.mls.stolen.get(theft.device);
  const renewals = view.fold.mls.renewed.get(theft.device) ?? [];
  for (const renewal of renewals) {
    if (stolen === undefined || renewal.seq < stolen.seq) continue;
    const known = byPhone ? renewal : renewal.told;
    if (known === null) continue;
    const at = view.running(known.at, view.policy.grace.keyRecoveryMicros);
    return { at: at + view.policy.toleranceMicros, seq: known.seq };
  }
  return null;
}

export const stolenStateReads: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { mls, attribution } = view.fold;
    const sent = mls.byRoot(attribution);
    for (const theft of mls.thefts) {
      const transmission = attribution.ofWire(theft.wire);
      const message = view.messageOf(transmission);
      const what = message === null ? 'A message' : subject(message);
      const about = message === null ? {} : { message: message.id };
      const stolen = mls.stolen.get(theft.device);
      if (theft.before) {
        tally.judged();
        if (!theft.opened) continue;
        tally.find({
          ...about,
          device: theft.device,
          seqs: [stolen?.seq ?? theft.seq, theft.seq],
          expected: 'the key of an opened message is erased',
          seen: 'opened again from a copy of the state made later',
          sentence:
            `${what} had been read on ${theft.device} before its state was stolen, and could be ` +
            'opened again with what was stolen.',
        });
        continue;
      }
      const made = sent.get(transmission);
      if (made === undefined) continue;
      const healed = healedSince(view, theft, made.device !== null);
      const at = transmission.dispatches[0]?.at ?? made.at;
      if (healed === null || at <= healed.at) {
        if (theft.opened) tally.leave('the device’s keys had not been renewed since the theft');
        continue;
      }
      tally.judged();
      if (!theft.opened) continue;
      tally.find({
        ...about,
        device: theft.device,
        seqs: [stolen?.seq ?? theft.seq, healed.seq, made.seq, theft.seq],
        expected: 'unreadable for a state stolen before the keys were renewed',
        seen: `opened, though sent ${duration(at - healed.at)} after the grace`,
        sentence:
          `${what} could be opened with a state of ${theft.device} that had been stolen before ` +
          'the device renewed its keys.',
      });
    }
    return tally.result();
  },
};
