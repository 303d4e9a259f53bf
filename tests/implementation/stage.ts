import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { loadDescription } from '../../harness/implementation/description.ts';
import type { Description } from '../../harness/implementation/description.ts';
import type { StartContext } from '../../harness/implementation/running.ts';
import { policyFinder, profilesIn } from '../../harness/plan/profiles.ts';
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import type { Observer } from '../../simulators/kernel/words.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

/** Where the small programs under test lie. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/implementations/', import.meta.url));

const POLICY = policyFinder(profilesIn(createVocabulary()).policies, '.')('gate')!;

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-implementation-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The text of an implementation.yaml whose program is one of the fixtures. */
export function descriptionText(fixture: string, more = ''): string {
  const http = `send:
  request:
    method: POST
    path: /v1/messages
    body: { to: '{{recipient.msisdn}}', text: '{{message.text}}' }
  accepted: { status: [202], id: /messageId }
status:
  poll: { path: '/v1/messages/{{id}}', state: /status, every: 1s }
  words: { queued: [queued], sent: [sent] }
`;
  const stdio = `send: { stdio: true }
status:
  words: { queued: [queued], sent: [sent] }
`;
  const isStdio = fixture.startsWith('stdio.mjs');
  const ready = isStdio ? '' : '  ready: { http: /healthz, within: 20s }\n';
  return `bellwether: 1
implementation: fixture
version: 1.0.0
role: notifier
claims: { channels: [sms], sms: [smpp] }
start:
  command: [node, ${fixture
    .split(' ')
    .map((word) => `'${word}'`)
    .join(', ')}]
  working-directory: ${FIXTURES}
  env: { PORT: '\${port}' }
${more.startsWith('  ready') ? '' : ready}${more}${isStdio ? stdio : http}`;
}

export function describedBy(text: string, folder = temporaryFolder()): Description {
  const file = join(folder, 'implementation.yaml');
  writeFileSync(file, text);
  return loadDescription(file, folder);
}

export interface Stage {
  readonly context: StartContext;
  readonly events: readonly HistoryEvent[];
  of<K extends EventKind>(kind: K): EventOf<K>[];
  /** Resolves when the condition holds; the test's own limit ends a vain wait. */
  until(condition: () => boolean): Promise<void>;
}

/** All that starting a program needs: wall time unless said else, sockets, a history in memory. */
export function stageFor(
  description: Description,
  environment: Readonly<Record<string, string>> = {},
  clock: Clock & { stop?(): void } = createWallClock(),
  certificateNames: readonly string[] = [],
): Stage {
  const events: HistoryEvent[] = [];
  const history = createHistory(clock);
  history.subscribe((event) => events.push(event));
  const random = createRandom(1);
  const index = createMessageIndex();
  const network = createSocketNetwork({ clock, certificateNames });
  const scanner = createScanner();
  const tapOf = (observer: Observer) => createTap({ history, scanner, index }, observer, 'here');
  onTestFinished(async () => {
    await network.close();
    clock.stop?.();
  });
  return {
    events,
    context: {
      description,
      ambient: { clock, random, ids: createIds(random.fork('ids')), history, index },
      network,
      policy: POLICY,
      environment,
      folder: temporaryFolder(),
      taps: {
        api: tapOf('implementation-api'),
        output: tapOf('implementation-output'),
        files: tapOf('implementation-files'),
      },
      module: undefined,
    },
    of: <K extends EventKind>(kind: K) =>
      events.filter((event) => event.kind === kind) as unknown as EventOf<K>[],
    until: async (condition) => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

/** Whether a process is there; a zombie, which has ended and only waits to be counted, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
