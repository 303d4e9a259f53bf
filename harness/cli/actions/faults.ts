import { FAULTS } from '../../../simulators/faults/index.ts';
import type { FaultEntry } from '../../../simulators/kernel/fault-entry.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';

function describe(entry: FaultEntry): string {
  const params = Object.entries(entry.params).map(([name, parameter]) => {
    const words = parameter.words === undefined ? '' : ` (${parameter.words.join(' | ')})`;
    const fallback = parameter.default === undefined ? ', required' : '';
    return `    ${name}: ${parameter.type}${words}${fallback} – ${parameter.doc}`;
  });
  return [
    `${entry.name}  [${entry.shape}; path ${entry.truth}]  on ${entry.targets.join(', ')}`,
    `  ${entry.doc}`,
    ...params,
    `    e.g. ${entry.example}`,
    '',
  ].join('\n');
}

/** Prints every fault with its targets, parameters and an example; the exit code. */
export function listFaults(context: CliContext): number {
  for (const entry of Object.values<FaultEntry>(FAULTS)) {
    context.stdout.write(`${describe(entry)}\n`);
  }
  return EXIT.pass;
}
