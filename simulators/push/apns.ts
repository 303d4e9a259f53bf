import type { Ambient } from '../kernel/ambient.ts';
import type { DoorOutcome } from '../kernel/events.ts';
import type { Random } from '../kernel/random.ts';
import type { Target } from '../kernel/target.ts';
import type { PushHandset } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import type { HttpDoor, WireRequest } from '../network/wire.ts';
import type { ApnsPush } from '../protocol/apns/request.ts';
import type { ApnsReason } from '../protocol/apns/reasons.ts';
import type { StorePolicy } from './push-delivery.ts';
import type { PushDirectory } from './push-directory.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../kernel/clock.ts';
import { APNS_REASONS, apnsErrorBody } from '../protocol/apns/reasons.ts';
import { apnsTarget, checkApnsPush, isApnsToken } from '../protocol/apns/request.ts';
import { createProviderTokens } from '../protocol/apns/provider-token.ts';
import { createEs256Verifier } from '../protocol/jwt/verify.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import { createPushCarrier } from './push-delivery.ts';
import {
  createPushDoor,
  retryAfterSeconds,
  serviceBroken,
  serviceBusy,
  tokenGone,
} from './push-door.ts';
import { createSigningKey } from './signing-key.ts';
import { createUniqueWires } from './unique-wires.ts';

const COMPONENT = 'push/apns';
/** What APNs keeps for an offline phone when the sender says nothing (Apple: "up to 30 days"). */
const DEFAULT_STORE_MICROS = 30 * 86_400 * MICROS_PER_SECOND;

/** What a sender needs to reach APNs, as Apple's developer account gives it out. */
export interface ApnsCredentials {
  readonly keyId: string;
  readonly teamId: string;
  /** The `.p8` file. */
  readonly privateKeyPem: string;
  /** The app's bundle id. */
  readonly topic: string;
}

export interface ApnsOptions {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  /** Of the observer `push`. */
  readonly tap: Tap;
  readonly handsets: PushDirectory;
  /** Default `test.bellwether.app`. */
  readonly topic?: string;
}

export interface Apns {
  readonly path: typeof COMPONENT;
  /** To be served with `http2: true`. */
  readonly door: HttpDoor;
  readonly credentials: ApnsCredentials;
  readonly target: Target;
  /** Where payloads name the implementation's own message id (JSON Pointer, `app.push.apns`). */
  identifyBy(pointer: string | undefined): void;
  unfinished(): string[];
}

/** "APNs stores only the most recent notification" for an app on an offline device. */
const LATEST_ONLY: StorePolicy = (stored) => stored;

function outcomeOf(status: number): DoorOutcome {
  if (status === 403) return 'unauthorized';
  if (status === 410) return 'unavailable';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'failed' : 'rejected';
}

/** Apple's reason for an error status that a fault asks for. */
function brokenReason(status: number): ApnsReason {
  return status === 503 ? 'ServiceUnavailable' : 'InternalServerError';
}

/** Key and team ids have ten characters. */
function tenCharacters(random: Random): string {
  return Buffer.from(random.bytes(5)).toString('hex').toUpperCase();
}

