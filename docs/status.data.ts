import { part } from '../tests/support/status.ts';
import type { StatusGroup } from '../tests/support/status.ts';

/** What is built: the data of `docs/status.md`. A claim without an existing test fails the tests. */
export const groups: readonly StatusGroup[] = [
  {
    title: 'Foundation',
    parts: [
      part('npm start and npm test set up a fresh machine', 'real', ['tests/bootstrap/*.test.ts']),
      part('house rules, each shown to bite', 'real', ['tests/tidy.test.ts > the guard bites']),
      part('tests that need more than Node skip by name', 'real', ['tests/support/needs.test.ts']),
      part('generated pages are fresh', 'real', ['tests/docs/generated-pages.test.ts']),
      part('installed from a packed archive', 'absent'),
    ],
  },
  {
    title: 'Kernel',
    parts: [
      part('virtual and wall clock', 'absent'),
      part('seeded randomness and ids', 'absent'),
      part('history: append-only, bounded, crash-safe', 'absent'),
      part('same plan, same bytes', 'absent'),
      part('errors with code, blame, hint, position', 'absent'),
    ],
  },
  {
    title: 'Scenario language',
    parts: [
      part('text to positions to plan', 'absent'),
      part('JSON Schema from the same source', 'absent'),
      part('profiles of devices and carriers, policies', 'absent'),
      part('iOS 26.3 with E2EE labelled hypothetical', 'absent'),
    ],
  },
  {
    title: 'World',
    parts: [
      part('RCS core', 'absent'),
      part('SMS centre (SMPP 3.4)', 'absent'),
      part('RBM gateway', 'absent'),
      part('E2EE extension of the gateway', 'absent'),
      part('APNs', 'absent'),
      part('FCM', 'absent'),
      part('phones, people and displays', 'real', [
        'tests/device/texts.test.ts',
        'tests/device/app-push.test.ts',
        'tests/world/*.test.ts',
      ]),
      part('MLS on each device', 'real', [
        'tests/device/mls.test.ts',
        'tests/world/world-check.test.ts',
      ]),
      part('secure links opened over HTTP', 'real', ['tests/device/secure-link.test.ts']),
    ],
  },
  {
    title: 'Implementations',
    parts: [
      part('command', 'absent'),
      part('url', 'absent'),
      part('module in virtual time', 'absent'),
      part('HTTP mapping, status by poll and push', 'absent'),
      part('stdio contract', 'absent'),
      part('readiness, crash, restart, evidence', 'absent'),
      part('honesty probe', 'absent'),
      part('unexpected traffic is a finding', 'absent'),
    ],
  },
  {
    title: 'Reference notifier',
    parts: [
      part('send API, policy, retries, durable status', 'absent'),
      part('MLS through the gateway', 'absent'),
      part('push without plaintext, secure links', 'absent'),
      part('same code as module and as process', 'absent'),
      part('mutants and healthy variants as data', 'absent'),
    ],
  },
  {
    title: 'Implementations that are not ours',
    parts: [
      part('Kannel', 'real', ['tests/examples/kannel.test.ts']),
      part('Python notifier over stdio', 'real', ['tests/examples/python-notifier.test.ts']),
      part(
        'an HTTP service plugged in from the README',
        'partial',
        ['tests/examples/callback-service.test.ts'],
        'its author knew the design; a stranger has not tried yet',
      ),
    ],
  },
  {
    title: 'Faults',
    parts: [
      part('outage, latency, loss, throttle', 'absent'),
      part('key-loss, revoke, offline, token-invalid', 'real', [
        'tests/device/texts.test.ts',
        'tests/device/mls.test.ts',
        'tests/world/faults.test.ts',
      ]),
      part('kill, restart, pause, accept-then-drop-answer', 'absent'),
      part('by time and by event; ledger, floors, heal phase', 'absent'),
    ],
  },
  {
    title: 'Judges',
    parts: [
      part('delivery and latency', 'absent'),
      part('fallback rules', 'absent'),
      part('contract and implementation rules', 'absent'),
      part('e2ee rules', 'absent'),
      part('api, link and recovery rules', 'absent'),
      part('selftest: kill matrix and false alarms', 'absent'),
      part('verdicts recomputed from the history alone', 'absent'),
    ],
  },
  {
    title: 'Reports',
    parts: [
      part('terminal', 'absent'),
      part('JSON with schema', 'absent'),
      part('JUnit XML', 'absent'),
      part('one-file HTML', 'absent'),
      part('explain', 'absent'),
    ],
  },
  {
    title: 'Command line and library',
    parts: [
      part('run, plan, validate, judge, explain', 'absent'),
      part('selftest, list, faults, env', 'absent'),
      part('library: run, createWorld', 'absent'),
      part('bad input ends with one message and the right exit code', 'absent'),
    ],
  },
  {
    title: 'Scenarios',
    parts: [
      part('gate', 'absent'),
      part('fallback', 'absent'),
      part('e2ee', 'absent'),
      part('push', 'absent'),
      part('sms', 'absent'),
    ],
  },
  {
    title: 'Docs and speed',
    parts: [
      part('quickstart, writing a scenario, plugging in', 'absent'),
      part('reference pages from the registries', 'absent'),
      part('benches with ratios', 'absent'),
    ],
  },
];
