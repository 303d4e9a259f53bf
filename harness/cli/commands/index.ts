import type { RegisterCommand } from '../register-command.ts';

/** Loaded one by one, so that a command starts without paying for the others. */
export const COMMANDS = {
  run: async () => (await import('./run.ts')).registerRun,
  plan: async () => (await import('./plan.ts')).registerPlan,
  validate: async () => (await import('./validate.ts')).registerValidate,
  lint: async () => (await import('./lint.ts')).registerLint,
  judge: async () => (await import('./judge.ts')).registerJudge,
  explain: async () => (await import('./explain.ts')).registerExplain,
  selftest: async () => (await import('./selftest.ts')).registerSelftest,
  list: async () => (await import('./list.ts')).registerList,
  faults: async () => (await import('./faults.ts')).registerFaults,
  mls: async () => (await import('./mls.ts')).registerMls,
  env: async () => (await import('./env.ts')).registerEnv,
  serve: async () => (await import('./serve.ts')).registerServe,
} as const satisfies Record<string, () => Promise<RegisterCommand>>;
