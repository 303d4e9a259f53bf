/**
 * `--speed`: the world's own delays (cores, push services, phones, people) run faster or slower.
 * What is judged by (fault windows, policy times, deadlines, arrivals) stays as it was written.
 */
import type { Cell, DevicePlan, PersonPlan, Plan } from '../../simulators/kernel/plan.ts';
import { planOf } from './compile.ts';

type Span = readonly [number, number];

/** A population's person has neither id nor name. */
type Somebody = Pick<PersonPlan, 'readDelayMicros' | 'devices'>;

/** The same plan with every delay of the world divided by `speed` (4 = four times as fast). */
export function atSpeed(plan: Plan, speed: number): Plan {
  if (speed === 1) return plan;
  const scaled = (micros: number): number => Math.round(micros / speed);
  const span = ([least, most]: Span): Span => [scaled(least), scaled(most)];
  const device = (one: DevicePlan): DevicePlan => ({
    ...one,
    push: { ...one.push, delayMicros: span(one.push.delayMicros) },
    displayDelayMicros: span(one.displayDelayMicros),
    rekeyMicros: scaled(one.rekeyMicros),
  });
  const person = <T extends Somebody>(one: T): T => ({
    ...one,
    readDelayMicros: span(one.readDelayMicros),
    devices: one.devices.map(device),
  });
  const cell = (one: Cell): Cell => {
    const { world } = one;
    const { population } = world;
    return {
      ...one,
      speed,
      world: {
        ...world,
        carriers: world.carriers.map((carrier) => ({
          ...carrier,
          delayMicros: { rcs: span(carrier.delayMicros.rcs), sms: span(carrier.delayMicros.sms) },
        })),
        people: world.people.map(person),
        population: population && {
          ...population,
          mix: population.mix.map((part) => ({ ...part, person: person(part.person) })),
        },
      },
    };
  };
  return planOf(plan.cells.map(cell));
}
