import type { ModuleClock } from 'bellwether/module';
import type { Person } from '../people.ts';
import { sleep } from '../within.ts';
import type { RbmClient } from '../vendors/rbm-client.ts';
import type { Knowledge } from './knowledge.ts';

const LONGEST_LIMIT_MS = 2_500;
const PAUSE_MS = 500;

/** Asks what a person's phone can do; at most one question per person at a time. */
export interface Learning {
  /** Resolves when something is known: capabilities, or that the gateway is in trouble. */
  ask(person: Person): Promise<void>;
}

export interface LearningDeps {
  readonly clock: ModuleClock;
  readonly rbm: RbmClient;
  readonly knowledge: Knowledge;
  readonly backOffMs: number;
}

export function createLearning({ clock, rbm, knowledge, backOffMs }: LearningDeps): Learning {
  const limitMs = Math.min(LONGEST_LIMIT_MS, backOffMs / 4);
  const asking = new Map<string, Promise<void>>();

  const question = async (person: Person, again: boolean): Promise<void> => {
    const answer = await rbm.capabilities(person.msisdn, limitMs);
    switch (answer.kind) {
      case 'ok': {
        const { features } = (answer.body ?? {}) as { features?: unknown };
        const e2ee = Array.isArray(features) && features.includes('E2EE_MLS');
        knowledge.learned(person.id, { rcs: true, e2ee });
        return;
      }
      case 'unreachable':
        knowledge.learned(person.id, { rcs: false, e2ee: false });
        return;
      case 'throttled':
      case 'broken':
        knowledge.serviceBusy('rbm', answer.untilMs);
        return;
      case 'no-answer':
        if (again) {
          await sleep(clock, PAUSE_MS);
          await question(person, false);
          return;
        }
        break;
      case 'rejected':
      case 'unauthorized':
      case 'conflict':
        break;
    }
    knowledge.serviceBusy('rbm', clock.epochMillis() + backOffMs);
  };

  return {
    ask: (person) => {
      const under = asking.get(person.id);
      if (under !== undefined) return under;
      const made = question(person, true).finally(() => asking.delete(person.id));
      asking.set(person.id, made);
      return made;
    },
  };
}
