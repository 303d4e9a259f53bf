import type { CellReport, RunReport } from '../../reports/model.ts';
import type { Finding } from '../../simulators/kernel/finding.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import { breakdown, cell, latency, messages, rule } from './cell-fixture.ts';

const outage = (hits: number) => ({
  name: 'core-down',
  entry: 'outage',
  target: 'carrier/northtel/rcs',
  hits,
  floor: '>= 5',
  reached: hits >= 5,
});

export const late: Finding = {
  rule: 'fallback/late',
  level: 'must',
  kind: 'liveness',
  message: 'alerts-17',
  evidence: [212, 214, 388],
  expected: 'the next channel at most 2 s after the definite refusal at 01:02.140',
  seen: 'secure-link dispatched at 01:31.460, 29.3 s later',
  sentence:
    'Fraud alert alerts-17 to ana was refused by RCS with 404, and the secure link went out only ' +
    '29.3 s later.',
};

const exposed: Finding = {
  rule: 'e2ee/plaintext-exposed',
  level: 'must',
  kind: 'safety',
  message: 'alerts-4',
  evidence: [131],
  expected: 'no content of class high in what the SMS centre sees',
  seen: 'the canary of alerts-4 in plain GSM-7 at carrier/northtel/sms, in 152 bytes',
  sentence:
    'The SMS centre of northtel could read <b>high-sensitivity</b> content: alerts-4 to ana went ' +
    'out as an open SMS.',
};

const knownDead: Finding = {
  rule: 'fallback/known-dead',
  level: 'should',
  kind: 'liveness',
  message: 'alerts-21',
  device: 'person/ana/device/1',
  evidence: [401, 402],
  expected: 'no further attempt on rcs-e2ee while it is known to be unavailable',
  seen: 'rcs-e2ee tried again 300 ms after a 404',
  sentence: 'alerts-21 was tried on a channel that the gateway had just called unavailable.',
};

const outageCells = ['android-16', 'ios-26.3'].flatMap((platform) =>
  ['on', 'off'].map((e2ee) => {
    const fails = platform === 'ios-26.3' && e2ee === 'on';
    return cell(
      {
        scenario: 'gate/rcs-outage-high-sensitivity',
        matrix: { platform, e2ee },
        hypothetical: fails ? ['ios-26.3 with end-to-end encryption'] : [],
      },
      fails
        ? {
            verdict: 'fail',
            why: '3 findings of 2 must rules: fallback/late, e2ee/plaintext-exposed.',
            faults: [outage(12)],
            rules: [
              rule('delivery/lost', 100),
              rule('fallback/late', 40, [
                late,
                {
                  ...late,
                  message: 'alerts-18',
                  evidence: [220, 223, 391],
                  sentence: late.sentence.replace('alerts-17', 'alerts-18'),
                },
              ]),
              rule('e2ee/plaintext-exposed', 340, [exposed]),
              rule('fallback/known-dead', 40, [knownDead]),
              { ...rule('fallback/needless', 31), unjudged: 6, reason: 'rcs was degraded' },
            ],
            expectations: [
              {
                text: 'delivery of alerts at least 99 % within 60 s',
                outcome: 'failed',
                seen: '96 of 100 (96.0 %)',
              },
              { text: 'recovery from core-down within 30 s', outcome: 'held', seen: '4.1 s' },
            ],
            latency: [latency(29_300, 96), { ...latency(1_900, 60), channel: 'rcs-e2ee' }],
            counts: {
              ...NO_COUNTS,
              messages: 100,
              accepted: 100,
              displayed: 96,
              onTime: 94,
              dispatched: { 'rcs-e2ee': 88, 'secure-link': 36, sms: 4 },
              displayedOn: { 'rcs-e2ee': 60, 'secure-link': 32, sms: 4 },
              scans: 351,
              canariesSeen: 4,
              unattributed: 1,
              events: 3_120,
              confusion: {
                'rcs-e2ee → rcs-e2ee': 60,
                'secure-link → secure-link': 32,
                'secure-link → sms': 4,
              },
              fallbackJudged: 100,
              fallbackCorrect: 97,
            },
            messages: messages(30, ['alerts-17', 'alerts-18', 'alerts-4']),
            notes: ['1 of 128 transmissions could not be attributed to a message.'],
          }
        : { faults: [outage(9)] },
    );
  }),
);

