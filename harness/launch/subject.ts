/** What a plan is run against: the implementation, and the honesty probe that comes first. */
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { findDescription, loadDescription } from '../implementation/description.ts';
import type { Description } from '../implementation/description.ts';
import { probeCell, toldWorld } from './probe-cell.ts';

export interface SubjectOptions {
  /** implementation.yaml; undefined = found as the contract says. */
  readonly implementation: string | undefined;
  readonly workingDirectory: string;
  /** False leaves the honesty probe out. */
  readonly probe: boolean;
  readonly vocabulary: Vocabulary;
}

export interface Subject {
  /** Undefined where the plan has world checks only. */
  readonly description: Description | undefined;
  readonly probe: Cell | undefined;
}

/** Throws what the author has to mend: no description, or one that cannot be read. */
export function subjectOf(plan: Plan, options: SubjectOptions): Subject {
  const { implementation, workingDirectory, vocabulary } = options;
  const worldOnly = plan.cells.length > 0 && plan.cells.every(({ worldCheck }) => worldCheck);
  if (worldOnly) return { description: undefined, probe: undefined };
  const file = findDescription(implementation, workingDirectory);
  const description = loadDescription(file, workingDirectory);
  if (!options.probe) return { description, probe: undefined };
  const told = toldWorld(description, plan);
  return { description, probe: probeCell(vocabulary, told, description.claims) };
}
