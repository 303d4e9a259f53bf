import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Admission } from '../fold-mls.ts';
import type { Mark } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/uninvited',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone follows the Commit by which a device lets itself into a group, though it is no ' +
    'device of these people, was removed, or is not attested.',
  hint: 'An external Commit comes from anybody: look up its leaf before it is followed.',
  source: 'RFC 9420 §12.4.3.2, §5.3.1; GSMA RCC.16 (identity proof of the configuration server)',
};

/** Why and since when this device was to be kept out; null when it was not. */
function shutOut(
  view: CaseView,
  { admitted, at, taken }: Admission,
): { readonly since: Mark | null; readonly why: string } | null {
  if (!admitted.startsWith('person/')) return { since: null, why: 'no device of anybody there' };
  const revoked = view.fold.devices.keys.get(admitted)?.revoked ?? null;
  // Phones and carriers hear of it at once; what was on its way then is nobody's fault.
  const when = taken?.at ?? at;
  if (revoked !== null && revoked.at < when) return { since: revoked, why: 'which was removed' };
  const span = view.fold.mls.untrusted
    .get(admitted)
    ?.find(({ from, until }) => from.at < when && (until === null || when < until.at));
  return span === undefined ? null : { since: span.from, why: 'that nobody vouches for' };
}

export const uninvited: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { admissions, rejections } = view.fold.mls;
    tally.judged(rejections);
    for (const admission of admissions) {
      const { device, admitted, epoch, at, seq } = admission;
      const out = shutOut(view, admission);
      tally.judged();
      if (out === null) continue;
      const { since, why } = out;
      const after = since === null ? '' : `, ${duration(at - since.at)} after that was made known`;
      tally.find({
        device,
        seqs: since === null ? [seq] : [since.seq, seq],
        expected: `a Commit by ${admitted} that nobody follows`,
        seen: `followed into epoch ${epoch}`,
        sentence:
          `${device} let ${admitted}, ${why}, into its group by that device’s own ` +
          `Commit${after}.`,
      });
    }
    return tally.result();
  },
};
