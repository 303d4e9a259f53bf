import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { PushFacts } from '../kernel/push-facts.ts';
import { tokenTail } from '../kernel/push-facts.ts';
import type { Target } from '../kernel/target.ts';
import type { PushHandset } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { SteppedTap } from '../network/tap.ts';
import type { HttpDoor, WireRequest } from '../network/wire.ts';
import { badRequestBody } from '../protocol/fcm/errors.ts';
import type { FcmPush, FcmRefusal } from '../protocol/fcm/message.ts';
import { parseFcmRequest } from '../protocol/fcm/message.ts';
import type { ServiceAccount } from '../protocol/oauth/service-account-key.ts';
import {
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
  serviceAccount,
} from '../protocol/oauth/service-account-key.ts';
import { createTokenIssuer, TOKEN_PATHS } from '../protocol/oauth/token-issuer.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import type { DeviceLimits } from './device-quota.ts';
import { createBurst } from './device-quota.ts';
import { createFcmAdmission } from './fcm-admission.ts';
import { COMPONENT, FAILURES, JSON_HEADERS, NOT_FOUND, refuse } from './fcm-answers.ts';
import { createFcmTopics } from './fcm-topics.ts';
import type { StorePolicy } from './push-delivery.ts';
import { createPushCarrier } from './push-delivery.ts';
import type { PushDirectory } from './push-directory.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { createPushDoor } from './push-door.ts';
import { createPushFaults } from './push-faults.ts';

export const FCM_SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const SEND_PATH = /^\/v1\/projects\/([^/]+)\/messages:send$/;
/** "FCM can simultaneously store four different collapsible messages per device." */
const COLLAPSE_KEYS_KEPT = 4;
/** "… a limit of 100 messages that can be stored without collapsing": then all are dropped. */
const STORED_LIMIT = 100;

/** "a burst of 20 messages per app per device, with a refill of 1 message every 3 minutes". */
const COLLAPSIBLE_BURST = 20;
const COLLAPSIBLE_REFILL_MICROS = 180 * MICROS_PER_SECOND;

export interface FcmOptions {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  /** Of the observer `push`. */
  readonly tap: SteppedTap;
  readonly handsets: PushDirectory;
  /** Default `bellwether-test`. */
  readonly projectId?: string;
  /** Default Firebase's: 240 in a minute, 5 000 in an hour. */
  readonly perDevice?: DeviceLimits;
  /** Messages in a minute; default Firebase's 600 000. */
  readonly perProject?: number;
}

export interface Fcm {
  readonly path: typeof COMPONENT;
  /** Serves `messages:send` and the token endpoint (`/token`, `/oauth2/v4/token`). */
  readonly door: HttpDoor;
  readonly projectId: string;
  /** The service account's key file; `tokenUri` is this door's URL with `/token`. */
  serviceAccount(tokenUri: string): ServiceAccount;
  readonly target: Target;
  /** Where payloads name the implementation's own message id (JSON Pointer, `app.push.fcm`). */
  identifyBy(pointer: string | undefined): void;
  unfinished(): string[];
}

const DISPLACED: StorePolicy = (stored, next) => {
  const { collapseKey } = next;
  if (collapseKey === undefined) {
    const plain = stored.filter((one) => one.collapseKey === undefined);
    return plain.length >= STORED_LIMIT ? plain : [];
  }
  const same = stored.filter((one) => one.collapseKey === collapseKey);
  if (same.length > 0) return same;
  const keyed = stored.filter((one) => one.collapseKey !== undefined);
  // Which of the keys is kept is not promised; here the oldest goes.
  return keyed.length >= COLLAPSE_KEYS_KEPT ? keyed.slice(0, 1) : [];
};

/** What the app receives of a push. */
function payloadOf({ notification, data }: FcmPush): Readonly<Record<string, unknown>> {
  return {
    ...(notification === undefined ? {} : { notification }),
    ...(data === undefined ? {} : { data }),
  };
}

function factsOf(read: FcmPush | FcmRefusal): PushFacts {
  if (read.kind === 'refused') {
    return { asks: 'other', priority: 'normal', bytes: read.bytes ?? 0, token: '' };
  }
  const { audience, notification, priority, bytes } = read;
  return {
    asks: notification === undefined ? 'data' : 'visible',
    priority,
    bytes,
    token: audience.kind === 'token' ? tokenTail(audience.token) : '',
  };
}

