import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import { needMarker } from './needs.ts';

/** What a whole test run came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The missing need or the skipped test's own name → how many tests it held back. */
  readonly skippedBy: ReadonlyMap<string, number>;
}

/** The one line that CI reads: "12 passed, 0 failed" and, where there are any, ", 2 skipped". */
export const closingLine = (tally: Tally): string =>
  `${tally.passed} passed, ${tally.failed} failed` +
  (tally.skipped > 0 ? `, ${tally.skipped} skipped` : '');

/** Why a test was skipped: the need that one of its suites names, else its own full name. */
const skipReason = (test: TestCase): string => {
  const above = function* (): Generator<TestSuite> {
    for (let at = test.parent; at.type === 'suite'; at = at.parent) yield at;
  };
  for (const suite of above()) {
    const found = needMarker.exec(suite.name);
    if (found !== null) return `${found[1]}: ${found[2]}`;
  }
  return test.fullName;
};

/** Counts every test; a file that could not be loaded or an error outside a test is a failure. */
const tallyOf = (modules: readonly TestModule[], strayErrors: number): Tally => {
  const skippedBy = new Map<string, number>();
  const counts = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed += 1;
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) counts.failed += 1;
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'failed') counts.failed += 1;
      else {
        counts.skipped += 1;
        const reason = skipReason(test);
        skippedBy.set(reason, (skippedBy.get(reason) ?? 0) + 1);
      }
    }
  }
  return { ...counts, skippedBy };
};

/** Says by name what was skipped and why, then ends with the closing line alone on its line. */
export const closingLineReporter = (write: (text: string) => void): Reporter => ({
  onTestRunEnd: (modules, strayErrors) => {
    const tally = tallyOf(modules, strayErrors.length);
    const skipped = [...tally.skippedBy].sort(([left], [right]) => (left < right ? -1 : 1));
    for (const [reason, count] of skipped) {
      write(`skipped ${count} ${count === 1 ? 'test' : 'tests'}: ${reason}\n`);
    }
    write(`${closingLine(tally)}\n`);
  },
});
