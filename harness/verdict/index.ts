/** From cells to a run's verdict and exit code. */
export { missingClaims, notApplicable } from './applicability.ts';
export { blameOf, playOf } from './blame.ts';
export { EXIT_CODES } from './exit-code.ts';
export { parseKnownFailures, withKnown } from './known-failures.ts';
export type { KnownFailure } from './known-failures.ts';
export { foldRun } from './run-verdict.ts';
export { unmatchedFiles, unusedClaims } from './unused-claims.ts';
export { foldRepeated, verdictOfRuns } from './repeated-runs.ts';
