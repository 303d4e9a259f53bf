import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { PushFacts } from '../kernel/push-facts.ts';
import { tokenTail } from '../kernel/push-facts.ts';
import type { Random } from '../kernel/random.ts';
import type { Target } from '../kernel/target.ts';
import type { PushHandset } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { SteppedTap } from '../network/tap.ts';
import type { HttpDoor, WireRequest } from '../network/wire.ts';
import { createProviderTokens } from '../protocol/apns/provider-token.ts';
import type { ApnsReason } from '../protocol/apns/reasons.ts';
import { apnsErrorBody } from '../protocol/apns/reasons.ts';
import type { ApnsPush, ApnsRefusal } from '../protocol/apns/request.ts';
import { apnsTarget, checkApnsPush, isApnsToken, topicsOf } from '../protocol/apns/request.ts';
import { createEs256Verifier } from '../protocol/jwt/verify.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import {
  accepted,
  COMPONENT,
  failures,
  refuse,
  shuttingDown,
  tooManyForPhone,
} from './apns-answers.ts';
import type { DeviceLimits } from './device-quota.ts';
import { createDeviceQuota } from './device-quota.ts';
import type { StorePolicy } from './push-delivery.ts';
import { createPushCarrier } from './push-delivery.ts';
import type { PushDirectory } from './push-directory.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { createPushDoor, serviceBroken, tokenGone } from './push-door.ts';
import { createPhoneQuotas, createPushFaults } from './push-faults.ts';
import { createSigningKey } from './signing-key.ts';
import { createUniqueWires } from './unique-wires.ts';

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
  readonly tap: SteppedTap;
  readonly handsets: PushDirectory;
  /** Default `test.bellwether.app`. */
  readonly topic?: string;
  /** Pushes that one device token is sent; Apple tells no figures. Default: any number. */
  readonly perDevice?: DeviceLimits;
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

/** Key and team ids have ten characters. */
function tenCharacters(random: Random): string {
  return Buffer.from(random.bytes(5)).toString('hex').toUpperCase();
}

function factsOf(request: WireRequest, token: string, read: ApnsPush | ApnsRefusal): PushFacts {
  const { headers, body } = request;
  const type = headers['apns-push-type'];
  return {
    ...(type === undefined ? {} : { type }),
    asks: read.kind === 'push' ? read.asks : 'other',
    priority: (headers['apns-priority'] ?? '10') === '10' ? 'high' : 'normal',
    bytes: body.length,
    token: tokenTail(token),
  };
}

