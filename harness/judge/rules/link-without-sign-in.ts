import { linkStepRule } from '../link-step-rule.ts';

export const linkWithoutSignIn = linkStepRule({
  entry: {
    name: 'link/without-sign-in',
    level: 'must',
    kind: 'safety',
    fails: 'A secure link shows the content without sign-in.',
    hint: 'The page must hold the content for whoever gave the right code alone, before and after.',
    source: 'design: secure links',
  },
  judges: (step) => step.step === 'anonymous',
  wrong: (step) => (step.outcome === 'content' ? 'the content' : null),
  expected: 'a page without the content',
  sentence: (step) =>
    step.afterSignIn
      ? 'could be read by anybody who has the link, once its recipient had signed in.'
      : 'could be read by anybody who has the link, without signing in.',
});
