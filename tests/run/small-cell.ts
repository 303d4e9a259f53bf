/** One small cell and the module under test in it, in virtual time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_FOLDER, createVocabulary } from '../../harness/compose.ts';
import { loadDescription } from '../../harness/implementation/description.ts';
import type { Description } from '../../harness/implementation/description.ts';
import { judgeHistory } from '../../harness/judge/index.ts';
import { loadPlan } from '../../harness/plan/load.ts';

import type { CellRun, CellRunOptions } from '../../harness/run/cell-options.ts';
import { runCell } from '../../harness/run/cell-run.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';

const SCENARIO = `bellwether: 1
scenario: small
summary: Three appointments reach one person by RCS.
duration: 10s
seed: 7
world:
  carriers: { northtel: { e2ee: off } }
  people: { ana: { device: android-16, carrier: northtel, app: off, read-after: 3s } }
traffic:
  first:
    to: ana
    every: 4s
    during: 0s..9s
    message: { kind: appointment, sensitivity: low }
heal: { wait: 10m }
`;

const IMPLEMENTATION = `bellwether: 1
implementation: small-sender
version: 1.0.0
role: notifier
claims:
  { channels: [rcs], gateways: [rbm], sms: [], push: [], callbacks: [rbm], idempotency: false }
start:
  module: ${join(PROJECT_FOLDER, 'tests/fixtures/implementations/rbm.mjs')}
  env:
    BASE_URL: \${gateway.rbm.url}
    TOKEN_URL: \${gateway.rbm.tokenUrl}
    AGENT_ID: \${gateway.rbm.agentId}
    SERVICE_ACCOUNT: \${gateway.rbm.serviceAccount}
send:
  request:
    method: POST
    path: /v1/messages
    body: { to: '{{recipient.msisdn}}', text: '{{message.text}}' }
  accepted: { status: [202], id: /messageId }
callbacks:
  rbm: { path: /webhooks/rbm }
status:
  poll: { path: '/v1/messages/{{id}}', state: /status, every: 1s }
  words: { queued: [queued], sent: [sent], delivered: [delivered], read: [read] }
`;

/** Work in a folder that is gone afterwards. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-cell-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The cell, with the faults that are given in YAML: `name: { … }` lines. */
export function smallCell(faults = ''): Cell {
  const text = faults === '' ? SCENARIO : `${SCENARIO}faults:\n  ${faults}\n`;
  return inFolder((folder) => {
    mkdirSync(join(folder, 'suite'));
    writeFileSync(join(folder, 'suite/small.yaml'), text);
    const options = { vocabulary: createVocabulary(), workingDirectory: folder };
    return loadPlan(['suite/small.yaml'], options).cells[0]!;
  });
}

/** Its description, with another `start` where one is given: lines below that word. */
export function smallSender(start?: string): Description {
  const text =
    start === undefined
      ? IMPLEMENTATION
      : IMPLEMENTATION.replace(/^start:\n(?: .*\n)+/m, `start:\n${start}`);
  return inFolder((folder) => {
    writeFileSync(join(folder, 'implementation.yaml'), text);
    return loadDescription(join(folder, 'implementation.yaml'), folder);
  });
}

export interface Played {
  readonly run: CellRun;
  readonly events: readonly HistoryEvent[];
  of<K extends EventKind>(kind: K): EventOf<K>[];
  /** The history file, whole. */
  readonly text: string;
  /** What follows from that file alone. */
  readonly verdict: CellVerdict;
}

/** Runs a cell against the small sender to its end. */
export async function play(
  cell: Cell,
  more: Partial<CellRunOptions> & { readonly onEvent?: (event: HistoryEvent) => void } = {},
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-cell-'));
  const historyFile = join(folder, 'history.ndjson');
  const events: HistoryEvent[] = [];
  const { onEvent, ...options } = more;
  try {
    const run = await runCell({
      cell,
      description: smallSender(),
      wire: 'memory',
      historyFile,
      folder: undefined,
      readers: [
        (event) => events.push(event),
        (event) => {
          onEvent?.(event);
        },
      ],
      ...options,
    });
    return {
      run,
      events,
      of: <K extends EventKind>(kind: K) =>
        events.filter((event) => event.kind === kind) as unknown as EventOf<K>[],
      text: readFileSync(historyFile, 'utf8'),
      verdict: await judgeHistory(historyFile),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
