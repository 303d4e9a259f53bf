/** The sessions of the gateway: whom they are with, which keys open their payloads, until when. */
import type { KeyObject } from 'node:crypto';
import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { createP256KeyPair, thumbprintOf } from '../../protocol/jose/p256-key.ts';
import type { P256Jwk } from '../../protocol/jose/p256-key.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';

interface SessionKey {
  readonly kid: string;
  readonly publicJwk: P256Jwk;
  readonly privateKey: KeyObject;
  /** Until when payloads sealed to it are opened. */
  untilMicros: number;
}

export interface Session {
  readonly id: string;
  readonly person: string;
  /** E.164 */
  readonly number: string;
  /** Ids of the devices that its sender was told of. */
  readonly devices: readonly string[];
  /** The present one last. */
  readonly keys: SessionKey[];
  endsAtMicros: number;
  ended: 'closed' | 'devices-changed' | undefined;
}

export interface NewSession extends Pick<Session, 'person' | 'number' | 'devices'> {
  readonly replyKey: P256Jwk | undefined;
}

export type KeyLookup =
  | { readonly kind: 'key'; readonly privateKey: KeyObject }
  | { readonly kind: 'unknown' }
  /** It was the session's and is not taken any more. */
  | { readonly kind: 'retired' };

export interface SessionStore {
  begin(of: NewSession, lifeSeconds: number): Session;
  /** The key that the sender gave last for what this person writes. */
  replyKeyOf(person: string): P256Jwk | undefined;
  get(id: string): Session | undefined;
  /** A new key and a later end; the key before it is taken for the overlap. */
  renew(session: Session, lifeSeconds: number): void;
  end(session: Session, why: 'closed' | 'devices-changed', device?: string): number;
  /** Why nothing is taken in it any more; undefined while it lives. */
  overBecause(session: Session): 'closed' | 'devices-changed' | 'expired' | undefined;
  keyOf(session: Session, kid: string): KeyLookup;
  /** Those of a person that live. */
  living(person: string): readonly Session[];
}

/** Sessions that are remembered, so that one that is over is told from one that never was. */
const MOST_SESSIONS = 50_000;
/** Lest nothing that was sealed in good faith is refused: as long as a slow request takes. */
const OVERLAP_MICROS = 30 * MICROS_PER_SECOND;
/** A payload may have been under way when its session ended by itself. */
const GRACE_MICROS = 2 * MICROS_PER_SECOND;

export function createSessionStore(ambient: Ambient, component: string): SessionStore {
  const { clock, history, ids } = ambient;
  const random = ambient.random.fork(`${component}/session-keys`);
  const sessions = createBoundedMap<Session>(MOST_SESSIONS);
  const ofPerson = new Map<string, Set<Session>>();
  const replyKeys = new Map<string, P256Jwk>();

  const newKey = (): SessionKey => {
    const { publicJwk, privateKey } = createP256KeyPair((length) => random.bytes(length));
    const kid = thumbprintOf(publicJwk);
    return { kid, publicJwk, privateKey, untilMicros: Number.POSITIVE_INFINITY };
  };

  const overBecause: SessionStore['overBecause'] = ({ ended, endsAtMicros }) =>
    ended ?? (clock.now() > endsAtMicros + GRACE_MICROS ? 'expired' : undefined);

  return {
    overBecause,
    replyKeyOf: (person) => replyKeys.get(person),
    begin: ({ person, number, devices, replyKey }, lifeSeconds) => {
      if (replyKey !== undefined) replyKeys.set(person, replyKey);
      const key = newKey();
      const session: Session = {
        id: ids.uuid(),
        person,
        number,
        devices,
        keys: [key],
        endsAtMicros: clock.now() + lifeSeconds * MICROS_PER_SECOND,
        ended: undefined,
      };
      sessions.set(session.id, session);
      const theirs = ofPerson.get(person) ?? new Set();
      for (const old of theirs) if (overBecause(old) !== undefined) theirs.delete(old);
      ofPerson.set(person, theirs.add(session));
      const { id, endsAtMicros } = session;
      const facts = { session: id, component, person, key: key.kid, devices, endsAtMicros };
      history.append({ kind: 'session.begun', ...facts });
      return session;
    },
    get: (id) => sessions.get(id),
    renew: (session, lifeSeconds) => {
      const oldKeyUntilMicros = clock.now() + OVERLAP_MICROS;
      for (const key of session.keys) {
        key.untilMicros = Math.min(key.untilMicros, oldKeyUntilMicros);
      }
      const key = newKey();
      session.keys.push(key);
      session.endsAtMicros = clock.now() + lifeSeconds * MICROS_PER_SECOND;
      const { id, endsAtMicros } = session;
      const facts = { session: id, key: key.kid, endsAtMicros, oldKeyUntilMicros };
      history.append({ kind: 'session.renewed', ...facts });
    },
    end: (session, why, device) => {
      session.ended = why;
      const named = device === undefined ? {} : { device };
      return history.append({ kind: 'session.ended', session: session.id, why, ...named });
    },
    keyOf: ({ keys }, kid) => {
      const key = keys.find((one) => one.kid === kid);
      if (key === undefined) return { kind: 'unknown' };
      if (key.untilMicros < clock.now()) return { kind: 'retired' };
      return { kind: 'key', privateKey: key.privateKey };
    },
    living: (person) =>
      [...(ofPerson.get(person) ?? [])].filter((session) => overBecause(session) === undefined),
  };
}
