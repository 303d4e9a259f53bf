import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/imessage-silent-change',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone encrypts by iMessage to other keys of a person than before and does not tell its ' +
    'own: a device that somebody slipped in goes unnoticed.',
  hint: 'Compare what the directory says with what was there at the last message.',
  source: 'Apple, “iMessage Contact Key Verification”',
};

export const imessageSilentChange: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { sealed, told } = view.fold.imessage;
    /** `device person` → keys of the last message, and its seq. */
    const last = new Map<string, { readonly keys: string; readonly seq: number }>();
    for (const { device, people, to, message, seq } of sealed) {
      for (const person of people) {
        const keys = to
          .filter((each) => each.person === person)
          .map(({ key }) => key)
          .toSorted()
          .join(' ');
        const place = `${device} ${person}`;
        const before = last.get(place);
        last.set(place, { keys, seq });
        if (before === undefined) continue;
        tally.judged();
        if (before.keys === keys) continue;
        const said = told.some(
          (each) =>
            each.device === device && each.of === person && each.seq > before.seq && each.seq < seq,
        );
        if (said) continue;
        tally.find({
          ...(message !== undefined && { message }),
          device,
          seqs: [before.seq, seq],
          expected: `told that the keys of ${person} have changed`,
          seen: 'nothing',
          sentence: `The keys of ${person} changed, and ${device} wrote on without a word of it.`,
        });
      }
    }
    return tally.result();
  },
};
