/** Who may get messages of an agent that is not launched (REST resource phones.testers). */
import type { Ambient } from '../../kernel/ambient.ts';
import type { PersonPlan } from '../../kernel/plan.ts';
import type { Call } from '../api/answer.ts';
import { ok, refuse } from './answer.ts';
import type { Answer } from '../api/answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { notReachable } from './reach.ts';

export interface Testers {
  /** Asks the person, who accepts after the time that they take to read. */
  invite(plan: PersonPlan): 'PENDING' | 'ACCEPTED';
  /** May the agent write to this person? */
  admits(person: string): boolean;
}

export function createTesters(ambient: Ambient, component: string, launched: boolean): Testers {
  const { clock } = ambient;
  const random = ambient.random.fork(`${component}/testers`);
  const invited = new Map<string, 'PENDING' | 'ACCEPTED'>();
  return {
    invite: ({ id, readDelayMicros: [least, most] }) => {
      const before = invited.get(id);
      if (before !== undefined) return before;
      invited.set(id, 'PENDING');
      clock.after(random.int(least, most), () => void invited.set(id, 'ACCEPTED'));
      return 'PENDING';
    },
    admits: (person) => launched || invited.get(person) === 'ACCEPTED',
  };
}

export function notATester(): Answer {
  const text = 'The agent is not launched, and this number has not accepted to be its tester.';
  return refuse('PERMISSION_DENIED', text);
}

/** POST /v1/phones/{E164}/testers */
export function inviteTester(context: GatewayContext, routing: Routing): Call {
  const { number, subscriber, request, what } = routing;
  return {
    operation: 'event',
    what,
    seen: request.body,
    ...(subscriber === undefined ? {} : { person: subscriber.plan.id }),
    serve: () => {
      if (subscriber === undefined) return notReachable(routing);
      const name = `phones/${number}/testers`;
      const inviteStatus = context.testers.invite(subscriber.plan);
      return ok(JSON.stringify({ name, inviteStatus }));
    },
  };
}
