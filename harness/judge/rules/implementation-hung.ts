import { exitRule } from '../exit-rule.ts';
import { when } from '../wording.ts';

export const hung = exitRule({
  entry: {
    name: 'implementation/hung',
    level: 'must',
    kind: 'liveness',
    fails: 'The implementation stops answering and has to be ended.',
    hint: 'Look at what it did then; the last lines of its output stand in the report.',
    source: 'design: implementation contract, unhappy paths',
  },
  about: (exit) => exit.reason === 'hung',
  expected: 'answers',
  sentence: (exit) => `The implementation no longer answered and was ended ${when(exit.t)}.`,
});
