/** argv, streams and environment in; exit code out. One file a command. */
import { projectVersion } from '../project.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './context.ts';

function processContext(argv: readonly string[]): CliContext {
  // `bellwether … | head`: a reader that has seen enough is no failure, nor is a closed terminal.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  return {
    stdout: {
      write: (text) => {
        process.stdout.write(text);
      },
      isTTY: process.stdout.isTTY,
      columns: process.stdout.columns ?? 100,
    },
    stderr: {
      write: (text) => {
        process.stderr.write(text);
      },
    },
    env: process.env,
    workingDirectory: process.cwd(),
    argv,
  };
}

const VERSION: ReadonlySet<string | undefined> = new Set(['-V', '--version']);

/** Runs one command line; never throws and never calls process.exit. */
export async function main(
  argv: readonly string[],
  context: CliContext = processContext(argv),
): Promise<number> {
  if (argv.length === 1 && VERSION.has(argv[0])) {
    context.stdout.write(`${projectVersion()}\n`);
    return EXIT.pass;
  }
  // Who only asks for the version waits for nothing else.
  const { runCommand } = await import('./run-command.ts');
  return runCommand(argv, context);
}