/** The Apple Push Notification service, provider API with token authentication. */
export function createApns(options: ApnsOptions): Apns {
  const { ambient, conditions, handsets, perDevice } = options;
  const { clock, ids } = ambient;
  const random = ambient.random.fork(COMPONENT);
  const key = createSigningKey(random.fork('key'));
  const credentials: ApnsCredentials = {
    keyId: tenCharacters(random),
    teamId: tenCharacters(random),
    privateKeyPem: key.privateKeyPem,
    topic: options.topic ?? 'test.bellwether.app',
  };
  const topics = topicsOf(credentials.topic);
  const providerTokens = createProviderTokens({
    verify: createEs256Verifier(key.publicKey),
    keyId: credentials.keyId,
    teamId: credentials.teamId,
    now: () => Math.floor(clock.epochMillis() / 1_000),
  });
  const faults = createPushFaults(conditions, () => clock.now());
  const door = createPushDoor({ ambient, component: COMPONENT, conditions, tap: options.tap });
  const carrier = createPushCarrier({
    ambient,
    component: COMPONENT,
    displaced: LATEST_ONLY,
    faults,
  });
  const quota = perDevice === undefined ? undefined : createDeviceQuota(perDevice);
  const phoneQuotas = createPhoneQuotas(faults, () => clock.now());
  const uniqueWire = createUniqueWires('apns');
  /** When APNs first noticed that a token is gone, ms since the epoch. */
  const goneSince = new Map<string, number>();
  let pointer: string | undefined;

  const unregistered = (id: string, token: string, handset: PushHandset): PushAnswer => {
    const since = goneSince.get(token) ?? clock.epochMillis();
    goneSince.set(token, since);
    return refuse(id, 'Unregistered', {
      body: apnsErrorBody('Unregistered', since),
      meaning: tokenGone(handset.path),
    });
  };

  const expiryOf = ({ expiration }: ApnsPush): number | undefined => {
    if (expiration === undefined) return clock.now() + DEFAULT_STORE_MICROS;
    if (expiration === 0) return undefined;
    return clock.now() + (expiration * 1_000 - clock.epochMillis()) * MICROS_PER_MILLI;
  };

  /** The second before which tokens were issued that a fault made useless. */
  const tokensFrom = (): number | undefined => {
    const stale = faults.acting('expired-provider-token');
    if (stale === undefined) return undefined;
    const agoMillis = (clock.now() - stale.sinceMicros) / MICROS_PER_MILLI;
    return Math.floor((clock.epochMillis() - agoMillis) / 1_000);
  };

  /** Why the sender itself is refused, whatever it sends. */
  const senderRefused = (
    { headers, connection }: WireRequest,
    id: string,
    message: string | undefined,
    wire: string,
  ): PushAnswer | undefined => {
    if (faults.hits('shutdown', 'answered Shutdown', message, wire)) return shuttingDown(id);
    if (faults.hits('credentials-refused', 'refused the credentials', message, wire)) {
      return refuse(id, 'InvalidProviderToken', { meaning: serviceBroken(COMPONENT) });
    }
    const from = tokensFrom();
    const reason = providerTokens.check(headers['authorization'], connection, from);
    if (reason === undefined) return undefined;
    if (reason === 'ExpiredProviderToken') {
      faults.hits('expired-provider-token', 'refused an old token', message, wire);
      return refuse(id, reason, { tokenExpired: true });
    }
    return refuse(id, reason);
  };

  /** Why this push cannot go to this phone. */
  const pushRefused = (
    read: ApnsPush,
    id: string,
    token: string,
    message: string | undefined,
    wire: string,
  ): PushAnswer | PushHandset => {
    const handset = handsets.get(token.toLowerCase());
    if (handset === undefined || !isApnsToken(token)) return refuse(id, 'BadDeviceToken');
    if (read.topic !== credentials.topic) return refuse(id, 'DeviceTokenNotForTopic');
    if (handset.state() === 'unregistered') return unregistered(id, token, handset);
    const wait =
      phoneQuotas.take(handset.path, message, wire) || (quota?.take(token, clock.now()) ?? 0);
    return wait > 0 ? tooManyForPhone(id, handset.path, wait) : handset;
  };

  const push = (request: WireRequest, token: string): PushCall => {
    const { headers, body } = request;
    const handset = handsets.get(token.toLowerCase());
    const read = checkApnsPush(headers, body, topics);
    const id = (read.kind === 'push' ? read.id : undefined) ?? ids.uuid();
    const wire = uniqueWire(id);
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
      push: factsOf(request, token, read),
      seen: body,
      serve: (message, deliver) => {
        const refused = senderRefused(request, id, message, wire);
        if (refused !== undefined) return refused;
        if (read.kind === 'refused') return refuse(id, read.reason);
        const found = pushRefused(read, id, token, message, wire);
        if ('status' in found) return found;
        if (deliver) {
          carrier.send({
            handset: found,
            delivery: {
              wire,
              provider: 'apns',
              kind: read.type === 'background' || read.asks === 'silent' ? 'background' : 'alert',
              priority: read.priority === 10 && read.type !== 'background' ? 'high' : 'normal',
              mutable: read.mutable,
              payload: read.payload,
              ...(read.collapseId === undefined ? {} : { collapseId: read.collapseId }),
              ...(message === undefined ? {} : { message }),
            },
            expiresAtMicros: expiryOf(read),
            collapseKey: read.collapseId,
          });
        }
        return accepted(id);
      },
      ...failures(id),
    };
  };

  const wrong = (request: WireRequest, reason: ApnsReason): PushCall => {
    const id = ids.uuid();
    return {
      operation: reason === 'MissingDeviceToken' ? 'send' : 'unexpected',
      what: `${request.method} ${request.path}`,
      seen: request.body,
      serve: () => refuse(id, reason),
      ...failures(id),
    };
  };

  return {
    path: COMPONENT,
    door: {
      accepts: door.accepts,
      handle: (request) => {
        const target = apnsTarget(request.method, request.path);
        const call =
          target.kind === 'token' ? push(request, target.token) : wrong(request, target.reason);
        return door.meet(call, request);
      },
    },
    credentials,
    target: { path: COMPONENT, kind: 'push', verbs: { ...conditions.verbs, ...faults.verbs } },
    identifyBy: (where) => {
      pointer = where;
    },
    unfinished: carrier.unfinished,
  };
}
