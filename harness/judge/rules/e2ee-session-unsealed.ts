import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { MessageRecord } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Unsealed } from '../fold-sessions.ts';

const entry: RuleEntry = {
  name: 'e2ee/session-unsealed',
  level: 'must',
  kind: 'safety',
  fails:
    'Content for a gateway-managed session stands readable in the request, beside or instead of ' +
    'the sealed payload.',
  hint: 'Only the JWE may hold the text: look at its header, other fields, and what seals it.',
  source: 'RFC 7516 §4 (the header is not encrypted); docs/gateway-sessions.md, Payload',
};

export const sessionUnsealed: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const { sessions, attribution } = view.fold;
    tally.judged(sessions.looked);
    const found = new Map<MessageRecord, Unsealed[]>();
    for (const one of sessions.unsealed) {
      const record = attribution.byCanary(one.canary);
      if (record === undefined) continue;
      found.set(record, [...(found.get(record) ?? []), one]);
    }
    for (const [record, seen] of found) {
      const [first] = seen;
      if (first === undefined) continue;
      const kind = record.traffic.message.kind.replaceAll('-', ' ');
      tally.find({
        message: record.id,
        seqs: [record.intended.seq, ...seen.flatMap(({ request, seq }) => [request, seq])],
        expected: 'the content in the sealed payload only',
        seen: `the canary in the request at ${first.where}, as ${first.as}`,
        sentence:
          `The text of ${kind} ${record.id} stood readable (${first.as}) in a request to ` +
          `${first.where}, outside of what was sealed to its key.`,
      });
    }
    return tally.result();
  },
};
