import type { EventOf } from '../../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { fileOf } from '../attachment-words.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'attachment/dead-medium',
  level: 'must',
  kind: 'liveness',
  fails:
    'A card or a message names a picture or another file that cannot be had where it says, or ' +
    'not as what it is.',
  hint: 'Serve it at that very address, open to all, without a redirect, with its Content-Type.',
  source: 'RCS for Business, “Media and PDF files”: publicly reachable, with a true Content-Type',
};

type Fetched = EventOf<'medium.fetched'>;
type Why = 'missing' | 'refused' | 'untyped' | 'unsupported' | 'broken';

const SEEN: Readonly<Record<Why, string>> = {
  missing: 'it is not there',
  refused: 'it is not given out',
  untyped: 'it has no Content-Type',
  unsupported: 'it is of a type that the vendor does not take',
  broken: 'an error in its place',
};

/** An answer, whatever it says: somebody was there. */
const ANSWERED = /^\d{3}$/;

function isBad(outcome: Fetched['outcome']): outcome is Why {
  return Object.hasOwn(SEEN, outcome);
}

export const deadMedium: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const fetched of view.fold.attachments.media) {
      const { outcome, status, message, seq, t, part, by } = fetched;
      if (outcome === 'elsewhere') {
        tally.leave('it lies outside of this world');
        continue;
      }
      if (outcome === 'broken' && (view.fold.run.wasDown(t) || !ANSWERED.test(status))) {
        tally.leave('nobody answered: the implementation was down, or the way to it was cut');
        continue;
      }
      tally.judged();
      if (!isBad(outcome)) continue;
      const preview = part === 'thumbnail' ? ' (its preview)' : '';
      const place = message === undefined ? {} : { message };
      const file = fileOf(view, { device: by, ...place });
      tally.find({
        ...place,
        seqs: [seq],
        expected: 'the file, open to all, with its type',
        seen: `${status}: ${SEEN[outcome]}`,
        sentence: `${file}${preview} could not be fetched by ${by}: ${SEEN[outcome]} (${status}).`,
      });
    }
    return tally.result();
  },
};
