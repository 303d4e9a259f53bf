import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import type { Directory, RcsCore } from '../../simulators/network/bearer.ts';
import { createCapabilityFaults } from '../../simulators/network/capability-faults.ts';

const SECOND = 1_000_000;
type Features = { readonly e2ee: boolean } | undefined;

function stage(before: Features) {
  const clock = createVirtualClock();
  const truth = { now: before };
  const capabilities = () => truth.now;
  const faults = createCapabilityFaults({
    clock,
    directory: { everybody: [{ plan: { id: 'ana' } }] } as unknown as Directory,
    registered: capabilities,
  });
  const core = faults.asTold({ capabilities, registered: capabilities } as unknown as RcsCore);
  const touched: string[] = [];
  const begin = (word: string, params = {}, hits = true) =>
    faults.verbs[word]!({
      params,
      ledger: { fault: 'f', hits: () => hits, touched: (did) => void touched.push(did) },
    });
  return { clock, truth, begin, touched, ask: () => core.capabilities('ana') };
}

describe('what is told of phones', () => {
  test('stale is what they could when it began, and the truth again afterwards', () => {
    const { truth, begin, ask, touched } = stage({ e2ee: true });
    const lift = begin('capability-stale');
    expect([ask(), touched]).toEqual([{ e2ee: true }, []]);
    truth.now = { e2ee: false };
    expect(ask()).toEqual({ e2ee: true });
    expect(touched).toEqual([
      'told that ana has RCS with end-to-end encryption, not RCS without end-to-end encryption',
    ]);
    lift();
    expect(ask()).toEqual({ e2ee: false });
  });

  test.each([
    ['none', undefined],
    ['rcs', { e2ee: false }],
    ['e2ee', { e2ee: true }],
  ] as const)('wrong says %s whatever is so', (says, told) => {
    for (const before of [undefined, { e2ee: false }, { e2ee: true }]) {
      const { begin, ask, touched } = stage(before);
      begin('capability-wrong', { says });
      expect(ask()).toEqual(told);
      // The truth told by chance is no hit.
      expect(touched).toHaveLength(before?.e2ee === told?.e2ee ? 0 : 1);
    }
  });

  test('whoever the selection spares is told the truth', () => {
    const { begin, ask, touched } = stage({ e2ee: true });
    begin('capability-wrong', { says: 'none' }, false);
    expect([ask(), touched]).toEqual([{ e2ee: true }, []]);
  });

  test('it swings, beginning with the untruth', async () => {
    const { clock, begin, ask } = stage({ e2ee: true });
    const lift = begin('capability-flap', { says: 'rcs', every: 2 * SECOND });
    const told: unknown[] = [];
    for (let time = 0; time < 3; time++) {
      told.push(ask()?.e2ee);
      await clock.run(clock.now() + 2 * SECOND);
    }
    expect(told).toEqual([false, true, false]);
    lift();
    expect(ask()).toEqual({ e2ee: true });
  });
});
