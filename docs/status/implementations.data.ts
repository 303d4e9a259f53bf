import { part } from '../../tests/support/status.ts';
import type { StatusGroup } from '../../tests/support/status.ts';

/** What is put under test, and how. */
export const implementations: readonly StatusGroup[] = [
  {
    title: 'Implementations',
    parts: [
      part('command', 'real', [
        'tests/implementation/command-start.test.ts',
        'tests/implementation/several-programs.test.ts',
      ]),
      part(
        'url',
        'real',
        [
          'tests/examples/reference-notifier/url.test.ts',
          'tests/launch/told-cells.test.ts',
          'tests/network/run-certificates.test.ts',
          'tests/cli/bad-input.test.ts > a service that is not there',
        ],
        'Several cells in a row where they share policy, carriers, gateways and push.',
      ),
      part('module in virtual time', 'real', [
        'tests/implementation/module-start.test.ts',
        'tests/implementation/module-leash.test.ts',
        'tests/examples/reference-notifier/world.test.ts',
      ]),
      part('an MLS stack by itself, through gRPC, as client and as server', 'real', [
        'tests/mls/conformance.test.ts',
        'tests/mls/external-senders.test.ts',
        'tests/mls/grpc.test.ts',
        'tests/mls/phones.test.ts',
        'tests/protocol/mls/stack-engine.test.ts',
      ]),
      part(
        'container, from an image or a Dockerfile',
        'partial',
        ['tests/implementation/reach-container.test.ts'],
        'Engines on this machine under Linux, tried with Docker 20.10; not over stdio.',
      ),
      part('reach: proxy, intercept, hosts', 'real', [
        'tests/network/proxy.test.ts',
        'tests/network/name-server.test.ts',
        'tests/implementation/reach.test.ts',
        'tests/implementation/reach-cell.test.ts',
        'tests/implementation/intercept-carrying.test.ts',
        'tests/implementation/intercept-names.test.ts',
        'tests/implementation/reach-container.test.ts > reach',
        'tests/cli/env-reach.test.ts',
      ]),
      part('docker-compose.yml', 'real', ['tests/examples/compose.test.ts']),
      part('HTTP mapping, status by poll and push', 'real', [
        'tests/implementation/http-conversation.test.ts',
        'tests/run/pushed-statuses.test.ts',
        'tests/implementation/status-reading.test.ts',
      ]),
      part('stdio contract', 'real', [
        'tests/implementation/stdio-conversation.test.ts',
        'tests/examples/python-notifier.test.ts',
      ]),
      part('readiness, crash, hanging, restart', 'real', [
        'tests/implementation/command-start.test.ts',
        'tests/implementation/hang-watch.test.ts',
        'tests/run/cell-run.test.ts > what never gets ready',
      ]),
      part('evidence', 'real', [
        'tests/implementation/command-start.test.ts > output',
        'tests/implementation/evidence.test.ts',
        'tests/run/archive-reads.test.ts',
      ]),
      part('what the program printed, beside the history of its cell', 'real', [
        'tests/implementation/output-log.test.ts',
        'tests/reports/printed.test.ts',
      ]),
      part('honesty probe', 'real', [
        'tests/run/honesty-probe.test.ts',
        'tests/launch/probe-cell.test.ts',
        'tests/judge/contract.test.ts > probe finds a probe that did not hold',
      ]),
      part('unexpected traffic is a finding', 'real', [
        'tests/judge/contract.test.ts > unexpected-traffic',
      ]),
    ],
  },
  {
    title: 'Reference notifier',
    parts: [
      part('send API, policy, retries, durable status', 'real', [
        'tests/examples/reference-notifier/notifier.test.ts',
        'tests/examples/reference-notifier/next-step.test.ts',
        'tests/examples/reference-notifier/journal.test.ts',
      ]),
      part('MLS through the gateway', 'real', [
        'tests/examples/reference-notifier/world.test.ts',
        'tests/examples/reference-notifier/replies.test.ts',
      ]),
      part('push without plaintext, secure links with sign-in', 'real', [
        'tests/examples/reference-notifier/notifier.test.ts > a secure link',
        'tests/examples/reference-notifier/world.test.ts',
      ]),
      part(
        'same code as module and as process',
        'real',
        [
          'tests/examples/reference-notifier/world.test.ts',
          'tests/examples/reference-notifier/process.test.ts',
        ],
        'A test runs the whole gate against the module, four of its scenarios against the process.',
      ),
      part('mutants and healthy variants as data', 'real', [
        'tests/examples/reference-notifier/variants.test.ts',
      ]),
    ],
  },
  {
    title: 'Implementations that are not ours',
    parts: [
      part('Kannel, through outage and throttling', 'real', [
        'tests/examples/kannel.test.ts',
        'tests/implementation/own-ports.test.ts',
      ]),
      part('Parse Server, by push alone to both platforms', 'real', [
        'tests/examples/parse-server.test.ts',
      ]),
      part('Node-RED with its Twilio node, through the proxy', 'real', [
        'tests/examples/node-red.test.ts',
      ]),
      part('Apprise of Debian, behind an adapter over stdio', 'real', [
        'tests/examples/apprise.test.ts',
      ]),
      part('Python notifier over stdio', 'real', ['tests/examples/python-notifier.test.ts']),
      part(
        'an HTTP service plugged in from the docs, with a planted bug',
        'partial',
        ['tests/examples/callback-service.test.ts', 'tests/docs/quickstart.test.ts'],
        'Plugged in from the documents alone once, by hand (docs/discoveries/first-plug-in.md).',
      ),
    ],
  },
];
