/** Tells the implementation of people and their devices, as `registration:` says. */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { PersonPlan } from '../../simulators/kernel/plan.ts';
import type { World } from '../../simulators/world.ts';
import type { Conversation } from '../implementation/interface.ts';

function refused(what: string, detail: string): BellwetherError {
  return new BellwetherError(`registering ${what} failed: ${detail}`, {
    code: 'IMPLEMENTATION_TEMPLATE',
    blame: 'author',
    hint: 'Correct registration: in implementation.yaml, or leave it out.',
  });
}

/**
 * Registers everybody, and again each device whose push token changes later. Returns the end of
 * that.
 */
export async function registerPeople(
  world: World,
  people: readonly PersonPlan[],
  clock: Clock,
  conversation: () => Conversation,
): Promise<() => void> {
  for (const person of people) {
    const recipient = world.recipientValues(person.id);
    const problem = await conversation().registerPerson(recipient);
    if (problem?.kind === 'refused') throw refused(`person ${person.id}`, problem.detail);
    // Nobody there: its exit or its silence is a finding, and the cell goes on to be judged.
    if (problem !== undefined) break;
    for (const device of world.deviceValues(person.id)) {
      const trouble = await conversation().registerDevice({ ...recipient, ...device });
      if (trouble?.kind === 'refused') throw refused(`a device of ${person.id}`, trouble.detail);
    }
  }
  return world.onRegistrationChanged((person, changed) => {
    const recipient = world.recipientValues(person);
    const device = world.deviceValues(person).find((values) => values['device.id'] === changed);
    if (device === undefined) return;
    clock.touch();
    // It may be down just now; then it learns of the token from the push service's refusal.
    void conversation().registerDevice({ ...recipient, ...device });
  });
}
