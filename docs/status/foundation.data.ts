import { part } from '../../tests/support/status.ts';
import type { StatusGroup } from '../../tests/support/status.ts';

/** What everything else stands on. */
export const foundation: readonly StatusGroup[] = [
  {
    title: 'Foundation',
    parts: [
      part(
        'npm start and npm test set up a fresh machine',
        'real',
        ['tests/bootstrap/*.test.ts', '.ci/check-first-start'],
        'A whole first start from a fresh clone only in CI.',
      ),
      part('house rules, each shown to bite', 'real', [
        'tests/tidy.test.ts > the guard bites',
        'tests/tidy.test.ts > the tree keeps this',
      ]),
      part('tests that need more than Node skip by name', 'real', ['tests/support/needs.test.ts']),
      part('generated pages are fresh', 'real', ['tests/docs/generated-pages.test.ts']),
      part('README: what, two commands, a picture', 'real', ['tests/docs/guides.test.ts']),
      part('installed from a packed archive', 'real', ['.ci/check-package'], 'Only in CI.'),
    ],
  },
  {
    title: 'Kernel',
    parts: [
      part('virtual and wall clock', 'real', ['tests/kernel/*-clock.test.ts']),
      part('seeded randomness and ids', 'real', ['tests/kernel/random.test.ts']),
      part('history: append-only, bounded, crash-safe', 'real', ['tests/kernel/history.test.ts']),
      part('same plan, same bytes, in one process and across processes', 'real', [
        'tests/world/sms.test.ts > gives the same history, byte for byte',
        'tests/run/cell-run.test.ts > the same seed',
        'tests/examples/reference-notifier/world.test.ts > two processes write the same histories',
        'tests/launch/virtual-cells.test.ts > has the same history, byte for byte',
      ]),
      part('run --check-determinism proves it', 'real', ['tests/cli/check-determinism.test.ts']),
      part('errors with code, blame, hint, position', 'real', [
        'tests/scenario/problems.test.ts',
        'tests/docs/errors.test.ts',
      ]),
    ],
  },
  {
    title: 'Scenario language',
    parts: [
      part('text to positions', 'real', [
        'tests/scenario/source.test.ts',
        'tests/scenario/units.test.ts',
        'tests/scenario/problems.test.ts',
        'tests/scenario/references.test.ts',
      ]),
      part('plan: all of the shape', 'real', [
        'tests/plan/compile.test.ts',
        'tests/plan/arrivals.test.ts',
        'tests/plan/files.test.ts',
        'tests/plan/lint.test.ts',
        'tests/plan/speed.test.ts',
        'tests/verdict/repeated-runs.test.ts',
      ]),
      part('every block of the design in one file', 'real', [
        'tests/scenario/whole-language.test.ts',
      ]),
      part('JSON Schema from the same source', 'real', ['tests/scenario/json-schema.test.ts']),
      part('profiles of devices and carriers, policies', 'real', [
        'tests/device/profiles.test.ts',
        'tests/scenario/policy.test.ts',
        'tests/plan/files.test.ts > profiles of one’s own',
      ]),
      part('iOS 26.3 with E2EE labelled hypothetical', 'real', [
        'tests/scenario/policy.test.ts > hypothetical worlds',
        'tests/plan/scenarios.test.ts > label what no phone offers yet',
      ]),
    ],
  },
];
