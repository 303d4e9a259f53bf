import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { EndLimits, EndWord } from '../fold-sessions.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/session-after-end',
  level: 'must',
  kind: 'safety',
  fails:
    'A payload is sealed into a gateway-managed session that its sender knew to be over: by the ' +
    'end it was told, by closing it, by a refusal, or by the news that a device was removed.',
  hint: 'Renew before expiresAt; forget a session at session-ended, at 410, and when it is closed.',
  source: 'docs/gateway-sessions.md, Operations; policy: revocation grace',
};

const WHY = {
  expired: 'it had ended, as its sender had been told from the start',
  closed: 'its sender had closed it',
  'devices-changed': 'its sender had been told that a device was removed from it',
  refused: 'the gateway had refused it as over',
} as const satisfies Record<EndWord, string>;

function limitsOf({ policy }: CaseView): EndLimits {
  const { toleranceMicros, grace } = policy;
  return {
    toleranceMicros,
    // What was under way when the news came is excused; what follows a refusal needs no more time.
    graceOf: (why) => (why === 'devices-changed' ? grace.revocationMicros : toleranceMicros),
  };
}

export const sessionAfterEnd: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const { sessions, attribution } = view.fold;
    const limits = limitsOf(view);
    const begun = new Set<string>();
    for (const use of sessions.uses) {
      // A repetition under the same key is the payload that it was, not a new one.
      const key = `${use.session}|${use.wire}`;
      if (begun.has(key)) continue;
      begun.add(key);
      tally.judged();
      const end = sessions.knownEnd(use.session, use.at, limits);
      if (end === null) continue;
      const message = view.messageOf(attribution.ofWire(use.wire));
      const what = message === null ? 'A message' : subject(message);
      const after = duration(use.at - end.at);
      tally.find({
        ...(message === null ? {} : { message: message.id }),
        seqs: [end.seq, use.seq],
        expected: 'a session that is open',
        seen: `a payload ${after} after the end (${end.why}), ${use.outcome}`,
        sentence: `${what} was sent into a secure session ${after} after ${WHY[end.why]}.`,
      });
    }
    return tally.result();
  },
};
