/** A fault as a scenario would write it, planned for now. */
import { stringify } from 'yaml';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import { BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { Cell, FaultPlan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { Problems } from '../plan/problems.ts';
import { resolveFaults } from '../plan/resolve-faults.ts';
import { readSource } from '../scenario/source.ts';
import type { FaultDescription } from './definition.ts';

/** Begins at once and lasts until it is ended. Throws BellwetherErrors where it is wrong. */
export function planFault(
  name: string,
  fault: FaultDescription,
  cell: Cell,
  vocabulary: Vocabulary,
  nowMicros: number,
): FaultPlan {
  const entry = Object.values(vocabulary.faults).find((one) => Object.hasOwn(fault, one.name));
  const when = entry?.shape === 'point' ? { at: '0s' } : { during: '0s..1h' };
  // Nobody judges whether it hit anything.
  const document = { faults: { [name]: { evidence: { hits: '>= 0' }, ...fault, ...when } } };
  const { source } = readSource('disturb()', stringify(document));
  const problems = new Problems(source);
  const { world, seed, traffic } = cell;
  // Not the scenario's, which may be over long before the world is.
  const durationMicros = 3_600 * MICROS_PER_SECOND;
  const context = { source, problems, vocabulary, world, seed, traffic, durationMicros };
  const written = (source.value as typeof document).faults;
  const [plan] = resolveFaults(written, context);
  if (plan === undefined || problems.list.length > 0) throw new BellwetherErrors(problems.list);
  return { ...plan, anchor: { kind: 'time', fromMicros: nowMicros, untilMicros: null } };
}
