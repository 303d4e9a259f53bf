import { linkStepRule } from '../link-step-rule.ts';

export const linkPreviewBot = linkStepRule({
  entry: {
    name: 'link/preview-bot',
    level: 'must',
    kind: 'safety',
    fails: 'A secure link shows the content to a preview bot.',
    hint: 'Previews are fetched by messengers and carriers; treat them as anybody.',
    source: 'design: secure links',
  },
  judges: (step) => step.step === 'preview-bot',
  wrong: (step) => (step.outcome === 'content' ? 'the content' : null),
  expected: 'a page without the content',
  sentence: ({ afterSignIn }) =>
    `was given to a link-preview bot${afterSignIn ? ' after its recipient had signed in' : ''}.`,
});
