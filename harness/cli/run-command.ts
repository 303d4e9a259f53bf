/** The command line as commander reads it. */
import { Command, CommanderError } from 'commander';
import { projectVersion } from '../project.ts';
import { COMMANDS } from './commands/index.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './context.ts';
import { showError } from './show-error.ts';

/** `help run` is `run --help`, so that a word that is no command is told as anywhere else. */
function meant(argv: readonly string[]): readonly string[] {
  const [first, named] = argv;
  if (first !== 'help' || named === undefined) return argv;
  return Object.hasOwn(COMMANDS, named) ? [named, '--help'] : [named];
}

/** Runs the command that is named, or says what there is; never throws. */
export async function runCommand(argv: readonly string[], context: CliContext): Promise<number> {
  let code: number = EXIT.pass;
  const program = new Command('bellwether')
    .description('Judges messaging implementations in simulated carriers, gateways and phones.')
    .version(projectVersion())
    .showHelpAfterError('(bellwether --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => Math.min(context.stdout.columns, 100),
      getErrHelpWidth: () => Math.min(context.stdout.columns, 100),
    });
  const words = meant(argv);
  const named = words.find((word) => !word.startsWith('-'));
  const known = named !== undefined && Object.hasOwn(COMMANDS, named);
  const loaders = known ? [COMMANDS[named as keyof typeof COMMANDS]] : Object.values(COMMANDS);
  try {
    for (const load of loaders) {
      const register = await load();
      register(program, context, (result) => {
        code = result;
      });
    }
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has already printed its own message (or the help that was asked for).
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
    return showError(error, context);
  }
}
