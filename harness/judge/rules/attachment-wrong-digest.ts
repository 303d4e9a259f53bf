import type { EventOf } from '../../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { fileOf, placeOf } from '../attachment-words.ts';
import { fileKey } from '../fold-attachments.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';

const entry: RuleEntry = {
  name: 'attachment/wrong-digest',
  level: 'must',
  kind: 'safety',
  fails:
    'The digest that a receiver is told of a file is missing, or is not that of what was put in ' +
    'the store; or a phone shows a file with another digest than it was told.',
  hint: 'The digest is that of the stored bytes, after encryption, and belongs in the message.',
  source: 'need: attachments whose digest travels inside the encrypted message',
};

/** The digest of what lay there when the phone was told. */
function storedBefore(view: CaseView, offer: EventOf<'attachment.offered'>) {
  const all = view.fold.attachments.stored.get(offer.object ?? '') ?? [];
  return all.filter(({ seq }) => seq < offer.seq);
}

function judgeOffer(view: CaseView, offer: EventOf<'attachment.offered'>, tally: Tally): void {
  const stored = storedBefore(view, offer);
  if (stored.length === 0) {
    tally.leave('the URL leads to no object of the store');
    return;
  }
  tally.judged();
  const told = offer.sha256;
  if (told !== null && stored.some(({ sha256 }) => sha256 === told)) return;
  tally.find({
    ...placeOf(offer),
    seqs: [...stored.map(({ seq }) => seq), offer.seq],
    expected: `the digest ${stored.at(-1)!.sha256.slice(0, 12)}…`,
    seen: told === null ? 'no digest' : `${told.slice(0, 12)}…`,
    sentence:
      told === null
        ? `${fileOf(view, offer)} was announced without a digest: nobody can tell it from another.`
        : `${fileOf(view, offer)} was announced with a digest that is not its own.`,
  });
}

export const wrongDigest: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { offered, displayed } = view.fold.attachments;
    for (const offer of offered) judgeOffer(view, offer, tally);
    const withDigest = new Set(
      offered.filter(({ sha256 }) => sha256 !== null).map((o) => `${fileKey(o)} ${o.part}`),
    );
    for (const shown of displayed) {
      if (!withDigest.has(`${fileKey(shown)} ${shown.part}`)) continue;
      tally.judged();
      if (shown.verified) continue;
      tally.find({
        ...placeOf(shown),
        seqs: [shown.seq],
        expected: 'nothing shown',
        seen: 'the file, with another digest than was told',
        sentence: `${fileOf(view, shown)} was shown although its bytes were not those announced.`,
      });
    }
    return tally.result();
  },
};