/** The Apple Push Notification service, provider API with token authentication. */
export function createApns(options: ApnsOptions): Apns {
  const { ambient, conditions, handsets } = options;
  const { clock, ids } = ambient;
  const random = ambient.random.fork(COMPONENT);
  const key = createSigningKey(random.fork('key'));
  const credentials: ApnsCredentials = {
    keyId: tenCharacters(random),
    teamId: tenCharacters(random),
    privateKeyPem: key.privateKeyPem,
    topic: options.topic ?? 'test.bellwether.app',
  };
  const topics = [credentials.topic, `${credentials.topic}.voip`];
  const providerTokens = createProviderTokens({
    verify: createEs256Verifier(key.publicKey),
    keyId: credentials.keyId,
    teamId: credentials.teamId,
    now: () => Math.floor(clock.epochMillis() / 1_000),
  });
  const door = createPushDoor({ ambient, component: COMPONENT, conditions, tap: options.tap });
  const carrier = createPushCarrier({ ambient, component: COMPONENT, displaced: LATEST_ONLY });
  const uniqueWire = createUniqueWires('apns');
  /** When APNs first noticed that a token is gone, ms since the epoch. */
  const goneSince = new Map<string, number>();
  let pointer: string | undefined;

  const answer = (id: string, reason: ApnsReason, facts: Partial<PushAnswer> = {}): PushAnswer => {
    const status = APNS_REASONS[reason];
    return {
      status,
      headers: { 'apns-id': id, 'content-type': 'application/json' },
      body: apnsErrorBody(reason),
      outcome: outcomeOf(status),
      word: `${status} ${reason}`,
      ...facts,
    };
  };

  const unregistered = (id: string, token: string, handset: PushHandset): PushAnswer => {
    const since = goneSince.get(token) ?? clock.epochMillis();
    goneSince.set(token, since);
    return answer(id, 'Unregistered', {
      body: apnsErrorBody('Unregistered', since),
      meaning: tokenGone(handset.path),
    });
  };

  const expiryOf = ({ expiration }: ApnsPush): number | undefined => {
    if (expiration === undefined) return clock.now() + DEFAULT_STORE_MICROS;
    if (expiration === 0) return undefined;
    return clock.now() + (expiration * 1_000 - clock.epochMillis()) * MICROS_PER_MILLI;
  };

  const push = (request: WireRequest, token: string): PushCall => {
    const { headers, body } = request;
    const handset = handsets.get(token.toLowerCase());
    const read = checkApnsPush(headers, body, topics);
    const id = (read.kind === 'push' ? read.id : undefined) ?? ids.uuid();
    const wire = uniqueWire(id);
    const named = headers['apns-collapse-id'];
    const echoed =
      read.kind === 'push' && pointer !== undefined
        ? textAtPointer(read.payload, pointer)
        : undefined;
    return {
      operation: 'send',
      what: 'POST /3/device/{token}',
      wire,
      ...(handset === undefined ? {} : { person: handset.person, device: handset.path }),
      ...(echoed === undefined ? {} : { echoed }),
      seen: named === undefined ? body : Buffer.concat([Buffer.from(`${named}\n`), body]),
      serve: (message, deliver) => {
        const refusedToken = providerTokens.check(headers['authorization']);
        if (refusedToken !== undefined) return answer(id, refusedToken);
        if (read.kind === 'refused') return answer(id, read.reason);
        if (handset === undefined || !isApnsToken(token)) return answer(id, 'BadDeviceToken');
        if (handset.state() === 'unregistered') return unregistered(id, token, handset);
        if (deliver) {
          carrier.send({
            handset,
            delivery: {
              wire,
              provider: 'apns',
              kind: read.type === 'background' ? 'background' : 'alert',
              priority: read.priority === 10 && read.type !== 'background' ? 'high' : 'normal',
              mutable: read.mutable,
              payload: read.payload,
              ...(message === undefined ? {} : { message }),
            },
            expiresAtMicros: expiryOf(read),
            collapseKey: read.collapseId,
          });
        }
        const accepted = { 'apns-id': id };
        return { status: 200, headers: accepted, body: '', outcome: 'accepted', word: '200 OK' };
      },
      ...failures(id),
    };
  };

  const failures = (id: string): Pick<PushCall, 'broken' | 'throttled'> => ({
    broken: (status) => {
      const reason = brokenReason(status);
      const meaning = serviceBroken(COMPONENT);
      return answer(id, reason, { status, word: `${status} ${reason}`, meaning });
    },
    throttled: (retryAfterMicros) =>
      answer(id, 'TooManyRequests', {
        headers: {
          'apns-id': id,
          'content-type': 'application/json',
          'retry-after': retryAfterSeconds(retryAfterMicros),
        },
        meaning: serviceBusy(COMPONENT, retryAfterMicros),
        retryAfterMicros,
      }),
  });

  const wrong = (request: WireRequest, reason: ApnsReason): PushCall => {
    const id = ids.uuid();
    return {
      operation: reason === 'MissingDeviceToken' ? 'send' : 'unexpected',
      what: `${request.method} ${request.path}`,
      seen: request.body,
      serve: () => answer(id, reason),
      ...failures(id),
    };
  };

  return {
    path: COMPONENT,
    door: {
      accepts: door.accepts,
      handle: (request) => {
        const target = apnsTarget(request.method, request.path);
        return door.meet(
          target.kind === 'token' ? push(request, target.token) : wrong(request, target.reason),
        );
      },
    },
    credentials,
    target: { path: COMPONENT, kind: 'push', verbs: conditions.verbs },
    identifyBy: (where) => {
      pointer = where;
    },
    unfinished: carrier.unfinished,
  };
}
