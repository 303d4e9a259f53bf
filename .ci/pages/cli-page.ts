import { COMMANDS } from '../../harness/cli/commands/index.ts';
import { EXIT } from '../../harness/cli/context.ts';
import { main } from '../../harness/cli/main.ts';
import { generatedHead } from './markdown.ts';

/** Wide enough for the longest option, as narrow as a code block is read. */
const COLUMNS = 100;

/** Throws what the command complained of: a page of errors must never be written. */
export async function helpOf(command: string): Promise<string> {
  const said: string[] = [];
  const complaints: string[] = [];
  const argv = [command, '--help'];
  const code = await main(argv, {
    stdout: { write: (text) => void said.push(text), isTTY: false, columns: COLUMNS },
    stderr: { write: (text) => void complaints.push(text) },
    env: {},
    workingDirectory: '.',
    argv,
  });
  const help = said.join('').trimEnd();
  const whole = help.startsWith(`Usage: bellwether ${command} `);
  if (code !== EXIT.pass || complaints.length > 0 || !whole) {
    throw new Error(`no help of "${command}" (exit ${code}): ${complaints.join('') || help}`);
  }
  return help;
}

/** `docs/cli.md`: what `--help` of each command prints. */
export async function renderCliPage(): Promise<string> {
  const sections: string[] = [];
  for (const command of Object.keys(COMMANDS)) {
    sections.push('', `## ${command}`, '', '```text', await helpOf(command), '```');
  }
  const head = generatedHead('Command line', 'the help of each command', [
    'In a checkout: `npm run -s bellwether -- <command>`. Installed: `bellwether <command>`.',
    'The default paths of a command are the suites that come with Bellwether; they are found from',
    'any folder. What a run writes is described in [reports](reports.md), what its exit code means',
    'in [verdicts](verdicts.md#exit-codes), each error code in [errors](errors.md).',
  ]);
  return [...head, ...sections, ''].join('\n');
}
