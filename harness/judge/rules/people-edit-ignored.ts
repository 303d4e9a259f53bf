import { actRule } from '../people-act-rule.ts';

export const editIgnored = actRule(
  {
    name: 'people/edit-ignored',
    level: 'must',
    kind: 'safety',
    fails: 'A phone goes on showing the old words of a message that its author has edited.',
    hint: 'The edit names the message by its id; it replaces what is shown on every device.',
    source: 'need: person-to-person edit (Universal Profile 2.7)',
  },
  'edit',
  {
    expected: 'the new words in place of the old',
    seen: 'the old words',
    sentence: 'was edited by its author, and the phone goes on showing the old words.',
  },
);
