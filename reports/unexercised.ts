import type { RunReport } from './model.ts';
import { thousands } from './wording.ts';

/** Rules that no cell exercised, as reports tell them. */
export interface Unexercised {
  readonly count: number;
  /** By name: those that a run of more scenarios, or of other ones, may exercise. */
  readonly listed: readonly string[];
  /** How many of the others wait for which claim; null: none do. */
  readonly unclaimed: string | null;
}

/** Names what the implementation could have been judged by; the rest is a count for each claim. */
export const unexercisedOf = (
  report: Pick<RunReport, 'rulesNotExercised' | 'rulesNotClaimed'>,
): Unexercised => {
  const { rulesNotExercised, rulesNotClaimed = {} } = report;
  const waiting = Object.entries(rulesNotClaimed);
  const unclaimed = new Set(waiting.flatMap(([, rules]) => rules));
  const claims = waiting.map(([claim, rules]) => `${claim} ${thousands(rules.length)}`).join(', ');
  return {
    count: rulesNotExercised.length,
    listed: rulesNotExercised.filter((rule) => !unclaimed.has(rule)),
    unclaimed:
      unclaimed.size === 0
        ? null
        : `about what the implementation does not claim: ${thousands(unclaimed.size)} (${claims})`,
  };
};
