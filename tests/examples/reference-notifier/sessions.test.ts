/** The reference by gateway-managed sessions: the same twice, and as a process on sockets. */
import { describe, expect, test } from 'vitest';
import { judged, mustFindings } from '../judged.ts';
import { played } from './played.ts';

const NOTIFIER = 'examples/reference-notifier';
const SHORT = ['scenarios/sessions/short-session.yaml'];

test('two processes write the same histories of sessions, byte for byte', async () => {
  const [first, second] = await Promise.all([
    played('scenarios/sessions'),
    played('scenarios/sessions'),
  ]);
  expect(first.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
}, 120_000);

describe.each(['implementation.yaml', 'implementation.process.yaml'])('by %s', (description) => {
  test('what a gateway may read goes by its sessions, the rest by keys of its own', async () => {
    const { report, shown } = await judged(SHORT, `${NOTIFIER}/${description}`);
    expect(mustFindings(report), shown).toEqual({});
    const cell = report.cells.find(({ scenario }) => scenario === 'short-session');
    const { messages = [], counts } = cell?.verdict ?? {};
    const ways = (traffic: string): Set<string | undefined> =>
      new Set(messages.filter((one) => one.traffic === traffic).map((one) => one.protection));
    expect(ways('alerts')).toEqual(new Set(['own-mls-client']));
    expect(ways('statements')).toContain('gateway-session');
    expect(counts?.protection?.['own-mls-client']?.readableFor).toEqual({});
    const managed = counts?.protection?.['gateway-session'];
    expect(managed?.readableFor).toEqual({ gateway: managed?.messages });
    expect(cell?.relaxations).toContain('gateway may see medium on rcs-e2ee');
  }, 120_000);
});
