import { describe, expect, it } from 'vitest';
import { createLeash } from '../../harness/implementation/module-leash.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createStreamPair } from '../../simulators/network/memory-stream.ts';

function stage() {
  const clock = createVirtualClock();
  const errors: unknown[] = [];
  const leash = createLeash(clock, (error) => errors.push(error));
  const seen: string[] = [];
  const later = <T>(micros: number, value: T): Promise<T> =>
    new Promise((resolve) => clock.after(micros, () => resolve(value)));
  return { clock, errors, leash, seen, later };
}

const answer = { kind: 'answer', response: { status: 200, headers: {}, body: '' } } as const;

describe('a leash that is cut', () => {
  it('drops timers, calls under way and streams at once: nothing runs any more', async () => {
    const { clock, leash, seen, later } = stage();
    const [near, far] = createStreamPair(clock, 10);
    far.on('error', (error: NodeJS.ErrnoException) => seen.push(`far: ${error.code}`));
    leash.timer(5, () => seen.push('timer'), false);
    void leash.promise(() => later(5, 'x')).then(() => seen.push('promise'));
    const held = leash.stream(near);
    held.on('data', () => seen.push('data'));
    held.on('close', () => seen.push('close'));
    held.on('error', () => seen.push('error'));
    far.write('hello');
    clock.after(4, () => leash.cut());
    await clock.run(1_000);
    expect(leash.alive).toBe(false);
    // The peer, which is ours, sees the connection break; the dead module is told nothing.
    expect(seen).toEqual(['far: ECONNRESET']);
    expect(clock.pending).toBe(0);
  });

  it('resets a request that is being served', async () => {
    const { clock, leash, later } = stage();
    const served = leash.hold(() => later(50, answer));
    clock.after(10, () => leash.cut());
    await clock.run(20);
    expect(await served).toEqual({ kind: 'reset' });
  });

  it('lets nothing begin afterwards, and writes nothing to the store', async () => {
    const { clock, leash, seen } = stage();
    const values = new Map<string, unknown>([['kept', 1]]);
    const store = leash.guardStore({
      get: (key) => values.get(key),
      set: (key, value) => void values.set(key, value),
      delete: (key) => void values.delete(key),
      keys: () => [...values.keys()],
    });
    leash.cut();
    leash.timer(1, () => seen.push('timer'), false);
    let called = false;
    void leash.promise(() => {
      called = true;
      return Promise.resolve();
    });
    store.set('new', 2);
    store.delete('kept');
    await clock.run(10);
    expect([called, seen, [...values]]).toEqual([false, [], [['kept', 1]]]);
  });
});

describe('a leash that is paused', () => {
  it('holds timers, answers, bytes and requests, and lets them go on in order', async () => {
    const { clock, leash, seen, later } = stage();
    const [near, far] = createStreamPair(clock, 1);
    leash.stream(near).on('data', (bytes: Buffer) => seen.push(`data ${bytes.toString()}`));
    leash.pause();
    leash.timer(5, () => seen.push('timer at 5'), false);
    leash.timer(2, () => seen.push('timer at 2'), false);
    void leash.promise(() => later(3, 'x')).then(() => seen.push('answer at 3'));
    void leash.hold(() => {
      seen.push('request at 0');
      return Promise.resolve(answer);
    });
    far.write('early');
    await clock.run(100);
    expect(seen).toEqual([]);
    leash.resume();
    await clock.run(200);
    // What the module awaited goes on one turn later than what it had asked to be called for.
    expect(seen.filter((word) => !word.startsWith('data'))).toEqual([
      'request at 0',
      'timer at 2',
      'timer at 5',
      'answer at 3',
    ]);
    expect(seen).toContain('data early');
  });

  it('holds also what is connected during the pause', async () => {
    const { clock, leash, seen } = stage();
    const [near, far] = createStreamPair(clock, 1);
    leash.pause();
    const held = leash.stream(near);
    held.on('data', () => seen.push('data'));
    far.write('x');
    await clock.run(100);
    expect(seen).toEqual([]);
  });

  it('and then cut, never goes on', async () => {
    const { clock, leash, seen } = stage();
    leash.pause();
    leash.timer(5, () => seen.push('timer'), false);
    await clock.run(10);
    leash.cut();
    leash.resume();
    await clock.run(20);
    expect(seen).toEqual([]);
  });
});

describe('what a module throws', () => {
  it('in a timer or while serving is its crash', async () => {
    const { clock, leash, errors } = stage();
    leash.timer(
      1,
      () => {
        throw new Error('in a timer');
      },
      false,
    );
    void leash.hold(() => Promise.reject(new Error('while serving')));
    await clock.run(10);
    expect(errors.map(String).toSorted()).toEqual(['Error: in a timer', 'Error: while serving']);
  });

  it('after it was cut is nobody’s concern', async () => {
    const { clock, leash, errors, later } = stage();
    void leash.hold(async () => {
      await later(5, 0);
      throw new Error('too late');
    });
    clock.after(1, () => leash.cut());
    await clock.run(10);
    expect(errors).toEqual([]);
  });

  it('a rejected call reaches the module as a rejection', async () => {
    const { clock, leash, seen } = stage();
    const call = leash.promise(() => Promise.reject(new Error('ECONNREFUSED')));
    call.catch((error: Error) => seen.push(error.message));
    await clock.run(1);
    expect(seen).toEqual(['ECONNREFUSED']);
  });
});
