import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { fileOf, placeOf } from '../attachment-words.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { duration } from '../wording.ts';

const entry: RuleEntry = {
  name: 'attachment/url-life',
  level: 'must',
  kind: 'safety',
  fails: 'The URL of a file works for longer than the policy allows, or for ever.',
  hint: 'Sign with `attachmentUrlMicros` of the policy; the receiver can ask for a fresh URL.',
  source: 'policy: attachment-url; need: attachments as encrypted objects behind ending URLs',
};

export const urlLife: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const most = view.policy.attachmentUrlMicros;
    for (const offer of view.fold.attachments.offered) {
      if (offer.object === null || most === undefined) {
        tally.leave('the URL leads elsewhere, or the policy sets no limit');
        continue;
      }
      tally.judged();
      const { lifeMicros } = offer;
      if (lifeMicros !== null && lifeMicros <= most) continue;
      const seen = lifeMicros === null ? 'no end at all' : duration(lifeMicros);
      tally.find({
        ...placeOf(offer),
        seqs: [offer.seq],
        expected: `at most ${duration(most)}`,
        seen,
        sentence:
          `${fileOf(view, offer)} was given with a URL that works for ` +
          `${lifeMicros === null ? 'ever' : seen}; the policy allows ${duration(most)}.`,
      });
    }
    return tally.result();
  },
};
