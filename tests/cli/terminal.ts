import { main } from '../../harness/cli/main.ts';
import type { CliContext } from '../../harness/cli/context.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, in a folder, and keeps what it writes. */
export async function bellwether(argv: readonly string[], workingDirectory: string): Promise<Ran> {
  let out = '';
  let err = '';
  const context: CliContext = {
    stdout: {
      write: (text) => {
        out += text;
      },
      isTTY: false,
      columns: 100,
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
    env: { NO_COLOR: '1' },
    workingDirectory,
    argv,
  };
  const code = await main(argv, context);
  // Coloured by the test's own terminal, perhaps.
  // oxlint-disable-next-line no-control-regex
  const plain = (text: string): string => text.replaceAll(/\u001B\[\d+m/g, '');
  return { code, out: plain(out), err: plain(err) };
}
