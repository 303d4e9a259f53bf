import { part } from '../../tests/support/status.ts';
import type { StatusGroup } from '../../tests/support/status.ts';

/** What goes wrong on purpose, and how that is judged. */
export const judging: readonly StatusGroup[] = [
  {
    title: 'Faults',
    parts: [
      part('outage, latency, loss, throttle', 'real', [
        'tests/network/door-conditions.test.ts',
        'tests/world/faults.test.ts',
      ]),
      part('key-loss, revoke, offline, token-invalid', 'real', [
        'tests/device/texts.test.ts > what befalls a phone',
        'tests/device/mls.test.ts',
        'tests/world/faults.test.ts',
      ]),
      part('bandwidth, slow-body, flap, partition', 'real', [
        'tests/network/slow-bytes.test.ts',
        'tests/network/http2-connection.test.ts > lets a body trickle',
        'tests/network/flap.test.ts',
        'tests/network/interconnect.test.ts',
        'tests/network/severable-door.test.ts',
      ]),
      part('capabilities: stale, wrong, flapping', 'real', [
        'tests/network/capability-faults.test.ts',
      ]),
      part('people: roam, airplane-mode, switch-phone, disable-receipts, opt-out', 'real', [
        'tests/world/people-faults.test.ts',
        'tests/world/switch-phone.test.ts',
        'tests/judge/consent.test.ts',
      ]),
      part(
        'clock-skew',
        'partial',
        ['tests/faults/arm.test.ts'],
        'Of a module alone: a process of its own has the machine’s clock.',
      ),
      part('every fault in a scenario; switched off, none ends as pass', 'real', [
        'tests/plan/scenarios.test.ts',
        'tests/examples/reference-notifier/idle-faults.test.ts',
      ]),
      part('push: credentials, quota, collapse …', 'real', ['tests/push/push-faults.test.ts']),
      part('kill, restart, pause', 'real', [
        'tests/implementation/command-start.test.ts > a command under faults',
        'tests/implementation/module-start.test.ts',
      ]),
      part('accept-then-drop-answer', 'real', [
        'tests/carrier/sms-centre-door.test.ts > an accepted message whose answer is dropped',
        'tests/gateway/rbm-faults.test.ts',
      ]),
      part('by time and by event; selection; ledger', 'real', ['tests/faults/arm.test.ts']),
      part('evidence floors', 'real', [
        'tests/judge/delivery.test.ts > evidence/missing',
        'tests/scenario/impossible.test.ts > evidence that can never be reached',
      ]),
      part('heal phase', 'real', [
        'tests/run/cell-run.test.ts > heals until nothing moves any more',
        'tests/run/pushed-statuses.test.ts > keeps the message under way',
      ]),
    ],
  },
  {
    title: 'Judges',
    parts: [
      part('delivery, latency, recovery', 'real', ['tests/judge/delivery.test.ts']),
      part('every fallback rule', 'real', [
        'tests/judge/fallback.test.ts',
        'tests/judge/fallback-copies.test.ts',
        'tests/judge/hasty-claims.test.ts',
        'tests/judge/told-channels.test.ts',
        'tests/judge/unfounded-failure.test.ts',
      ]),
      part('contract rules', 'real', [
        'tests/judge/contract.test.ts > contract rules',
        'tests/judge/claimed-vendors.test.ts > contract/unclaimed-channel',
      ]),
      part('claims by vendor: what is not claimed is asked of nobody', 'real', [
        'tests/judge/claimed-vendors.test.ts',
        'tests/verdict/claimed-world.test.ts',
        'tests/verdict/run-verdict.test.ts > never passes on the honesty probe alone',
      ]),
      part('implementation rules', 'real', [
        'tests/judge/contract.test.ts > implementation rules',
        'tests/implementation/hang-watch.test.ts',
        'tests/cli/bad-input.test.ts',
      ]),
      part('interop matrix: who encrypts with whom', 'real', ['tests/judge/interop.test.ts']),
      part('e2ee rules', 'real', [
        'tests/judge/confidentiality.test.ts',
        'tests/judge/keys.test.ts',
        'tests/protocol/canary/scanner.test.ts',
      ]),
      part('link rules over HTTP', 'real', ['tests/judge/confidentiality.test.ts > link rules']),
      part(
        'archive rules',
        'real',
        ['tests/judge/archive.test.ts', 'tests/examples/reference-notifier/archive.test.ts'],
        'Consent that is withdrawn later is not played.',
      ),
      part('headlines name causes first', 'real', ['tests/judge/causes.test.ts']),
      part('blame: played again with the reference', 'real', [
        'tests/cli/blame.test.ts',
        'tests/verdict/blame.test.ts',
      ]),
      part('push rules', 'real', ['tests/judge/push.test.ts']),
      part('webhook rules', 'real', [
        'tests/judge/webhook.test.ts',
        'tests/gateway/vendor-callback-cells.test.ts',
        'tests/examples/twilio-sender.test.ts > forged, unreadable and mixed-up callbacks',
      ]),
      part('api/token-stale, api/token-abuse; tokens of seconds', 'real', [
        'tests/judge/tokens.test.ts',
        'tests/gateway/short-lived-tokens.test.ts',
      ]),
      part('api/not-idempotent, api/hammering', 'real', ['tests/judge/contract.test.ts > api/']),
      part(
        'selftest: kill matrix and false alarms',
        'real',
        [
          '.ci/run',
          'tests/launch/selftest-baseline.test.ts',
          'tests/examples/reference-notifier/variants.test.ts',
        ],
        'The whole of it only in CI: three seeds for each mutant, 50 healthy runs.',
      ),
      part('verdicts recomputed from the history alone', 'real', [
        'tests/judge/case.test.ts > gives byte for byte the live verdict',
      ]),
    ],
  },
];
