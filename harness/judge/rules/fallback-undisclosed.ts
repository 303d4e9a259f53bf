import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Attempt, MessageView } from '../view.ts';
import { copyWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/undisclosed',
  level: 'must',
  kind: 'safety',
  fails: 'A downgraded message lacks the disclosure that the policy requires on that channel.',
  hint: 'Look at where the disclosure sentence is added to the text.',
  source: 'policy: disclosure',
};

/** Was the sentence there? null when only parts of it passed and nobody saw the whole. */
function disclosed(message: MessageView, attempt: Attempt): boolean | null {
  const copies = new Set(attempt.dispatches.map((dispatch) => dispatch.transmission));
  const shown = message.displays.filter((display) => copies.has(display.transmission));
  if (attempt.dispatches.some((dispatch) => dispatch.disclosure === true)) return true;
  if (shown.length > 0) return shown.every((display) => display.disclosure);
  const wires = new Set(attempt.dispatches.map((dispatch) => dispatch.wire));
  const allSaid = attempt.dispatches.every((dispatch) => dispatch.disclosure === false);
  return allSaid && wires.size === 1 ? false : null;
}

export const undisclosed: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => {
      const on = view.policy.disclosure.on[message.sensitivity];
      for (const attempt of message.attempts) {
        if (!on.includes(attempt.channel)) continue;
        const better = view.availability.betterThan(message.sensitivity, attempt.channel);
        if (better.length === 0) continue;
        const said = disclosed(message, attempt);
        if (said === null) {
          tally.leave('the text was never seen whole');
          continue;
        }
        tally.judged();
        if (said) continue;
        tally.find({
          message: message.id,
          seqs: [attempt.seq],
          expected: `the sentence “${view.policy.disclosure.text}”`,
          seen: `a text on ${attempt.channel} without it`,
          sentence:
            `${subject(message)} was downgraded to ${copyWords(view, attempt)} without ` +
            'telling the person so.',
        });
      }
    });
    return tally.result();
  },
};
