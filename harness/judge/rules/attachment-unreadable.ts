import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { placeOf } from '../attachment-words.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'attachment/unreadable',
  level: 'must',
  kind: 'liveness',
  fails: 'A message is displayed and its file never is, although the store could be reached.',
  hint: 'Look at the offers and fetches of the file: no descriptor, a wrong key, a dead URL?',
  source: 'need: attachments arrive with their messages',
};

/** A phone pauses at most so long between two tries, and some. */
const CALM_MICROS = 45_000_000;

export const unreadable: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const shown = new Set(
      view.fold.attachments.displayed
        .filter(({ part }) => part === 'file')
        .map(({ message }) => message),
    );
    const { calmSince, fetched } = view.fold.attachments;
    const lastFetch = new Map(
      fetched.filter(({ step }) => step === 'signed').map((each) => [each.message, each]),
    );
    for (const message of view.messages) {
      const { arrival, record } = message;
      if (record.traffic.message.attachment === undefined || arrival === null) continue;
      if (shown.has(message.id)) {
        tally.judged();
        continue;
      }
      if (arrival.display.channel === 'sms') {
        tally.leave('SMS brings no files (people/mms-missed tells whether MMS would have)');
        continue;
      }
      const atRest = view.fold.run.ended?.unfinished.length === 0;
      const since = Math.max(arrival.display.at, calmSince ?? view.endedAt);
      const hadTime = atRest || view.endedAt - since >= CALM_MICROS;
      if (calmSince === null || !hadTime || lastFetch.get(message.id)?.outcome === 'broken') {
        tally.leave('the store was disturbed, or the cell ended too early');
        continue;
      }
      tally.judged();
      const { device, seq } = arrival.display;
      tally.find({
        ...placeOf({ device, message: message.id }),
        seqs: [seq],
        expected: 'the file on the phone that shows the message',
        seen: 'the message without it',
        sentence: `${subject(message)} was shown, and its file never was.`,
      });
    }
    return tally.result();
  },
};
