import { exitRule } from '../exit-rule.ts';

export const notReady = exitRule({
  entry: {
    name: 'implementation/not-ready',
    level: 'must',
    kind: 'liveness',
    fails: 'The implementation does not get ready in the time that start.ready allows.',
    hint: 'Look at start.ready in implementation.yaml and at the last lines of its output.',
    source: 'design: implementation contract, unhappy paths',
  },
  about: (exit) => exit.reason === 'not-ready',
  expected: 'to be ready in time',
  sentence: ({ why }) =>
    why === undefined
      ? 'The implementation did not get ready in time.'
      : `The implementation did not get ready in time: ${why}.`,
});
