import type { Command } from 'commander';
import type { CliContext } from './context.ts';

/** Adds one command to the program; `done` gets its exit code. */
export type RegisterCommand = (
  program: Command,
  context: CliContext,
  done: (exitCode: number) => void,
) => void;
