import { defineConfig } from 'vitest/config';
import { closingLineReporter } from './tests/support/closing-line.ts';

/** Tests run in a new order each time; repeat one with BELLWETHER_TEST_SEED=<the printed seed>. */
const seed = Number(process.env['BELLWETHER_TEST_SEED'] ?? Date.now() % 1_000_000);

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/fixtures/**', 'node_modules/**', 'dist/**'],
    // Child processes, not threads: tests look at signals, open handles and the process's globals.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { seed, shuffle: { files: false, tests: true } },
    reporters: ['default', closingLineReporter((text) => void process.stdout.write(text))],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A run that collected nothing has proved nothing.
    passWithNoTests: false,
    allowOnly: false,
  },
});
