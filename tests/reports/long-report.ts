import type { RunReport } from '../../reports/model.ts';
import type { VerdictPart } from './cell-fixture.ts';
import { cell, rule } from './cell-fixture.ts';
import { late, report } from './fixture.ts';

/** A long run: many scenarios, two axes, several seeds. */
export const longReport = (cellCount: number): RunReport => {
  const platforms = ['android-14', 'android-16', 'ios-26.2', 'ios-26.3', 'ios-26.5'];
  const many = Array.from({ length: cellCount }, (_, at) => {
    const scenario = `gate/scenario-${Math.floor(at / 100) + 1}`;
    const matrix = {
      platform: platforms[at % platforms.length] ?? '',
      e2ee: at % 2 === 0 ? 'on' : 'off',
    };
    const wrong: VerdictPart = {
      verdict: 'fail',
      why: '1 finding of 1 must rule.',
      rules: [rule('fallback/late', 40, [late])],
    };
    return cell(
      { scenario, matrix, seed: Math.floor((at % 100) / 10) + 1 },
      at % 97 === 0 ? wrong : {},
    );
  });
  const failed = many.filter(({ verdict }) => verdict.verdict === 'fail').length;
  return {
    ...report,
    cells: many,
    why: `${failed} of ${cellCount} cells failed.`,
    totals: {
      ...report.totals,
      cells: { ...report.totals.cells, fail: failed, pass: cellCount - failed },
      messages: cellCount * 100,
      displayed: cellCount * 100,
      findings: failed,
    },
  };
};
