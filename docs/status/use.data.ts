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
      part('a run loads what its world has, and no more', 'real', ['tests/cli/loaded.test.ts']),
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
        'tests/cli/library-world.test.ts',
        '.ci/check-package',
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
        'tests/implementation/left-behind.test.ts',
      ]),
      part('wrong paths, words and damaged runs, of every command', 'real', [
        'tests/cli/wrong-paths.test.ts',
        'tests/cli/without-examples.test.ts',
        'tests/cli/help.test.ts > a command line that cannot be understood',
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
        'Measured: 1.5 s and 0.4 s. No test holds them.',
      ),
      part(
        'virtual time at 0.4 of a bare loop; real MLS at 3 times the default',
        'absent',
        [],
        'Between people, where the world does everything: 0.39 to 0.43 in six runs. Through an ' +
          'implementation not reached: 0.21 to 0.23; a message then brings some ten HTTP ' +
          'exchanges, too. With MLS 3.5 (3.3 to 3.9 in its rounds).',
      ),
      part(
        '100,000 phones under 1 GiB; flat cost a message',
        'absent',
        [],
        'Measured: 186 MiB at rest, 534 MiB after 400,000 messages; cost 0.91, in five runs 0.76 ' +
          'to 0.97 (aim 0.8, once each phone was written to).',
      ),
      part(
        'RBM door at 0.7 of a bare server',
        'absent',
        [],
        'At the edge. Medians of three runs by time, and what single runs said: RBM 0.71 (0.68 ' +
          'to 0.74), Twilio 0.74 (0.69 to 0.76), Sinch 0.70 (0.62 to 0.72), Vonage 0.73 (0.71 ' +
          'to 0.82), Infobip 0.72 (0.69 to 0.78); by CPU time 0.62 to 0.71. All are at least ' +
          '2.5 times mountebank and Prism; the APNs door is at 0.87.',
      ),
      part(
        'SMS centre at twice npm smpp’s server',
        'absent',
        [],
        'Measured: 2.8 by time, 2.3 by CPU time. No test holds them.',
      ),
      part(
        'a world around MLS at 1.5 times its crypto; 15 KiB a live state',
        'absent',
        [],
        'Measured: 1.41 over 10,000 messages; 12.6 KiB live, 1.7 KiB at rest. No test holds them.',
      ),
    ],
  },
];