/** Firebase Cloud Messaging, HTTP v1, with the token endpoint of its service account. */
export function createFcm(options: FcmOptions): Fcm {
  const { ambient, conditions, handsets } = options;
  const { clock, ids } = ambient;
  const random = ambient.random.fork(COMPONENT);
  const projectId = options.projectId ?? 'bellwether-test';
  const tokens = createTokenIssuer({
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
    scope: FCM_SCOPE,
    clientEmail: serviceAccount(projectId, '').client_email,
    random: (length) => random.bytes(length),
    now: () => Math.floor(clock.epochMillis() / 1_000),
  });
  const now = (): number => clock.now();
  const faults = createPushFaults(conditions, now, (fault) => {
    if (fault === 'expired-provider-token') tokens.revokeAll();
  });
  const door = createPushDoor({ ambient, component: COMPONENT, conditions, tap: options.tap });
  const carrier = createPushCarrier({
    ambient,
    component: COMPONENT,
    displaced: DISPLACED,
    faults,
  });
  const topics = createFcmTopics(handsets);
  const admission = createFcmAdmission({ options, projectId, tokens, topics, faults, now });
  const collapsible = createBurst(COLLAPSIBLE_BURST, COLLAPSIBLE_REFILL_MICROS);
  let pointer: string | undefined;

  const accepted = (id: string): PushAnswer => ({
    status: 200,
    headers: JSON_HEADERS,
    body: JSON.stringify({ name: `projects/${projectId}/messages/${id}` }),
    outcome: 'accepted',
    word: '200 OK',
  });

  const carry = (
    read: FcmPush,
    handset: PushHandset,
    wire: string,
    message: string | undefined,
  ): void => {
    const item = {
      handset,
      delivery: {
        wire,
        provider: 'fcm',
        kind: read.notification === undefined ? 'background' : 'alert',
        priority: read.priority,
        mutable: false,
        payload: payloadOf(read),
        ...(message === undefined ? {} : { message }),
      },
      expiresAtMicros:
        read.ttlSeconds === 0
          ? undefined
          : clock.now() + Math.round(read.ttlSeconds * MICROS_PER_SECOND),
      collapseKey: read.collapseKey,
    } as const;
    const { collapseKey } = read;
    const wait = collapseKey === undefined ? 0 : collapsible.take(handset.path, clock.now());
    if (collapseKey === undefined || wait === 0) carrier.send(item);
    else carrier.hold(item, `key ${collapseKey}`, wait);
  };

  const send = (request: WireRequest, project: string): PushCall => {
    const read = parseFcmRequest(request.body);
    const push = read.kind === 'push' ? read : undefined;
    const audience = push?.audience;
    const handset = audience?.kind === 'token' ? handsets.get(audience.token) : undefined;
    const id = `0:${clock.epochMillis()}000%${ids.hex(8)}`;
    const wire = `fcm:${id}`;
    const echoed =
      push === undefined || pointer === undefined
        ? undefined
        : textAtPointer(payloadOf(push), pointer);
    return {
      operation: 'send',
      what: 'POST /v1/projects/{project}/messages:send',
      wire,
      ...(handset === undefined ? {} : { person: handset.person, device: handset.path }),
      ...(echoed === undefined ? {} : { echoed }),
      push: factsOf(read),
      seen: request.body,
      serve: (message, deliver) => {
        const refused =
          admission.senderRefused(request, project, message, wire) ?? admission.overProjectQuota();
        if (refused !== undefined) return refused;
        if (read.kind === 'refused') {
          const body = badRequestBody(read.field, read.description);
          return refuse('INVALID_ARGUMENT', read.description, { body });
        }
        const phones = admission.phonesOf(read, message, wire);
        if ('status' in phones) return phones;
        if (deliver && !read.validateOnly) {
          for (const phone of phones) carry(read, phone, wire, message);
        }
        return accepted(id);
      },
      ...FAILURES,
    };
  };

  const token = (request: WireRequest): PushCall => ({
    operation: 'token',
    what: `POST ${request.path}`,
    seen: request.body,
    serve: () => {
      const { status, body, word, lifeMicros } = tokens.handle(request.body);
      const outcome = status === 200 ? 'accepted' : 'unauthorized';
      const given = lifeMicros === undefined ? {} : { tokenLifeMicros: lifeMicros };
      return { status, headers: JSON_HEADERS, body, outcome, word: `${status} ${word}`, ...given };
    },
    ...FAILURES,
  });

  const aboutTopics = (request: WireRequest): PushCall | undefined => {
    const call = topics.read(request);
    if (call === undefined) return undefined;
    return {
      operation: 'event',
      what: call.what,
      seen: request.body,
      serve: () => {
        const project = call.project ?? projectId;
        const refused = admission.senderRefused(request, project, undefined, undefined);
        return refused ?? call.carryOut();
      },
      ...FAILURES,
    };
  };

  const route = (request: WireRequest): PushCall => {
    if (request.method === 'POST') {
      const project = SEND_PATH.exec(request.path)?.[1];
      if (project !== undefined) return send(request, project);
      if (TOKEN_PATHS.includes(request.path)) return token(request);
    }
    const topic = aboutTopics(request);
    if (topic !== undefined) return topic;
    return {
      operation: 'unexpected',
      what: `${request.method} ${request.path}`,
      seen: request.body,
      serve: () => NOT_FOUND,
      ...FAILURES,
    };
  };

  return {
    path: COMPONENT,
    door: { accepts: door.accepts, handle: (request) => door.meet(route(request), request) },
    projectId,
    serviceAccount: (tokenUri) => serviceAccount(projectId, tokenUri),
    target: { path: COMPONENT, kind: 'push', verbs: { ...conditions.verbs, ...faults.verbs } },
    identifyBy: (where) => {
      pointer = where;
    },
    unfinished: carrier.unfinished,
  };
}
