import { actRule } from '../people-act-rule.ts';

export const deletedShown = actRule(
  {
    name: 'people/deleted-shown',
    level: 'must',
    kind: 'safety',
    fails: 'A phone goes on showing a message that its author has deleted for everybody.',
    hint: 'The deletion names the message by its id; it counts on every device.',
    source: 'need: person-to-person delete (Universal Profile 2.7)',
  },
  'delete',
  {
    expected: 'no longer shown',
    seen: 'still shown',
    sentence: 'was deleted by its author, and the phone goes on showing it.',
  },
);
