/** Floors, expectations and allowances that nothing could break: they pass whatever happens. */
import type { Cell, Comparison, FaultPlan } from '../../simulators/kernel/plan.ts';
import type { ExpectationDoc, ScenarioDoc } from '../scenario/schema.ts';
import { pathText } from '../scenario/diagnose.ts';
import type { SourcePath } from '../scenario/source.ts';
import type { Problems } from './problems.ts';

type Allowance = NonNullable<Cell['allow']>;

/** Is it met where nothing was seen at all? */
function isMetByNone({ op, value }: Comparison): boolean {
  return op === '<=' || (op === '<' ? value > 0 : op !== '>' && value === 0);
}

/** A latency is never below zero, and nothing takes no time. */
function isMetByAll({ op, value }: Comparison): boolean {
  return value === 0 && (op === '>=' || op === '>');
}

function textOf({ op, value }: Comparison): string {
  return `${op} ${value}`;
}

const THRESHOLDS = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const;

function checkExpectation(doc: ExpectationDoc, index: number, problems: Problems): void {
  const add = (rest: SourcePath, what: string, hint: string): void => {
    const path = ['expect', index, ...rest];
    problems.add('SCENARIO_ALWAYS_HOLDS', path, `${pathText(path)}: ${what}`, hint);
  };
  const switchOff =
    'or, where nothing is expected, leave it out; a rule is switched off by ignore.';
  if (doc.delivery?.['at-least'] === 0) {
    const hint = `Ask for a share that has to arrive, such as 99%; ${switchOff}`;
    add(['delivery', 'at-least'], 'at least 0% arrive whatever happens', hint);
  }
  if (doc.fallback?.correct === 0) {
    const hint = `Ask for a share that has to be right, such as 99%; ${switchOff}`;
    add(['fallback', 'correct'], 'at least 0% are right whatever happens', hint);
  }
  const { latency } = doc;
  if (latency?.samples !== undefined && isMetByNone(latency.samples)) {
    const what = `no samples at all are ${textOf(latency.samples)}`;
    add(['latency', 'samples'], what, 'Say how many there have to be, such as ">= 20".');
  }
  for (const name of THRESHOLDS) {
    const threshold = latency?.[name];
    if (threshold === undefined || !isMetByAll(threshold)) continue;
    const hint = `Say what it may be at most, such as ${name}: "< 5s".`;
    add(['latency', name], `every latency is ${textOf(threshold)} s`, hint);
  }
}

/** May all runs fail and still be within chance? Then no run needs to pass. */
function checkAllowance({ passRate, confidence, atMostRuns }: Allowance, problems: Problems): void {
  if (atMostRuns > 0 && (1 - passRate) ** atMostRuns <= 1 - confidence) return;
  const needed = Math.ceil(Math.log(1 - confidence) / Math.log(1 - passRate));
  const enough =
    Number.isFinite(needed) && needed > 0
      ? `Give it at least ${needed} runs, ask for a higher pass-rate, or for less confidence.`
      : 'Ask for a pass-rate above 0% and a confidence below 100%, such as 98% and 95%.';
  problems.add(
    'SCENARIO_ALWAYS_HOLDS',
    ['allow'],
    `allow: even if all ${atMostRuns} runs failed, that could be chance`,
    enough,
    'key',
  );
}

/** Adds SCENARIO_ALWAYS_HOLDS for each, at its place. */
export function checkFloors(
  doc: ScenarioDoc,
  faults: readonly FaultPlan[],
  allow: Allowance | undefined,
  problems: Problems,
): void {
  for (const { name, evidence } of faults) {
    if (!isMetByNone(evidence.hits)) continue;
    const path = ['faults', name, 'evidence', 'hits'];
    problems.add(
      'SCENARIO_ALWAYS_HOLDS',
      path,
      `${pathText(path)}: a fault that hits nothing meets ${textOf(evidence.hits)}`,
      'Say how often it has to hit, such as ">= 5"; without evidence it is at least once.',
    );
  }
  for (const [index, one] of (doc.expect ?? []).entries()) checkExpectation(one, index, problems);
  if (allow !== undefined) checkAllowance(allow, problems);
}
