import { endWords, exitRule } from '../exit-rule.ts';
import { when } from '../wording.ts';

export const crashed = exitRule({
  entry: {
    name: 'implementation/crashed',
    level: 'must',
    kind: 'safety',
    fails: 'The implementation ends without having been asked to.',
    hint: 'The last lines of its output stand in the report.',
    source: 'design: implementation contract, unhappy paths',
  },
  about: (exit) => !exit.asked && exit.reason === undefined,
  expected: 'to run until it is stopped',
  sentence: (exit) => `The implementation ended by itself ${when(exit.t)} (${endWords(exit)}).`,
});
