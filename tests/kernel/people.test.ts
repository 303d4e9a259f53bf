import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../simulators/kernel/errors.ts';
import { devicePath, peopleOf } from '../../simulators/kernel/people.ts';
import type { Cell, PersonPlan } from '../../simulators/kernel/plan.ts';

const person = (carrier: string): Omit<PersonPlan, 'id' | 'name' | 'msisdn'> => ({
  locale: 'en',
  carrier,
  consent: { archive: false },
  readReceipts: true,
  readDelayMicros: [1, 1],
  devices: [],
});

const cellOf = (seed: number, size: number, share: number): Cell =>
  ({
    seed,
    world: {
      people: [{ id: 'ana', name: 'Ana', msisdn: '+999100000001', ...person('northtel') }],
      population: {
        size,
        mix: [
          { share, person: person('northtel') },
          { share: 1 - share, person: person('southcell') },
        ],
      },
    },
  }) as unknown as Cell;

describe('people', () => {
  it('are the same for the same plan, and a larger crowd begins with the smaller one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 60 }), (seed, size) => {
        const people = peopleOf(cellOf(seed, size, 0.7));
        expect(peopleOf(cellOf(seed, size, 0.7))).toEqual(people);
        expect(peopleOf(cellOf(seed, size + 10, 0.7)).slice(0, people.length)).toEqual(people);
      }),
    );
  });

  it('have ids and numbers of their own, none of which anybody owns (+999 is unassigned)', () => {
    const people = peopleOf(cellOf(1, 5_000, 0.5));
    expect(people).toHaveLength(5_001);
    expect(new Set(people.map(({ id }) => id)).size).toBe(5_001);
    expect(new Set(people.map(({ msisdn }) => msisdn)).size).toBe(5_001);
    for (const { msisdn } of people) expect(msisdn).toMatch(/^\+999\d{9}$/);
    expect(people[0]?.id).toBe('ana');
    expect(people[1]?.id).toBe('population/1');
  });

  it('divide by the shares of the mix', () => {
    const people = peopleOf(cellOf(3, 10_000, 0.7)).slice(1);
    const north = people.filter(({ carrier }) => carrier === 'northtel').length;
    expect(Math.abs(north - 7_000)).toBeLessThan(200);
    expect(peopleOf(cellOf(3, 500, 1)).every(({ carrier }) => carrier === 'northtel')).toBe(true);
  });

  it('have devices whose targets name them', () => {
    expect(devicePath('population/17', '2')).toBe('person/population/17/device/2');
  });
});

describe('the nearest word', () => {
  it('finds slips and leaves strangers alone', () => {
    expect(nearestWord('outtage', ['outage', 'throttle'])).toBe('outage');
    expect(nearestWord('OUTAGE', ['outage', 'throttle'])).toBe('outage');
    expect(nearestWord('banana', ['outage', 'throttle'])).toBeUndefined();
    expect(nearestWord('x', [])).toBeUndefined();
  });
});
