import { part } from '../../tests/support/status.ts';
import type { StatusGroup } from '../../tests/support/status.ts';

/** What somebody who uses it meets. */
export const use: readonly StatusGroup[] = [
  {
    title: 'Reports',
    parts: [
      part('terminal, live progress', 'real', ['tests/reports/terminal.test.ts']),
      part('versioned JSON with schema', 'real', ['tests/reports/formats.test.ts > report.json']),
      part('JUnit XML', 'real', ['tests/reports/formats.test.ts > junit.xml']),
      part('Markdown and GitHub annotations', 'real', [
        'tests/reports/formats.test.ts > summary.md',
        'tests/reports/formats.test.ts > GitHub annotations',
      ]),
      part('a scenario’s cells as a grid over any two axes', 'real', [
        'tests/reports/grid.test.ts',
      ]),
      part('one-file HTML', 'real', ['tests/reports/page*.test.ts']),
      part('explain', 'real', [
        'tests/reports/explain.test.ts',
        'tests/judge/case.test.ts > story',
      ]),
      part('fixed exit codes', 'real', [
        'tests/verdict/run-verdict.test.ts > has the fixed exit codes',
        'tests/cli/bad-input.test.ts',
      ]),
    ],
  },
  {
    title: 'Command line and library',
    parts: [
      part('help with an example on every command', 'real', ['tests/cli/help.test.ts']),
      part('validate, plan, list, faults, env', 'real', ['tests/cli/help.test.ts']),
      part('serve: a world until it is stopped, acting in it by lines', 'real', [
        'tests/cli/serve.test.ts',
        'tests/examples/compose.test.ts',
      ]),
      part('run, judge, explain, selftest', 'real', [
        'tests/cli/bad-input.test.ts',
        'tests/docs/quickstart.test.ts',
        'tests/cli/told-afterwards.test.ts > explain of a message',
        '.ci/run',
      ]),
      part('library: run, createWorld', 'real', [
        'tests/cli/told-afterwards.test.ts > run() as a library',
        '.ci/check-package',
        'tests/world/sockets.test.ts',
      ]),
    ],
  },
  {
    title: 'Unit tests of other projects',
    parts: [
      part('bellwether/msw: every vendor host, by fetch and node:http', 'real', [
        'tests/unit-tests/msw.test.ts',
        '.ci/check-package',
      ]),
      part('bellwether/vitest: world, inboxes, matchers, virtual and wall time', 'real', [
        'tests/unit-tests/world.test.ts',
        'tests/unit-tests/encrypted.test.ts',
        'tests/unit-tests/example.test.ts',
      ]),
      part('magic numbers and tokens', 'real', [
        'tests/unit-tests/magic-numbers.test.ts',
        'tests/unit-tests/other-ways.test.ts',
      ]),
      part(
        'a page for each gateway, push service and the SMS centre, from its registry entry',
        'real',
        ['tests/docs/generated-pages.test.ts', 'tests/gateway/registry.test.ts'],
      ),
    ],
  },
  {
    title: 'Bad input',
    parts: [
      part('one clear message, the right exit code, everything stopped', 'real', [
        'tests/cli/bad-input.test.ts',
        'tests/implementation/command-start.test.ts > nothing is left behind',
      ]),
    ],
  },
  {
    title: 'Scenarios',
    parts: [
      part('at least twenty, each saying its need', 'real', ['tests/plan/scenarios.test.ts']),
      part('gate, passed by the reference', 'real', [
        'tests/examples/reference-notifier/world.test.ts',
      ]),
      part(
        'each gate scenario catches a mutant',
        'real',
        ['tests/examples/reference-notifier/variants.test.ts > every gate scenario', '.ci/run'],
        'That the mutant is caught there: the selftest, only in CI.',
      ),
      part(
        'fallback, e2ee, push, sms',
        'real',
        [
          'tests/examples/reference-notifier/suites.test.ts',
          'tests/examples/reference-notifier/e2ee.test.ts',
        ],
        'Against the reference in virtual time, without a finding.',
      ),
    ],
  },
  {
    title: 'Docs',
    parts: [
      part('quickstart, followed by a test', 'real', ['tests/docs/quickstart.test.ts']),
      part('writing a scenario, plugging in, reports', 'real', ['tests/docs/guides.test.ts']),
      part('errors: every code, both ways', 'real', ['tests/docs/errors.test.ts']),
      part('commands, rules, faults, profiles from the registries', 'real', [
        'tests/docs/generated-pages.test.ts',
      ]),
      part('links lead somewhere, every page is linked', 'real', ['tests/docs/links.test.ts']),
      part(
        'figures in docs/benchmarks.md',
        'partial',
        ['tests/docs/links.test.ts'],
        'Written by `npm run bench -- --write`; speed stands in no timed test, on purpose.',
      ),
    ],
  },
  {
    title: 'Speed and memory',
    parts: [
      part(
        'npm run bench: ratios side by side',
        'absent',
        [],
        'Built, and its figures stand in docs/benchmarks.md; no test holds them, on purpose.',
      ),
      part(
        'gate against the module under 15 s, smoke under 1 s',
        'absent',
        [],
        'Measured: 1.4 s and 0.4 s. No test holds them.',
      ),
      part(
        'virtual time at 0.4 of a bare loop; real MLS at 3 times the default',
        'absent',
        [],
        'Not reached: 0.195. With MLS 3.39 (2.97 to 3.55 in its rounds), close to 3.',
      ),
      part(
        '100,000 phones under 1 GiB; flat cost a message',
        'absent',
        [],
        'Measured: 174 MiB at rest, 595 MiB after 400,000 messages; cost 0.83 (aim 0.8).',
      ),
      part(
        'RBM door at 0.7 of a bare server',
        'absent',
        [],
        'Not reached: 0.55 by time, 0.50 by CPU time; other vendors’ doors 0.46 to 0.53 by time. ' +
          'All are at least 2.5 times mountebank and Prism; the APNs door is at 0.73.',
      ),
    ],
  },
];
