import { describe, expect, test } from 'vitest';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import type { BearerMessage, CoreOutcome, RcsCore } from '../../simulators/network/bearer.ts';
import { createInterconnect } from '../../simulators/network/interconnect.ts';
import { createSeverableCalls } from '../../simulators/network/severed.ts';
import type { OutboundResult } from '../../simulators/network/wire.ts';

const SECOND = 1_000_000;
const CORE = 'carrier/northtel/rcs';

function stage(planned = true) {
  const clock = createVirtualClock();
  const history = createHistory(clock, { write: () => {}, close: () => {} });
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const done: string[] = [];
  const outcomes: CoreOutcome[] = [];
  const bare = {
    path: CORE,
    capabilities: () => ({ e2ee: true }),
    submit: ({ wire }: BearerMessage, _expires: number, outcome: CoreOutcome) => {
      done.push(`took ${wire}`);
      outcomes.push(outcome);
    },
    revoke: (wire: string) => {
      done.push(`revoked ${wire}`);
      return true;
    },
  } as unknown as RcsCore;
  const ambient = { clock, history } as unknown as Ambient;
  const lines = createInterconnect({ ambient, gateway: 'gateway/rbm', planned });
  const touched: string[] = [];
  const ledger = {
    fault: 'split',
    hits: () => true,
    touched: (did: string) => void touched.push(did),
  };
  const outcome: CoreOutcome = {
    delivered: () => void done.push('delivered'),
    displayed: () => void done.push('displayed'),
    failed: () => void done.push('failed'),
    expired: () => void done.push('expired'),
  };
  const core = lines.core(bare);
  const send = (wire: string, lastsSeconds = 60) =>
    core.submit({ wire } as BearerMessage, clock.now() + lastsSeconds * SECOND, outcome);
  return { clock, lines, bare, core, ledger, touched, done, outcomes, send, events };
}

describe('a line between gateway and carrier that is cut', () => {
  test('keeps messages and receipts, and lets them pass in order afterwards', async () => {
    const { clock, lines, core, ledger, touched, done, outcomes, send, events } = stage();
    send('a');
    const lift = lines.cut(CORE, ledger);
    send('b');
    outcomes[0]?.delivered('person/ana/device/1');
    expect(core.capabilities('ana')).toBeUndefined();
    await clock.run(10 * SECOND);
    expect([done, touched.length]).toEqual([['took a'], 3]);
    lift();
    expect(done).toEqual(['took a', 'took b', 'delivered']);
    expect(core.capabilities('ana')).toEqual({ e2ee: true });
    const states = events.flatMap((event) => (event.kind === 'component.changed' ? [event] : []));
    expect(states.map(({ component, state }) => [component, state])).toEqual([
      ['link/carrier/northtel/rcs~gateway/rbm', 'down'],
      ['link/carrier/northtel/rcs~gateway/rbm', 'up'],
    ]);
  });

  test('lets nothing pass that was taken back or whose time was over meanwhile', async () => {
    const { clock, lines, core, ledger, done, send } = stage();
    send('before');
    const lift = lines.cut(CORE, ledger);
    send('revoked');
    send('short', 5);
    expect([core.revoke('revoked'), core.revoke('before')]).toEqual([true, false]);
    await clock.run(10 * SECOND);
    lift();
    expect(done).toEqual(['took before', 'expired']);
  });

  test('is not there where none was ever cut', () => {
    const { bare, core } = stage(false);
    expect(core).toBe(bare);
  });
});

test('a callback across a cut line is not handed over, and its sender learns it late', async () => {
  const clock = createVirtualClock();
  const answered: OutboundResult = {
    kind: 'answer',
    response: { status: 200, headers: {}, body: '' },
  };
  const calls = createSeverableCalls((_request, told) => told(answered), clock);
  const heard: string[] = [];
  const request = { method: 'POST', url: 'http://a.test/', headers: {}, timeoutMicros: SECOND };
  const call = () =>
    calls.call(request, (result) => void heard.push(`${clock.now()} ${result.kind}`));
  const lift = calls.cut({ fault: 'f', hits: () => true, touched: () => {} });
  call();
  await clock.run(2 * SECOND);
  lift();
  call();
  expect(heard).toEqual([`${SECOND} failure`, `${2 * SECOND} answer`]);
});
