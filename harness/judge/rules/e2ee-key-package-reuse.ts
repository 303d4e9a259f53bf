import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Welcomed } from '../fold-mls.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'e2ee/key-package-reuse',
  level: 'must',
  kind: 'safety',
  fails: 'One sender uses a one-time key package for two Welcomes (last-resort ones excepted).',
  hint: 'Claim anew for each addition, and remember which references were used.',
  source: 'RFC 9420 §10, §16.8 (key packages are intended to be used only once)',
};

export const keyPackageReuse: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { welcomed, claims } = view.fold.mls;
    const first = new Map<string, Welcomed>();
    for (const welcome of welcomed) {
      for (const reference of welcome.references) {
        const claim = claims.get(reference);
        if (claim === undefined || claim.lastResort) continue;
        tally.judged();
        // What others did with a package, a sender cannot know.
        const key = `${welcome.device ?? ''}|${reference}`;
        const before = first.get(key);
        if (before === undefined) {
          first.set(key, welcome);
          continue;
        }
        if (before.group === welcome.group && before.epoch === welcome.epoch) continue;
        tally.find({
          device: claim.device,
          seqs: [claim.seq, before.seq, welcome.seq],
          expected: 'a key package of its own for each Welcome',
          seen: `package ${reference.slice(0, 12)} in two Welcomes`,
          sentence:
            `${claim.device} was added to an encrypted conversation twice with one key package ` +
            'that is meant to be used once.',
        });
      }
    }
    return tally.result();
  },
};
