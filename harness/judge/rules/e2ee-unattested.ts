import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Encrypted, Untrusted } from '../fold-mls.ts';
import type { Mark } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/unattested',
  level: 'must',
  kind: 'safety',
  fails:
    'A device whose attestation failed, or whose SIM was swapped, is let into a group or trusted ' +
    'with new messages, although whoever encrypted had been told.',
  hint: 'Check certificate and attestation before a device is added; remove it when they fail.',
  source: 'GSMA RCC.16 (identity proof of the configuration server); policy: revocation grace',
};

const WHY = {
  'platform-failed': 'whose platform attestation had failed',
  'sim-swapped': 'whose SIM had been swapped',
  'unknown-device': 'that nobody vouches for',
} as const;

/** A Welcome names a key package that had been handed out with the word that it is unattested. */
function judgeWelcomes(view: CaseView, tally: Tally): void {
  const { welcomed, claims } = view.fold.mls;
  for (const welcome of welcomed) {
    // Whom a gateway lets into a group that it manages is not in its sender's hands.
    if (welcome.device?.startsWith('gateway/') === true) continue;
    for (const reference of welcome.references) {
      const claim = claims.get(reference);
      if (claim === undefined) continue;
      tally.judged();
      if (claim.unattested === null) continue;
      tally.find({
        device: claim.device,
        seqs: [claim.seq, welcome.seq],
        expected: 'no Welcome for a device that is not attested',
        seen: `${claim.device} welcomed into the group at epoch ${welcome.epoch}`,
        sentence:
          `${claim.device}, ${WHY[claim.unattested]}, was let into an encrypted conversation, ` +
          'though its key package had been handed out with that word.',
      });
    }
  }
}

/** Since when whoever encrypted this knew; null when they could not. */
function knownSince(span: Untrusted, made: Encrypted): Mark | null {
  return made.device === null ? span.told : span.from;
}

function judgeOpened(view: CaseView, tally: Tally): void {
  const { openedByUntrusted, untrusted } = view.fold.mls;
  const grace = view.policy.grace.revocationMicros;
  const sent = view.fold.mls.byRoot(view.fold.attribution);
  for (const opened of openedByUntrusted) {
    const transmission = view.fold.attribution.ofWire(opened.wire);
    const made = sent.get(transmission);
    if (made === undefined) continue;
    if (made.device?.startsWith('gateway/') === true) {
      tally.leave('the gateway that manages the session holds the group, not the sender');
      continue;
    }
    const at = transmission.dispatches[0]?.at ?? made.at;
    const span = untrusted
      .get(opened.device)
      ?.find(({ from, until }) => from.at <= at && (until === null || at < until.at));
    if (span === undefined) continue;
    const known = knownSince(span, made);
    if (known === null || at <= known.at + grace) {
      tally.leave('the sender had not been told in time');
      continue;
    }
    tally.judged();
    const message = view.messageOf(transmission);
    const what = message === null ? 'A message' : subject(message);
    tally.find({
      ...(message === null ? {} : { message: message.id }),
      device: opened.device,
      seqs: [span.from.seq, known.seq, made.seq, opened.seq],
      expected: `nothing readable later than ${duration(grace)} after its attestation failed`,
      seen: `decrypted what was sent ${duration(at - known.at)} after that was told`,
      sentence:
        `${what} could be read by ${opened.device}, which was not to be trusted any more; it was ` +
        `encrypted ${duration(at - known.at)} after that had been made known.`,
    });
  }
}

export const unattested: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    judgeWelcomes(view, tally);
    judgeOpened(view, tally);
    return tally.result();
  },
};
