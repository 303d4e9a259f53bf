import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Mark } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/revoked-reads',
  level: 'must',
  kind: 'safety',
  fails:
    'A removed device decrypts something that was encrypted after the grace, counted from when ' +
    'its removal was made known to whoever encrypted it.',
  hint: 'Remove the leaf and commit before anything else is encrypted to the group.',
  source: 'RFC 9420 §12.1.3 (Remove); policy: revocation grace',
};

/** Phones hear at once of each other's devices; an implementation when it is told. */
function knownSince(view: CaseView, device: string, byPhone: boolean): Mark | undefined {
  if (!byPhone) return view.fold.wires.removals.get(device);
  return view.fold.devices.keys.get(device)?.revoked ?? undefined;
}

export const revokedReads: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const grace = view.policy.grace.revocationMicros;
    const encrypted = view.fold.mls.byRoot(view.fold.attribution);
    for (const transmission of view.transmissions) {
      if (transmission.overheard.length === 0) continue;
      const message = view.messageOf(transmission);
      const made = encrypted.get(transmission);
      const byPhone = made?.device?.startsWith('person/') === true;
      const sent = byPhone ? made : transmission.dispatches[0];
      const isManaged = view.fold.sessions.protects(transmission);
      for (const overheard of transmission.overheard) {
        if (isManaged) {
          tally.leave('the gateway that manages the session holds the group, not the sender');
          continue;
        }
        const told = knownSince(view, overheard.device, byPhone);
        if (sent === undefined || told === undefined) {
          tally.leave('the removal had not been made known');
          continue;
        }
        tally.judged();
        if (!overheard.opened || sent.at <= told.at + grace) continue;
        const what = message === null ? 'A message' : subject(message);
        const after = duration(sent.at - told.at);
        tally.find({
          ...(message === null ? {} : { message: message.id }),
          device: overheard.device,
          seqs: [told.seq, sent.seq, overheard.seq],
          expected: `nothing readable later than ${duration(grace)} after the removal was told`,
          seen: `decrypted what was sent ${after} after it`,
          sentence:
            `${what} could still be read by the removed device ${overheard.device}, though it ` +
            `was encrypted ${after} after the removal had been made known.`,
        });
      }
    }
    return tally.result();
  },
};
