import type { ModuleClock, ModuleStore } from 'bellwether/module';
import { readP256Jwk } from 'bellwether/protocol';
import type { P256Jwk } from 'bellwether/protocol';
import { z } from 'zod';
import type { Person } from '../people.ts';
import type { Answer } from '../vendors/answer.ts';
import type { SessionClient } from '../vendors/session-client.ts';
import { sleep } from '../within.ts';

/** A session in which payloads may be sealed. Everything in it is JSON: it lives in the store. */
export interface LiveSession {
  readonly id: string;
  readonly kid: string;
  /** The gateway's: what is sealed to it, the gateway can read. */
  readonly key: P256Jwk;
  readonly endsAtMs: number;
}

/** Why there is no session: the gateway's answer. */
export type NoSession = Exclude<Answer, { kind: 'ok' }>;

/** One session per person, begun when it is needed, renewed before it ends. */
export interface SessionKeeper {
  use(person: Person): Promise<LiveSession | NoSession>;
  /** The gateway says that it is over: the next use begins another. */
  over(person: Person, session: string): void;
}

export interface SessionKeeperDeps {
  readonly clock: ModuleClock;
  readonly store: ModuleStore;
  readonly client: SessionClient;
  /** To which people's answers are sealed. */
  readonly replyKey: P256Jwk;
}

/** What is left of a session when it is renewed: longer than any request takes. */
const RENEW_EARLY_MS = 30_000;
const REPEAT_PAUSE_MS = 500;

const shown = z.object({
  sessionId: z.string(),
  encryptionKey: z.looseObject({ kid: z.string() }),
  expiresAt: z.string(),
});

export function createSessionKeeper(deps: SessionKeeperDeps): SessionKeeper {
  const { clock, store, client, replyKey } = deps;
  const asking = new Map<string, Promise<LiveSession | NoSession>>();
  const place = (person: Person): string => `session/${person.id}`;
  const kept = (person: Person): LiveSession | undefined =>
    store.get(place(person)) as LiveSession | undefined;

  const read = (answer: Answer): LiveSession | NoSession => {
    if (answer.kind !== 'ok') return answer;
    const parsed = shown.safeParse(answer.body);
    const key = parsed.success ? readP256Jwk(parsed.data.encryptionKey) : undefined;
    if (!parsed.success || key === undefined) {
      return { kind: 'rejected', status: 200, reason: 'not a session' };
    }
    const { sessionId: id, encryptionKey, expiresAt } = parsed.data;
    return { id, kid: encryptionKey.kid, key, endsAtMs: Date.parse(expiresAt) };
  };

  /** Repeated once without an answer: a session too many hurts nobody. */
  const asked = async (ask: () => Promise<Answer>): Promise<LiveSession | NoSession> => {
    const answer = await ask();
    if (answer.kind !== 'no-answer') return read(answer);
    await sleep(clock, REPEAT_PAUSE_MS);
    return read(await ask());
  };

  const make = async (person: Person): Promise<LiveSession | NoSession> => {
    const before = kept(person);
    const nowMs = clock.epochMillis();
    if (before !== undefined && before.endsAtMs > nowMs) {
      const renewed = await asked(() => client.renew(before.id));
      if ('id' in renewed) {
        store.set(place(person), renewed);
        return renewed;
      }
      const over = renewed.kind === 'unreachable';
      if (!over) return renewed;
    }
    const begun = await asked(() => client.begin(person.msisdn, replyKey));
    if ('id' in begun) store.set(place(person), begun);
    return begun;
  };

  return {
    use: (person) => {
      const session = kept(person);
      if (session !== undefined && session.endsAtMs - RENEW_EARLY_MS > clock.epochMillis()) {
        return Promise.resolve(session);
      }
      const under = asking.get(person.id);
      if (under !== undefined) return under;
      const made = make(person).finally(() => asking.delete(person.id));
      asking.set(person.id, made);
      return made;
    },
    over: (person, session) => {
      if (kept(person)?.id === session) store.delete(place(person));
    },
  };
}
