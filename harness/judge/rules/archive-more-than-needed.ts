import type { PersonalDatum } from '../../../simulators/kernel/events-implementation.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { archiveReads, copyOf } from '../archive-record.ts';
import { Tally, UNJUDGED_CEILING } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'archive/more-than-needed',
  level: 'must',
  kind: 'safety',
  fails:
    'An archived copy shows personal data that the policy’s `archive-metadata` does not name: a ' +
    'number, a name, a sign-in code, a token.',
  hint: 'Keep them inside the ciphertext; the organisation’s own id says whose the record is.',
  source: 'policy: archive-metadata; data minimisation',
};

const WORDS = {
  number: 'phone number',
  name: 'name',
  'sign-in-code': 'sign-in code',
  'push-token': 'push token',
  'app-token': 'app token',
} as const satisfies Record<PersonalDatum, string>;

export const archivedMoreThanNeeded: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const allowed = view.policy.archiveMetadata ?? [];
    for (const { event, message } of archiveReads(view, tally)) {
      if (event.outcome !== 'kept') continue;
      tally.judged();
      const more = event.personal.filter(({ what }) => !allowed.includes(what));
      if (more.length === 0) continue;
      const seen = more.map(({ what, as }) => `${WORDS[what]} (${as})`).join(', ');
      tally.find({
        message: message.id,
        seqs: [message.record.intended.seq, event.seq],
        expected: allowed.length === 0 ? 'no personal data' : `only ${allowed.join(', ')}`,
        seen,
        sentence: `${copyOf(message)} shows the ${seen} of ${message.person.id}.`,
      });
    }
    return tally.result(UNJUDGED_CEILING);
  },
};
