import type { LintCheck, LintRemark } from './check.ts';

export const neverAndIgnored = {
  name: 'never-and-ignored',
  doc: 'A rule stands under never and is switched off by ignore.',
  kind: 'contradiction',
  look: ({ cells }) =>
    cells.flatMap(({ expect, ignore }) =>
      expect.flatMap((one, index): LintRemark[] => {
        if (one.kind !== 'never') return [];
        const both = one.rules.filter((rule) => ignore.some((each) => each.rule === rule));
        if (both.length === 0) return [];
        return [
          {
            path: ['expect', index, 'never'],
            message: `${both.join(', ')}: expected never to be found, and ignored at the same time`,
            hint: 'Remove it from one of the two.',
          },
        ];
      }),
    ),
} as const satisfies LintCheck;
