import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { LintCheck, LintRemark } from './check.ts';

function isNamed({ traffic, faults }: Cell, person: string): boolean {
  return (
    traffic.some(({ to, from }) => to.includes(person) || from === person) ||
    faults.some(({ targets }) =>
      targets.some((target) => `${target}/`.startsWith(`person/${person}/`)),
    )
  );
}

function isServed({ world, faults }: Cell, carrier: string): boolean {
  return (
    world.sms?.via === carrier ||
    world.people.some((person) => person.carrier === carrier) ||
    (world.population?.mix ?? []).some(({ person }) => person.carrier === carrier) ||
    faults.some(({ targets }) =>
      targets.some((target) => target.startsWith(`carrier/${carrier}/`)),
    ) ||
    // It moves people to whichever carrier comes next.
    faults.some(({ fault }) => fault === 'number-ported')
  );
}

export const unusedPeople = {
  name: 'unused-people',
  doc: 'A person gets no message and no fault, or a carrier serves nobody.',
  kind: 'vain',
  look: ({ cells }) => {
    const [first] = cells;
    if (first === undefined) return [];
    const people = first.world.people
      .filter(({ id }) => cells.every((cell) => !isNamed(cell, id)))
      .map(({ id }): LintRemark => ({
        path: ['world', 'people', id],
        part: 'key',
        message: `${id} gets no message and no fault`,
        hint: 'Send something to them, or remove them.',
      }));
    const carriers = first.world.carriers
      .filter(({ name }) => cells.every((cell) => !isServed(cell, name)))
      .map(({ name }): LintRemark => ({
        path: ['world', 'carriers', name],
        part: 'key',
        message: `the carrier ${name} serves nobody`,
        hint: 'Put somebody on it, or remove it.',
      }));
    return [...people, ...carriers];
  },
} as const satisfies LintCheck;
