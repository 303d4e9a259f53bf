import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { registerEnv } from './env.ts';
import { registerExplain } from './explain.ts';
import { registerFaults } from './faults.ts';
import { registerJudge } from './judge.ts';
import { registerList } from './list.ts';
import { registerPlan } from './plan.ts';
import { registerRun } from './run.ts';
import { registerSelftest } from './selftest.ts';
import { registerValidate } from './validate.ts';

/** Adds one command to the program; `done` gets its exit code. */
export type RegisterCommand = (
  program: Command,
  context: CliContext,
  done: (exitCode: number) => void,
) => void;

export const COMMANDS = {
  run: registerRun,
  plan: registerPlan,
  validate: registerValidate,
  judge: registerJudge,
  explain: registerExplain,
  selftest: registerSelftest,
  list: registerList,
  faults: registerFaults,
  env: registerEnv,
} as const satisfies Record<string, RegisterCommand>;
