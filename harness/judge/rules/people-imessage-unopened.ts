import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/imessage-unopened',
  level: 'must',
  kind: 'liveness',
  fails:
    'A device cannot open what was encrypted by iMessage to a key that the directory has of it, ' +
    'or refuses its signature.',
  hint: 'Which key encrypts, which signs, and which of both does the directory have?',
  source: 'Apple Platform Security, “How iMessage sends and receives messages securely”',
};

export const imessageUnopened: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { imessage } = view.fold;
    const sealed = new Map(imessage.sealed.map((each) => [each.wire, each]));
    tally.judged(imessage.sealed.length);
    for (const { wire, device, reason, message, t, seq } of imessage.refused) {
      const sent = sealed.get(wire);
      const key = sent?.to.find((one) => one.device === device)?.key;
      const known = key === undefined ? undefined : imessage.of(device, key);
      if (sent === undefined || known === undefined) continue;
      // What was under way when the keys went is nobody's fault.
      if (known.until <= t) {
        tally.leave('the device had lost or changed its keys meanwhile');
        continue;
      }
      tally.find({
        ...(message !== undefined && { message }),
        device,
        seqs: [sent.seq, seq],
        expected: 'opened',
        seen: reason.replaceAll('-', ' '),
        sentence: `${device} could not open what ${sent.device} had encrypted for it (${reason}).`,
      });
    }
    return tally.result();
  },
};
