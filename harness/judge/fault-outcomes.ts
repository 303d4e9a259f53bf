import { faultsOutside } from '../../simulators/kernel/claimed-ways.ts';
import type { FaultOutcome } from '../../simulators/kernel/finding.ts';
import { comparisonText, meets } from './compare.ts';
import type { CaseView } from './view.ts';

/** Each fault of the plan with its hits against its evidence floor. */
export function faultOutcomes(view: CaseView): FaultOutcome[] {
  const outside = view.judgesImplementation ? faultsOutside(view.cell, view.claims) : null;
  return view.cell.faults.map((fault) => {
    const hits = view.fold.run.faults.get(fault.name)?.hits ?? 0;
    return {
      name: fault.name,
      entry: fault.fault,
      target:
        fault.targets.length > 3 ? `${fault.targets.length} targets` : fault.targets.join(', '),
      hits,
      floor: comparisonText(fault.evidence.hits, String),
      reached: meets(hits, fault.evidence.hits),
      ...(outside?.has(fault.name) === true && { outside: true }),
    };
  });
}