const cells: readonly CellReport[] = [
  cell({
    scenario: 'gate/business-to-device',
    summary: 'A business message reaches a phone that is online, encrypted, within seconds.',
  }),
  ...outageCells,
  cell(
    { scenario: 'push/trickle', seed: 7, summary: 'Push slowed to a trickle loses no message.' },
    {
      verdict: 'inconclusive',
      why: 'The fault apns-slow hit 2 times; its floor is >= 20.',
      faults: [
        {
          name: 'apns-slow',
          entry: 'throttle',
          target: 'push/apns',
          hits: 2,
          floor: '>= 20',
          reached: false,
        },
      ],
      rules: [
        rule('delivery/lost', 8),
        { ...rule('latency/slow', 0), inconclusive: 'only 8 of at least 100 samples' },
      ],
      expectations: [
        {
          text: 'latency of alerts p95 < 5 s, samples >= 100',
          outcome: 'inconclusive',
          seen: '8 samples',
        },
      ],
      latency: [latency(900, 8)],
      counts: { ...NO_COUNTS, messages: 8, accepted: 8, displayed: 8, scans: 16, events: 120 },
      messages: messages(8),
    },
  ),
  cell(
    { scenario: 'sms/queue-full', wire: 'sockets', summary: 'A full SMS queue is waited out.' },
    {
      verdict: 'error',
      why: 'The harness could not listen on port 2775: it is in use (WIRE_PORT_IN_USE).',
      rules: [],
      expectations: [],
      latency: [],
      counts: NO_COUNTS,
      messages: [],
    },
  ),
  cell(
    { scenario: 'push/silent-budget', summary: 'Background pushes stay within the budget.' },
    {
      verdict: 'not-applicable',
      why: 'The implementation does not claim push/fcm.',
      rules: [],
      expectations: [],
      latency: [],
      counts: NO_COUNTS,
      messages: [],
    },
  ),
  cell(
    {
      scenario: 'e2ee/device-to-device',
      relaxations: ['carrier may see low content on rcs'],
      ignored: [{ rule: 'fallback/known-dead', reason: 'probing on purpose' }],
      policy: 'field-trial',
      summary: 'Two simulated phones talk end-to-end encrypted (the world itself).',
    },
    { worldCheck: true, latency: [] },
  ),
];

/** One report that has everything: a reporter that renders it renders any. */
export const report: RunReport = {
  bellwetherReport: 1,
  version: '0.1.0',
  breakdown,
  run: {
    id: '2026-01-01T09-30-00Z-3f9a',
    began: '2026-01-01T09:30:00.000Z',
    wallMs: 14_310,
    planHash: '9f31ab77c02d4e55a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0',
    command: 'npm run -s bellwether -- run scenarios',
    node: '24.21.0',
    folder: '.bellwether/runs/2026-01-01T09-30-00Z-3f9a',
  },
  implementation: {
    name: 'reference-notifier',
    version: '1.4.0',
    role: 'notifier',
    start: 'module',
    claims: {
      channels: ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'],
      gateways: ['rbm'],
      sms: ['smpp'],
      push: ['apns'],
      callbacks: ['rbm'],
      idempotency: true,
    },
  },
  verdict: 'fail',
  exitCode: 1,
  why:
    '1 of 9 cells failed: a high-sensitivity alert was readable as SMS, ' +
    'and 2 fall-backs were late.',
  totals: {
    cells: { fail: 1, error: 1, inconclusive: 1, pass: 5, 'not-applicable': 1 },
    messages: 608,
    displayed: 604,
    findings: 4,
    events: 16_310,
  },
  cells,
  rulesNotExercised: ['archive/without-consent', 'attachment/url-lives-long', 'webhook/replayed'],
  rulesNotClaimed: { archive: ['archive/without-consent'] },
  knownFailures: {
    used: ['fallback/late on gate/old-thing: ticket 12, until 2026-03-01'],
    toPaste: [
      '- scenario: rcs-outage-high-sensitivity\n' +
        '  cell: "gate/rcs-outage-high-sensitivity [platform=ios-26.3, e2ee=on] #42"\n' +
        '  rule: fallback/late\n' +
        '  reason: why this is known',
    ],
  },
  notes: ['Virtual time: the parts accept and decide contain no CPU time.'],
};

/** The same run where everything went well. */
export const passingReport: RunReport = {
  ...report,
  verdict: 'pass',
  exitCode: 0,
  why: 'All 2 cells passed; 9 must rules were exercised.',
  cells: [cell({ scenario: 'gate/business-to-device' }), cell({ scenario: 'gate/quiet-night' })],
  totals: {
    cells: { fail: 0, error: 0, inconclusive: 0, pass: 2, 'not-applicable': 0 },
    messages: 200,
    displayed: 200,
    findings: 0,
    events: 5_228,
  },
  rulesNotExercised: [],
  knownFailures: { used: [], toPaste: [] },
  notes: [],
};
