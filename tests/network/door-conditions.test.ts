import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { FaultLedger } from '../../simulators/kernel/target.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createConditions } from '../../simulators/network/door-conditions.ts';

function bench(refusable = true) {
  const clock = createVirtualClock();
  const history = createHistory(clock);
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const conditions = createConditions({
    component: 'push/apns',
    clock,
    history,
    random: createRandom(1),
    refusable,
  });
  const arm = (verb: string, params: Record<string, unknown>, only?: Partial<FaultLedger>) => {
    const touched: string[] = [];
    const ledger: FaultLedger = {
      fault: verb,
      hits: () => true,
      touched: (did) => touched.push(did),
      ...only,
    };
    const lift = conditions.verbs[verb]!({ params, ledger });
    return { lift, touched };
  };
  const states = () =>
    events.flatMap((event) => (event.kind === 'component.changed' ? [event.state] : []));
  return { clock, events, conditions, arm, states };
}

describe('the conditions of a component', () => {
  it('serve with one shared value while no fault is active', () => {
    const { conditions } = bench();
    expect(conditions.accepts()).toBe(true);
    expect(conditions.meet('m')).toEqual({ kind: 'serve', delayMicros: 0 });
    expect(conditions.meet('m')).toBe(conditions.meet(undefined));
  });

  it('refuse connections during an outage and break requests on connections from before', () => {
    const { conditions, arm } = bench();
    const outage = arm('outage', { mode: 'refuse', status: 503 });
    expect(conditions.refusing).toBe(true);
    expect(conditions.accepts()).toBe(false);
    expect(conditions.meet('m')).toEqual({ kind: 'reset', delayMicros: 0 });
    expect(outage.touched).toEqual(['refused the connection', 'broke the connection']);
    outage.lift();
    expect(conditions.refusing).toBe(false);
    expect(conditions.accepts()).toBe(true);
    expect(conditions.meet('m').kind).toBe('serve');
  });

  it.each([
    ['black-hole', { kind: 'silence', delayMicros: 0 }],
    ['reset', { kind: 'reset', delayMicros: 0 }],
    ['error', { kind: 'error', status: 502, delayMicros: 0 }],
  ])('treat an outage by %s as asked', (mode, treatment) => {
    const { conditions, arm } = bench();
    arm('outage', { mode, status: 502 });
    expect(conditions.accepts()).toBe(true);
    expect(conditions.meet('m')).toEqual(treatment);
  });

  it('give a core, which has no connections, an error instead of a refusal', () => {
    const { conditions, arm } = bench(false);
    arm('outage', { mode: 'refuse', status: 503 });
    expect(conditions.accepts()).toBe(true);
    expect(conditions.meet('m')).toEqual({ kind: 'error', status: 503, delayMicros: 0 });
  });

  it('let the worst of several faults win, add delays, and restore exactly what remains', () => {
    const { conditions, arm, states } = bench();
    const slow = arm('latency', { delay: 1_500_000 });
    const dropped = arm('accept-then-drop-answer', {});
    const broken = arm('outage', { mode: 'error', status: 503 });
    expect(conditions.meet('m')).toEqual({ kind: 'error', status: 503, delayMicros: 1_500_000 });
    expect(broken.touched).toEqual(['answered 503']);
    expect(slow.touched).toEqual(['delayed it by 1500 ms']);
    expect(dropped.touched).toEqual([]);
    broken.lift();
    expect(conditions.meet('m').kind).toBe('serve-then-drop-answer');
    slow.lift();
    dropped.lift();
    expect(conditions.meet('m')).toEqual({ kind: 'serve', delayMicros: 0 });
    expect(states()).toEqual(['degraded', 'down', 'degraded', 'up']);
  });

  it('are degraded, not down, when an outage hits only some', () => {
    const { conditions, arm, states } = bench();
    arm(
      'outage',
      { mode: 'error', status: 503 },
      { partial: true, hits: (message) => message === 'alerts-1' },
    );
    expect(states()).toEqual(['degraded']);
    expect(conditions.meet('alerts-1').kind).toBe('error');
    expect(conditions.meet('alerts-2').kind).toBe('serve');
  });

  it('let connections in when only some requests are to be refused', () => {
    const { conditions, arm } = bench();
    arm('outage', { mode: 'refuse' }, { partial: true, hits: (message) => message === 'alerts-1' });
    expect(conditions.refusing).toBe(false);
    expect(conditions.accepts()).toBe(true);
    expect(conditions.meet('alerts-1').kind).toBe('reset');
    expect(conditions.meet('alerts-2').kind).toBe('serve');
  });

  it('throttle to the rate, tell when to come back, and count only what was refused', async () => {
    const { clock, conditions, arm } = bench();
    const trickle = arm('throttle', { to: 2, 'retry-after': 3_000_000 });
    const kinds: string[] = [];
    for (let step = 0; step < 8; step++) {
      clock.after(step * 250_000, () => kinds.push(conditions.meet('m').kind));
    }
    await clock.run(10_000_000);
    expect(kinds.filter((kind) => kind === 'serve')).toHaveLength(4);
    expect(trickle.touched).toHaveLength(4);
    conditions.meet('m');
    expect(conditions.meet('m')).toEqual({
      kind: 'throttle',
      retryAfterMicros: 3_000_000,
      delayMicros: 0,
    });
  });

  it('tell a full queue from a rate limit', () => {
    const { conditions, arm } = bench();
    arm('queue-full', {});
    expect(conditions.meet('m')).toMatchObject({ kind: 'throttle', queueFull: true });
  });

  it('lose a share by a seeded draw, the same for the same seed', () => {
    const run = (): string => {
      const { conditions, arm } = bench();
      arm('loss', { share: 0.3 });
      return Array.from({ length: 400 }, () => conditions.meet('m').kind[1]).join('');
    };
    expect(run()).toBe(run());
    const lost = [...run()].filter((letter) => letter === 'i').length;
    expect(lost).toBeGreaterThan(80);
    expect(lost).toBeLessThan(160);
  });

  it('draw delays from the distribution that was asked for', () => {
    const { conditions, arm } = bench();
    const uniform = arm('latency', { delay: [1_000, 5_000] });
    const drawn = Array.from({ length: 200 }, () => conditions.meet('m').delayMicros);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(5_000);
    uniform.lift();
    arm('latency', { delay: { mean: 2_000 } });
    const exponential = Array.from({ length: 2_000 }, () => conditions.meet('m').delayMicros);
    const mean = exponential.reduce((sum, one) => sum + one, 0) / exponential.length;
    expect(mean).toBeGreaterThan(1_700);
    expect(mean).toBeLessThan(2_300);
  });

  it('tell listeners about each fault that comes and goes', () => {
    const { conditions, arm } = bench();
    const seen: string[] = [];
    conditions.onChange((state) => seen.push(`${state} ${conditions.refusing}`));
    const first = arm('outage', { mode: 'error', status: 503 });
    const second = arm('outage', { mode: 'refuse', status: 503 });
    second.lift();
    first.lift();
    expect(seen).toEqual(['down false', 'down true', 'down false', 'up false']);
  });
});
