import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { WaitLine } from '../../simulators/gateway/api/wait-line.ts';
import type { Waiting } from '../../simulators/gateway/api/wait-line.ts';

class One implements Waiting<One> {
  untilMicros = 0;
  before: One | undefined = undefined;
  after: One | undefined = undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function setUp(over: (name: string) => void = () => {}) {
  const clock = createVirtualClock();
  const told: string[] = [];
  const line = new WaitLine<One>(clock, 100, ({ name }) => {
    told.push(`${name} at ${clock.now()}`);
    over(name);
  });
  const enter = (name: string): One => {
    const one = new One(name);
    line.enter(one);
    return one;
  };
  return { clock, line, told, enter };
}

describe('a line of those that wait equally long', () => {
  test('has the time of each end when it is over, by one timer', async () => {
    const { clock, told, enter } = setUp();
    enter('ana');
    enter('ben');
    clock.after(30, () => enter('cleo'));
    await clock.run(50);
    expect(clock.pending).toBe(1);
    await clock.run(1_000);
    expect(told).toEqual(['ana at 100', 'ben at 100', 'cleo at 130']);
    expect(clock.pending).toBe(0);
  });

  test('forgets who leaves, and is never early for who stays', async () => {
    const { clock, line, told, enter } = setUp();
    const ana = enter('ana');
    await clock.run(40);
    enter('ben');
    line.leave(ana);
    line.leave(ana);
    await clock.run(1_000);
    expect(told).toEqual(['ben at 140']);
  });

  test('leaves no timer behind when everybody has left', () => {
    const { clock, line, enter } = setUp();
    line.leave(enter('ana'));
    expect([line.size, clock.pending]).toEqual([0, 0]);
  });

  test('takes back who enters again while it is told', async () => {
    const again: string[] = [];
    const { clock, told, enter } = setUp((name) => {
      if (again.push(name) === 1) enter('ana again');
    });
    enter('ana');
    await clock.run(150);
    expect(clock.pending).toBe(1);
    await clock.run(1_000);
    expect(told).toEqual(['ana at 100', 'ana again at 200']);
  });

  test('tells the others also when one of them throws', async () => {
    const { clock, told, enter } = setUp((name) => {
      if (name === 'ana') throw new Error('a defect');
    });
    enter('ana');
    enter('ben');
    await expect(clock.run(1_000)).rejects.toThrow('a defect');
    await clock.run(1_000);
    expect(told).toEqual(['ana at 100', 'ben at 100']);
  });
});
