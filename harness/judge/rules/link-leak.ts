import { linkStepRule } from '../link-step-rule.ts';

export const linkLeak = linkStepRule({
  entry: {
    name: 'link/leak',
    level: 'must',
    kind: 'safety',
    fails:
      'The content of a secure link stands in a URL, title, header or referrer, or may be cached.',
    hint: 'Cache-Control: no-store, Referrer-Policy: no-referrer; the text in the page body alone.',
    source: 'RFC 9111 §5.2.2.5 (no-store); design: secure links',
  },
  judges: () => true,
  wrong: (step) => (step.leaks.length === 0 ? null : step.leaks.join(', ')),
  expected: 'the content in the page body only, not stored',
  sentence: (step) => `left its content where it does not belong: ${step.leaks.join(', ')}.`,
});
