import { linkStepRule } from '../link-step-rule.ts';

export const linkWrongCode = linkStepRule({
  entry: {
    name: 'link/wrong-code',
    level: 'must',
    kind: 'safety',
    fails: 'A secure link opens with a wrong code.',
    hint: 'Look at how the code is compared, with whose, and at sessions made before it is right.',
    source: 'design: secure links',
  },
  judges: (step) => step.step === 'wrong-code',
  wrong: (step) => (step.outcome === 'content' ? 'the content' : null),
  expected: 'a page without the content',
  sentence: ({ codeOf }) =>
    codeOf === null
      ? 'was shown after a wrong code.'
      : `was shown after the code of somebody else (${codeOf}).`,
});
