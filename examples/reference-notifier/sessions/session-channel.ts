import { sealJwe, writeFileMessage } from 'bellwether/protocol';
import type { ModulePorts } from 'bellwether/module';
import type { Attachments } from '../attachments/attachments.ts';
import type { ChannelSender, Outcome } from '../delivery/channel.ts';
import type { Knowledge } from '../delivery/knowledge.ts';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People, Person } from '../people.ts';
import type { Policy } from '../policy.ts';
import type { SessionClient } from '../vendors/session-client.ts';
import { sleep } from '../within.ts';
import type { NoSession, SessionKeeper } from './session-keeper.ts';

export interface SessionChannelDeps {
  readonly clock: ModulePorts['clock'];
  readonly random: ModulePorts['random'];
  readonly policy: Policy;
  readonly messages: Messages;
  readonly people: People;
  readonly knowledge: Knowledge;
  readonly attachments: Attachments;
  readonly client: SessionClient;
  readonly keeper: SessionKeeper;
}

/** The payload as it was sealed: a repetition must be the same octets under the same key. */
interface Frame {
  readonly jwe: string;
}

const REPEAT_PAUSE_MS = 500;
const SHORTEST_TTL_SECONDS = 10;
const SHORTEST_LIMIT_MS = 1_000;
const LONGEST_LIMIT_MS = 5_000;

/**
 * RCS with MLS by a gateway that holds the keys: the carrier cannot read it, the gateway can. Each
 * payload is sealed to the present key of a session; the Idempotency-Key is the message's own name
 * on the wire, by which receipts name it too.
 */
export function createSessionChannel(deps: SessionChannelDeps): ChannelSender {
  const { clock, random, policy, messages, people, knowledge, client, keeper } = deps;

  /** What a refusal means for what is known of the person and the gateway. */
  const without = (person: Person, answer: NoSession): Outcome => {
    switch (answer.kind) {
      case 'throttled':
      case 'broken':
        knowledge.serviceBusy('sessions', answer.untilMs);
        return 'refused';
      case 'no-answer':
        knowledge.serviceBusy('sessions', clock.epochMillis() + policy.backOffMs);
        return 'refused';
      case 'unreachable':
        knowledge.learned(person.id, { rcs: false, e2ee: false });
        return 'refused';
      case 'rejected':
        if (answer.status === 422) knowledge.withoutE2ee(person.id);
        return 'refused';
      case 'unauthorized':
      case 'conflict':
        return 'refused';
    }
  };

  const seal = async (
    person: Person,
    message: Message,
    attempt: Attempt,
  ): Promise<'sealed' | NoSession> => {
    const session = await keeper.use(person);
    if ('kind' in session) return session;
    const text = messages.text(message);
    const file = await deps.attachments.describe(message);
    const plain = file === null ? text : writeFileMessage(text, file);
    const frame: Frame = { jwe: sealJwe(plain, session.key, { random, kid: session.kid }) };
    attempt.frame = frame;
    attempt.session = session.id;
    if (attempt.wires.length === 0) messages.newWire(message, attempt);
    else messages.save(message);
    return 'sealed';
  };

  /** Repeated once without an answer; a short throttling is waited out, once. */
  const submit = async (
    person: Person,
    message: Message,
    attempt: Attempt,
  ): Promise<Outcome | 'seal-anew'> => {
    const { jwe } = attempt.frame as Frame;
    const session = attempt.session ?? '';
    const left = { repeats: 1, throttles: 1 };
    const wholeMs = (attempt.endsAtMs ?? Number.POSITIVE_INFINITY) - attempt.startedAtMs;
    const limitMs = Math.min(LONGEST_LIMIT_MS, Math.max(SHORTEST_LIMIT_MS, wholeMs / 2));
    for (;;) {
      if (attempt.state !== 'sending') return 'refused';
      const leftSeconds = Math.ceil((message.expiresAtMs - clock.epochMillis()) / 1000);
      const ttlSeconds = Math.max(SHORTEST_TTL_SECONDS, leftSeconds);
      const key = attempt.wires[0]!;
      const answer = await client.send(session, key, { jwe, ttlSeconds }, limitMs);
      switch (answer.kind) {
        case 'ok':
          return 'accepted';
        case 'no-answer':
          if (left.repeats-- <= 0) {
            without(person, answer);
            return 'unsure';
          }
          await sleep(clock, REPEAT_PAUSE_MS);
          break;
        case 'throttled': {
          knowledge.serviceBusy('sessions', answer.untilMs);
          const pauseMs = answer.untilMs - clock.epochMillis();
          if (pauseMs > policy.patienceMs || left.throttles-- <= 0) return 'refused';
          await sleep(clock, pauseMs);
          break;
        }
        case 'unreachable':
          if (answer.reason === 'number-not-reachable') return without(person, answer);
          return 'seal-anew';
        case 'rejected':
          if (answer.reason === 'wrong-key') return 'seal-anew';
          return without(person, answer);
        case 'broken':
        case 'unauthorized':
        case 'conflict':
          return without(person, answer);
      }
    }
  };

  return {
    send: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person === undefined) return 'refused';
      for (let round = 0; round < 2; round++) {
        if (attempt.state !== 'sending') return 'refused';
        if (attempt.frame === undefined) {
          const sealed = await seal(person, message, attempt);
          if (sealed !== 'sealed') return without(person, sealed);
        }
        const sent = await submit(person, message, attempt);
        if (sent !== 'seal-anew') return sent;
        keeper.over(person, attempt.session ?? '');
        delete attempt.frame;
      }
      return 'refused';
    },
    takeBack: async (_message, attempt) => {
      const [key] = attempt.wires;
      if (key !== undefined) await client.takeBack(attempt.session ?? '', key);
    },
  };
}
