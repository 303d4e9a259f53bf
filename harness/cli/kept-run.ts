/** What a run's folder says beside its histories: the plan, and the report if it came to one. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Plan } from '../../simulators/kernel/plan.ts';
import type { RunReport } from '../../reports/model.ts';
import type { JudgedHistory } from '../judge/index.ts';
import { notApplicable } from '../verdict/index.ts';
import type { CliContext } from './context.ts';

export interface KeptRun {
  readonly plan: Plan | undefined;
  readonly report: RunReport | undefined;
  /** Files that are there and cannot be read. */
  readonly damaged: readonly string[];
}

/** As much as is relied on; the rest is what the same version wrote. */
const planShape = z.looseObject({
  cells: z.array(z.looseObject({ id: z.string(), requires: z.array(z.string()) })),
});
const reportShape = z.looseObject({
  version: z.string(),
  run: z.looseObject({ began: z.string() }),
  cells: z.array(
    z.looseObject({
      id: z.string(),
      history: z.string().nullable(),
      verdict: z.looseObject({ verdict: z.string() }),
    }),
  ),
});

/** Reads `plan.json` and `report.json` of a run; each is undefined where it is not there. */
export function keptRun(run: string, { workingDirectory }: CliContext): KeptRun {
  const damaged: string[] = [];
  const read = (name: string, shape: z.ZodType): unknown => {
    const file = join(resolve(workingDirectory, run), name);
    if (!existsSync(file)) return undefined;
    try {
      const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
      shape.parse(written);
      // Not what was parsed, whose keys have another order.
      return written;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
      damaged.push(file);
      return undefined;
    }
  };
  const plan = read('plan.json', planShape) as Plan | undefined;
  const report = read('report.json', reportShape) as RunReport | undefined;
  return { plan, report, damaged };
}

/**
 * Cells that the run has by its plan or its report, and of which nothing was judged. What the
 * implementation does not claim was never run; what it claims stands in every history it took part
 * in.
 */
export function missingCells(
  { plan, report }: KeptRun,
  judged: readonly JudgedHistory[],
  there: ReadonlySet<string>,
): string[] {
  const took = judged.find(({ started }) => started.implementation.role !== 'none');
  const outside = new Set(
    took === undefined
      ? report?.cells
          .filter(({ verdict }) => verdict.verdict === 'not-applicable')
          .map(({ id }) => id)
      : plan?.cells
          .filter((cell) => notApplicable(cell, took.started.implementation.claims) !== null)
          .map(({ id }) => id),
  );
  const planned = (plan?.cells ?? []).map(({ id }) => id);
  const kept = (report?.cells ?? []).flatMap(({ id, history }) => (history === null ? [] : [id]));
  return [...new Set([...planned, ...kept])].filter((id) => !there.has(id) && !outside.has(id));
}
