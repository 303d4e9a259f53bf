import type { ModuleClock } from 'bellwether/module';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { Person } from '../people.ts';
import type { Policy } from '../policy.ts';
import type { RbmClient } from '../vendors/rbm-client.ts';
import { sleep } from '../within.ts';
import type { Outcome } from './channel.ts';
import type { Knowledge } from './knowledge.ts';

export interface RbmSubmitDeps {
  readonly clock: ModuleClock;
  readonly policy: Policy;
  readonly messages: Messages;
  readonly knowledge: Knowledge;
  readonly rbm: RbmClient;
}

const REPEAT_PAUSE_MS = 500;
const SHORTEST_TTL_MS = 10_000;
const SHORTEST_LIMIT_MS = 1_000;
const LONGEST_LIMIT_MS = 5_000;

/**
 * One message towards the gateway, until there is a certain answer. Without an answer it is
 * repeated once under the same messageId, which the gateway takes for the same message; a short
 * throttling is waited out, once; everything else is for the next channel.
 */
export async function submitToRbm(
  deps: RbmSubmitDeps,
  { message, attempt, person }: { message: Message; attempt: Attempt; person: Person },
  messageId: string,
  content: unknown,
): Promise<Outcome | 'conflict'> {
  const { clock, policy, knowledge, rbm } = deps;
  const left = { repeats: 1, throttles: 1 };
  // Short enough that a repetition still falls into the attempt's time.
  const wholeMs = (attempt.endsAtMs ?? Number.POSITIVE_INFINITY) - attempt.startedAtMs;
  const limitMs = Math.min(LONGEST_LIMIT_MS, Math.max(SHORTEST_LIMIT_MS, wholeMs / 2));
  for (;;) {
    if (attempt.state !== 'sending') return 'refused';
    const ttlMs = Math.max(SHORTEST_TTL_MS, message.expiresAtMs - clock.epochMillis());
    const askedAtMs = clock.epochMillis();
    const answer = await rbm.send(person.msisdn, messageId, content, { ttlMs, limitMs });
    switch (answer.kind) {
      case 'ok':
        knowledge.serviceAnswered('rbm');
        return 'accepted';
      case 'conflict':
        return 'conflict';
      case 'unreachable':
        knowledge.learned(person.id, { rcs: false, e2ee: false });
        return 'refused';
      case 'rejected':
      case 'unauthorized':
        return 'refused';
      case 'broken':
        knowledge.serviceBusy('rbm', answer.untilMs);
        return 'refused';
      case 'throttled': {
        knowledge.serviceBusy('rbm', answer.untilMs);
        const pauseMs = answer.untilMs - clock.epochMillis();
        if (pauseMs > policy.patienceMs || left.throttles-- <= 0) return 'refused';
        await sleep(clock, pauseMs);
        break;
      }
      case 'no-answer':
        if (left.repeats-- <= 0 || attempt.state !== 'sending') {
          // Where others were answered meanwhile, only this one was lost.
          if (!knowledge.hasAnsweredSince('rbm', askedAtMs)) {
            knowledge.serviceBusy('rbm', clock.epochMillis() + policy.backOffMs);
          }
          return 'unsure';
        }
        await sleep(clock, REPEAT_PAUSE_MS);
        break;
    }
  }
}

/** Asks the gateway to take every copy of this attempt back. */
export async function revokeAtRbm(rbm: RbmClient, person: Person, attempt: Attempt): Promise<void> {
  await Promise.all(attempt.wires.map((wire) => rbm.revoke(person.msisdn, wire)));
}
