import { FAULTS } from '../../../simulators/faults/index.ts';
import type { FaultEntry } from '../../../simulators/kernel/fault-entry.ts';
import { EXIT } from '../context.ts';
import type { RegisterCommand } from '../register-command.ts';

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

export const registerFaults: RegisterCommand = (program, context, done) => {
  program
    .command('faults')
    .summary('list the faults with their targets, parameters and an example each')
    .addHelpText('after', '\nExample:\n  bellwether faults')
    .action(() => {
      for (const entry of Object.values<FaultEntry>(FAULTS))
        context.stdout.write(`${describe(entry)}\n`);
      done(EXIT.pass);
    });
};
