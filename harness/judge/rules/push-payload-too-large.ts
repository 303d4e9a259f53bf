import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { PUSH_LIMIT_BYTES } from '../../../simulators/kernel/push-facts.ts';
import type { Push } from '../push-dispatches.ts';
import { seqsOf, whereOf } from '../push-dispatches.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'push/payload-too-large',
  level: 'must',
  kind: 'safety',
  fails: 'A push is larger than its service takes: 4 096 bytes, VoIP pushes 5 120.',
  hint: 'Send the message’s id and let the app fetch the rest.',
  source: 'Apple, “Generating a remote notification”; Firebase, “About FCM messages”',
};

function limitOf({ dispatch, facts }: Push): number {
  if (dispatch.component === 'push/fcm') return PUSH_LIMIT_BYTES.fcm;
  return facts.type === 'voip' ? PUSH_LIMIT_BYTES.voip : PUSH_LIMIT_BYTES.apns;
}

export const payloadTooLarge: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const push of view.pushes) {
      tally.judged();
      const limit = limitOf(push);
      const { bytes } = push.facts;
      if (bytes <= limit) continue;
      tally.find({
        seqs: seqsOf(push),
        expected: `at most ${limit} bytes`,
        seen: `${bytes} bytes`,
        sentence: `A push (${whereOf(push)}) had ${bytes} bytes, and ${limit} are taken.`,
      });
    }
    return tally.result();
  },
};
