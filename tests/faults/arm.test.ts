import { describe, expect, test } from 'vitest';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { FAULTS } from '../../simulators/faults/index.ts';
import { createFaultLedger } from '../../simulators/faults/acting/ledger.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { FaultPlan, FaultSelection } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { TargetKind, Verb } from '../../simulators/kernel/target.ts';
import { createTargets, TARGET_KINDS } from '../../simulators/kernel/target.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

function plan(over: Partial<FaultPlan>): FaultPlan {
  return {
    name: 'broken',
    fault: 'outage',
    targets: ['gateway/rbm'],
    params: {},
    anchor: { kind: 'time', fromMicros: 1000, untilMicros: 5000 },
    select: { kind: 'all' },
    of: null,
    evidence: { hits: { op: '>=', value: 1 } },
    ...over,
  };
}

function stage(faults: readonly FaultPlan[]) {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const written: string[] = [];
  const history = createHistory(clock, {
    write: (bytes) => written.push(Buffer.from(bytes).toString()),
    close: () => {},
  });
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const onDiskWhenActing: boolean[] = [];
  const verb =
    (name: string): Verb =>
    () => {
      onDiskWhenActing.push(written.join('').includes('fault.applied'));
      lines.push(`${clock.now()} ${name} on`);
      return () => lines.push(`${clock.now()} ${name} off`);
    };
  const targets = createTargets();
  targets.register({ path: 'gateway/rbm', kind: 'gateway', verbs: { outage: verb('outage') } });
  targets.register({
    path: 'person/ana/device/1',
    kind: 'device',
    verbs: { 'key-loss': verb('key-loss') },
  });
  targets.register({
    path: 'implementation',
    kind: 'implementation',
    without: { 'clock-skew': 'It has the machine’s clock.' },
    verbs: {},
  });
  const arm = () => armFaults({ faults, targets, clock, history, random: createRandom(7) });
  return { clock, history, events, lines, arm, onDiskWhenActing };
}

describe('armFaults', () => {
  test('applies at its time and lifts at its end, with each step in the history', async () => {
    const { clock, events, lines, arm, onDiskWhenActing } = stage([plan({})]);
    arm();
    await clock.run(10_000);
    expect(lines).toEqual(['1000 outage on', '5000 outage off']);
    expect(events.map((event) => `${event.t} ${event.kind}`)).toEqual([
      '0 fault.armed',
      '1000 fault.applied',
      '5000 fault.lifted',
    ]);
    expect(onDiskWhenActing).toEqual([true]);
  });

  test('applies at the nth event of its traffic; a point fault counts as a hit', async () => {
    const { clock, history, events, lines, arm } = stage([
      plan({
        name: 'wiped',
        fault: 'key-loss',
        targets: ['person/ana/device/1'],
        anchor: { kind: 'event', event: 'message.submitted', of: 'chat', nth: 2, lastMicros: null },
      }),
    ]);
    arm();
    const submit = (message: string, at: number) =>
      clock.after(at, () => history.append({ kind: 'message.submitted', message, attempt: 1 }));
    submit('chat-1', 10);
    submit('alerts-1', 20);
    submit('chat-x-1', 25);
    submit('chat-2', 30);
    submit('chat-3', 40);
    await clock.run(100);
    expect(lines).toEqual(['30 key-loss on', '30 key-loss off']);
    const touched = events.filter((event) => event.kind === 'fault.touched');
    expect(touched).toHaveLength(1);
    expect(events.at(-1)?.kind).toBe('message.submitted');
  });

  test('liftAll ends what acts, disarms what waits, and nothing is lifted twice', async () => {
    const open = { kind: 'time', fromMicros: 1000, untilMicros: null } as const;
    const late = { kind: 'time', fromMicros: 50_000, untilMicros: null } as const;
    const stageOf = stage([plan({ anchor: open }), plan({ name: 'late', anchor: late })]);
    const armed = stageOf.arm();
    await stageOf.clock.run(20_000);
    expect(armed.acting).toEqual(['broken']);
    armed.liftAll();
    armed.liftAll();
    await stageOf.clock.run(100_000);
    expect(stageOf.lines).toEqual(['1000 outage on', '20000 outage off']);
    expect(armed.acting).toEqual([]);
  });

  test('an impossible target is the author’s error and names what is possible', () => {
    const wrong = stage([plan({ fault: 'key-loss' })]);
    expect(wrong.arm).toThrow(expect.objectContaining({ code: 'WORLD_IMPOSSIBLE_TARGET' }));
    const missing = stage([plan({ targets: ['gateway/rbn'] })]);
    expect(missing.arm).toThrow(
      expect.objectContaining({
        code: 'WORLD_NO_SUCH_TARGET',
        hint: 'Did you mean “gateway/rbm”?',
      }),
    );
    const skewed = stage([plan({ fault: 'clock-skew', targets: ['implementation'] })]);
    expect(skewed.arm).toThrow(expect.objectContaining({ hint: 'It has the machine’s clock.' }));
    const unknown = stage([plan({ fault: 'outtage' })]);
    expect(unknown.arm).toThrow(expect.objectContaining({ hint: 'Did you mean “outage”?' }));
  });
});

describe('createFaultLedger', () => {
  const history = { append: () => 1 };
  const decisions = (
    select: FaultSelection,
    of: string | null,
    messages: (string | undefined)[],
  ) => {
    const random = createRandom(3);
    const ledger = createFaultLedger({ plan: { name: 'f', select, of }, history, random });
    return messages.map((message) => ledger.hits(message));
  };
  const six = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5', 'a-6'];

  test('selects all, the first n, every nth', () => {
    expect(decisions({ kind: 'all' }, null, six)).toEqual(six.map(() => true));
    expect(decisions({ kind: 'first', count: 2 }, null, six)).toEqual(six.map((_, i) => i < 2));
    expect(decisions({ kind: 'every', nth: 3 }, null, six)).toEqual(six.map((_, i) => i % 3 === 2));
  });

  test('a share is near its size and the same for the same seed', () => {
    const many = Array.from({ length: 2000 }, (_, index) => `a-${index}`);
    const first = decisions({ kind: 'share', share: 0.3 }, null, many);
    expect(decisions({ kind: 'share', share: 0.3 }, null, many)).toEqual(first);
    const hits = first.filter(Boolean).length;
    expect(hits).toBeGreaterThan(520);
    expect(hits).toBeLessThan(680);
  });

  test('`of` leaves other traffic and unknown messages alone, and they use up no turn', () => {
    const select = { kind: 'first', count: 1 } as const;
    expect(decisions(select, 'a', ['b-1', undefined, 'a-b-1', 'a-1', 'a-2'])).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('the registry', () => {
  test.each(Object.entries(FAULTS))(
    '%s stands under its own name and explains itself',
    (word, entry) => {
      expect(entry.name).toBe(word);
      expect(entry.example).toContain(`${word}: `);
      expect(entry.doc.length).toBeGreaterThan(20);
      expect(entry.targets.length).toBeGreaterThan(0);
      const kinds: readonly TargetKind[] = TARGET_KINDS;
      for (const kind of entry.targets) expect(kinds).toContain(kind);
      if (entry.shape === 'point') expect(entry.example).not.toContain('during:');
    },
  );
});
