import { describe, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../../harness/implementation/command-start.ts';
import { relaxedCell } from '../../harness/implementation/relaxation.ts';
import { probeCell } from '../../harness/launch/probe-cell.ts';
import { createVocabulary } from '../../harness/compose.ts';
import type { Stage } from './stage.ts';
import { describedBy, FIXTURES, stageFor } from './stage.ts';
import { submitted } from './asking.ts';

/** Two programs of which the second gives up when it comes too early. */
function twoPrograms(wait: string, ready: string, more = '', lateMs = 300): string {
  return `bellwether: 1
implementation: two-programs
version: 1.0.0
role: adapter
claims: { channels: [sms], sms: [smpp] }
start:
  command:
    - { run: [node, engine.mjs, '\${port.2}', '\${port.3}', '${lateMs}']${wait} }
    - [node, front.mjs, '\${port.2}', '\${port}']
  working-directory: ${FIXTURES}
  ready: ${ready}
send:
  request: { method: GET, path: /send, query: { tell: '\${harness.status.url}?id={{message.id}}' } }
  accepted: { status: [202], body: 'taken (\\S+)' }
${more}`;
}

const ORDERED = ", ready: { tcp: '${port.2}', within: 20s }";
const MESSAGE = { id: 'alerts-1', text: 'hello', kind: 'chat', sensitivity: 'low', locale: 'en' };

async function start(text: string): Promise<{ stage: Stage; running: Running }> {
  const stage = stageFor(describedBy(text), { 'harness.status.url': 'http://127.0.0.1:9/told' });
  const running = await startCommand(stage.context);
  onTestFinished(() => running.stop());
  return { stage, running };
}
type Running = Awaited<ReturnType<typeof startCommand>>;

describe('an implementation of several programs', () => {
  it('starts each when the one before is ready', async () => {
    const { stage, running } = await start(twoPrograms(ORDERED, "{ tcp: '${port}', within: 20s }"));
    expect(running.down).toBe(false);
    expect(stage.of('implementation.ready')).toHaveLength(1);
  });

  it('fails, with the words of the one that gave up, where the order is not told', async () => {
    // An engine that listens after an hour: however slow the machine, the front comes too early.
    const { stage, running } = await start(
      twoPrograms('', "{ tcp: '${port}', within: 20s }", '', 3_600_000),
    );
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([
      { code: 1, asked: false, lastLines: ['no engine'] },
    ]);
  });

  it('is not ready when one of its parts never is', async () => {
    const never = ", ready: { tcp: '${port.3}', output: never said, within: 400ms }";
    const { stage, running } = await start(twoPrograms(never, '{ within: 20s }'));
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([{ reason: 'not-ready' }]);
  });

  it('is ready when a status page on another port says so in its body', async () => {
    const page =
      "{ http: 'http://127.0.0.1:${port.3}/status', body: 'clients: [3-9]', within: 20s }";
    const { running } = await start(twoPrograms(ORDERED, page));
    const port = new URL(running.baseUrl!).port;
    // The engine counts our own look at its port, the front's first look, and its real connection.
    expect(running.down, `front on ${port}`).toBe(false);
  });

  it('is told in the request itself where statuses are to go', async () => {
    const { running } = await start(twoPrograms(ORDERED, "{ tcp: '${port}', within: 20s }"));
    const recipient = { 'recipient.msisdn': '+999100000001' };
    expect(await submitted(running.conversation, { message: MESSAGE, recipient })).toMatchObject({
      outcome: 'accepted',
      id: 'http://127.0.0.1:9/told?id=alerts-1',
    });
  });
});

describe('what an implementation may ask of the policy', () => {
  const cell = probeCell(createVocabulary());
  const asking = (block: string) => describedBy(twoPrograms('', '{ within: 1s }', block));

  it('is that an observer may see more, with the reason printed', () => {
    const relaxed = relaxedCell(
      cell,
      asking(`policy:
  reason: its log keeps every text
  observers: { implementation-output: { low: [any] } }
`),
    );
    expect(relaxed.policy.observers['implementation-output'].low).toEqual(['any']);
    expect(relaxed.policy.observers['implementation-output'].high).toEqual([]);
    expect(relaxed.policy.relaxations).toEqual([
      'implementation-output may see low on any (two-programs: its log keeps every text)',
    ]);
    expect({ ...relaxed, policy: null }).toEqual({ ...cell, policy: null });
  });

  it('is nothing by default', () => {
    expect(relaxedCell(cell, asking(''))).toBe(cell);
    expect(relaxedCell(cell, undefined)).toBe(cell);
  });

  it.each([
    ['a channel that is not allowed', 'reason: because we like it\n  allowed: { high: [sms] }'],
    ['anything without a reason', 'observers: { implementation-output: { low: [any] } }'],
  ])('is never %s', (_what, block) => {
    expect(() => asking(`policy:\n  ${block}\n`)).toThrow();
  });
});
