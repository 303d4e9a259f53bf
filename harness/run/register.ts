/** Tells the implementation of people and their devices, as `registration:` says. */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
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

export async function registerPeople(
  world: World,
  people: readonly PersonPlan[],
  conversation: () => Conversation,
): Promise<void> {
  for (const person of people) {
    const recipient = world.recipientValues(person.id);
    const problem = await conversation().registerPerson(recipient);
    if (problem !== undefined) throw refused(`person ${person.id}`, problem);
    for (const device of world.deviceValues(person.id)) {
      const trouble = await conversation().registerDevice({ ...recipient, ...device });
      if (trouble !== undefined) throw refused(`a device of ${person.id}`, trouble);
    }
  }
}
