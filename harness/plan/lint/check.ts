/** What a lint check is: a scenario is valid, yet contradicts itself or says something in vain. */
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { FaultEntry } from '../../../simulators/kernel/fault-entry.ts';
import type { SourcePath } from '../../scenario/source.ts';

export interface LintRemark {
  /** Where in the scenario. */
  readonly path: SourcePath;
  readonly part?: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

/** One scenario with all its cells; the first seed of each combination is enough. */
export interface LintSubject {
  readonly cells: readonly Cell[];
  readonly faults: Readonly<Record<string, FaultEntry>>;
}

export interface LintCheck {
  readonly name: string;
  /** One sentence for the reference. */
  readonly doc: string;
  /** `contradiction`: it can never hold as written. `vain`: a part of it changes nothing. */
  readonly kind: 'contradiction' | 'vain';
  /** Pure; the same remark of several cells is told once. */
  look(subject: LintSubject): readonly LintRemark[];
}
