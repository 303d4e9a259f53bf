import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { fileOf, isFromPerson, placeOf } from '../attachment-words.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'attachment/not-refreshed',
  level: 'must',
  kind: 'liveness',
  fails:
    'A phone whose URL of a file has ended asks the sender for a fresh one and gets none, or the ' +
    'same again.',
  hint: 'Answer the `refresh` of the descriptor with a newly signed URL; upload what is damaged.',
  source: 'need: ended links are refreshed',
};

export const notRefreshed: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const asked of view.fold.attachments.refreshed.values()) {
      const last = asked.at(-1)!;
      if (isFromPerson(view, last)) continue;
      if (asked.every(({ t }) => view.fold.run.wasDown(t))) {
        tally.leave('the implementation was down when it was asked');
        continue;
      }
      tally.judged();
      if (asked.some(({ outcome }) => outcome === 'fresh')) continue;
      tally.find({
        ...placeOf(last),
        seqs: asked.map(({ seq }) => seq),
        expected: 'a fresh URL',
        seen: last.outcome === 'same' ? 'the ended URL once more' : last.status,
        sentence:
          `${fileOf(view, last)} could not be fetched any more, and the sender gave ` +
          `${last.outcome === 'same' ? 'the ended URL once more' : 'no fresh URL'}.`,
      });
    }
    return tally.result();
  },
};
