import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { archiveReads, copyOf } from '../archive-record.ts';
import { Tally, UNJUDGED_CEILING } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'archive/without-consent',
  level: 'must',
  kind: 'safety',
  fails:
    'A copy of a message is archived though the person never consented, or though the policy ' +
    'forbids archives.',
  hint:
    'Consent comes with the registration ({{recipient.consent.archive}}); who was told of none ' +
    'has none.',
  source: 'policy: archive only with consent, encrypted',
};

export const archivedWithoutConsent: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const forbidden = view.policy.archive === 'never';
    for (const { event, message } of archiveReads(view, tally)) {
      const { id, consent } = message.person;
      if (consent.archive && !forbidden) continue;
      tally.judged();
      if (event.outcome === 'absent') continue;
      const why = forbidden ? 'the policy forbids archives' : `${id} did not consent`;
      tally.find({
        message: message.id,
        seqs: [message.record.intended.seq, event.seq],
        expected: `nothing kept: ${why}`,
        seen: `a copy of ${event.bytes} bytes`,
        sentence: `${copyOf(message)} for ${id} exists, although ${why}.`,
      });
    }
    return tally.result(UNJUDGED_CEILING);
  },
};
