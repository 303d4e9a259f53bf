import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { copyWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'delivery/altered',
  level: 'should',
  kind: 'safety',
  fails:
    'What a person is shown is not the text that was to be sent: cut short, in a wrong encoding, ' +
    'escaped, or mixed with another. A page behind a link is not compared.',
  hint: 'Send a text with umlauts, quotes and more than 160 characters on that channel.',
  source: 'scenario: the text that was handed over; GSM 03.38 and TS 23.040 for SMS',
};

export const altered: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const shown = message.displays.filter(({ channel }) => channel !== 'secure-link');
      if (shown.length === 0) continue;
      tally.judged();
      const wrong = shown.find((display) => display.altered);
      if (wrong === undefined) continue;
      tally.find({
        message: message.id,
        device: wrong.device,
        seqs: [message.record.intended.seq, wrong.seq],
        expected: 'the text as it was handed over',
        seen: `another text on ${wrong.device}`,
        sentence:
          `${subject(message)} was shown with another text than the one handed over, by ` +
          `${copyWords(view, wrong)}.`,
      });
    }
    return tally.result();
  },
};
