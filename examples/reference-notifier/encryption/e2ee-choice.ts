import type { ModuleClock } from 'bellwether/module';
import type { ChannelSender } from '../delivery/channel.ts';
import type { Knowledge } from '../delivery/knowledge.ts';
import type { Attempt, Message } from '../message.ts';
import type { Policy } from '../policy.ts';

export interface E2eeChoiceDeps {
  readonly clock: ModuleClock;
  readonly policy: Policy;
  readonly knowledge: Knowledge;
  /** By MLS keys of our own: nobody between can read it. */
  readonly own: ChannelSender | null;
  /** By a session that a gateway manages: the gateway can. */
  readonly session: ChannelSender | null;
}

/**
 * The two ways of RCS with MLS. A session is the lighter one, for what the policy lets a gateway
 * read; for all else, and while sessions are in trouble, our own keys.
 */
export function createE2eeChoice(deps: E2eeChoiceDeps): ChannelSender {
  const { clock, policy, knowledge, own, session } = deps;
  const isWell = (service: 'rbm' | 'sessions'): boolean =>
    knowledge.busyUntilMs(service) <= clock.epochMillis();

  const wayOf = (message: Message, attempt: Attempt): ChannelSender | null => {
    // What went one way is repeated, and taken back, the same way.
    if (attempt.session !== undefined) return session;
    if (attempt.wires.length > 0) return own;
    const mayRead = policy.gatewayMayRead.includes(message.sensitivity);
    if (session !== null && mayRead && isWell('sessions')) return session;
    return isWell('rbm') ? own : null;
  };

  return {
    send: async (message, attempt) =>
      (await wayOf(message, attempt)?.send(message, attempt)) ?? 'refused',
    takeBack: async (message, attempt) => {
      await (attempt.session === undefined ? own : session)?.takeBack(message, attempt);
    },
  };
}

/** Where only sessions are to be had, what no gateway may read cannot go encrypted at all. */
export function withinReach(policy: Policy, ways: { readonly own: boolean }): Policy {
  if (ways.own) return policy;
  const allowed = { ...policy.allowed };
  for (const sensitivity of ['low', 'medium', 'high'] as const) {
    if (policy.gatewayMayRead.includes(sensitivity)) continue;
    allowed[sensitivity] = allowed[sensitivity].filter((channel) => channel !== 'rcs-e2ee');
  }
  return { ...policy, allowed };
}
