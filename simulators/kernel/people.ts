import type { Cell, PersonPlan, TrafficPlan } from './plan.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { BUSINESS } from './words.ts';

/** Names for crowds need no library: they are never shown as a person's own. */
function populationPerson(cell: Cell, index: number, random: Random): PersonPlan {
  const population = cell.world.population!;
  let draw = random.float();
  let chosen = population.mix[population.mix.length - 1]!;
  for (const part of population.mix) {
    if (draw < part.share) {
      chosen = part;
      break;
    }
    draw -= part.share;
  }
  const id = `population/${index + 1}`;
  // +999 is unassigned (ITU-T E.164 list), so no simulated number belongs to anybody.
  const msisdn = `+99900${String(index + 1).padStart(7, '0')}`;
  return { id, name: `Person ${index + 1}`, msisdn, ...chosen.person };
}

/**
 * Everybody in a cell: named people first, then the population in order. Same plan, same people.
 */
export function peopleOf(cell: Cell): PersonPlan[] {
  const people = [...cell.world.people];
  const random = createRandom(cell.seed).fork('population');
  const size = cell.world.population?.size ?? 0;
  for (let index = 0; index < size; index++) people.push(populationPerson(cell, index, random));
  return people;
}

/** Written by people to whoever is under test, who takes part although a person sends. */
export function isToBusiness({ to }: Pick<TrafficPlan, 'to'>): boolean {
  return to.includes(BUSINESS);
}

/** The target path of a device. */
export function devicePath(person: string, device: string): string {
  return `person/${person}/device/${device}`;
}
