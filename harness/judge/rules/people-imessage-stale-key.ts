import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/imessage-stale-key',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone encrypts by iMessage to a device or key that the directory has removed, so that a ' +
    'removed device reads on or nobody does; or it leaves a registered device out.',
  hint: 'Ask the directory before each message; what was learnt once does not last.',
  source: 'Apple Platform Security, “iMessage security overview” (identity service)',
};

export const imessageStaleKey: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const grace = view.policy.grace.revocationMicros;
    const { imessage } = view.fold;
    for (const { wire, device: sender, to, people, message, t, seq } of imessage.sealed) {
      const about = { ...(message !== undefined && { message }), device: sender };
      for (const { device, key } of to) {
        const known = imessage.of(device, key);
        if (known === undefined) continue;
        if (known.until <= t && t < known.until + grace) {
          tally.leave('the key was removed a moment before');
          continue;
        }
        tally.judged();
        if (t < known.until) continue;
        tally.find({
          ...about,
          seqs: [known.untilSeq, seq],
          expected: 'only what the directory has',
          seen: `a key of ${device} that it had removed`,
          sentence: `${sender} encrypted ${wire} to a key of ${device} that was removed before.`,
        });
      }
      const missing = imessage.registrations.filter(
        (each) =>
          people.includes(each.person) &&
          each.from + grace <= t &&
          t < each.until &&
          !to.some(({ device }) => device === each.device),
      );
      for (const { device, fromSeq } of missing) {
        tally.find({
          ...about,
          seqs: [fromSeq, seq],
          expected: `encrypted for ${device} too`,
          seen: 'left out',
          sentence: `${sender} left ${device} out, which the directory has.`,
        });
      }
    }
    return tally.result();
  },
};
