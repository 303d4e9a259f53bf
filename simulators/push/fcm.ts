import type { Ambient } from '../kernel/ambient.ts';
import type { Target } from '../kernel/target.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import type { HttpDoor, WireRequest } from '../network/wire.ts';
import type { FcmPush } from '../protocol/fcm/message.ts';
import type { ServiceAccount } from '../protocol/oauth/service-account-key.ts';
import type { StorePolicy } from './push-delivery.ts';
import type { PushDirectory } from './push-directory.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { badRequestBody } from '../protocol/fcm/errors.ts';
import { parseFcmRequest } from '../protocol/fcm/message.ts';
import {
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
  serviceAccount,
} from '../protocol/oauth/service-account-key.ts';
import { createTokenIssuer, TOKEN_PATHS } from '../protocol/oauth/token-issuer.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import { createPushCarrier } from './push-delivery.ts';
import {
  COMPONENT,
  FAILURES,
  JSON_HEADERS,
  NOT_FOUND,
  refuse,
  UNAUTHENTICATED,
} from './fcm-answers.ts';
import { createPushDoor, tokenGone } from './push-door.ts';

export const FCM_SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const SEND_PATH = /^\/v1\/projects\/([^/]+)\/messages:send$/;
/** Registration tokens are opaque; anything shorter or with other characters is none. */
const TOKEN_SHAPE = /^[A-Za-z0-9_:-]{16,4096}$/;
/** "FCM can simultaneously store four different collapsible messages per device." */
const COLLAPSE_KEYS_KEPT = 4;
/** "… a limit of 100 messages that can be stored without collapsing": then all are dropped. */
const STORED_LIMIT = 100;

export interface FcmOptions {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  /** Of the observer `push`. */
  readonly tap: Tap;
  readonly handsets: PushDirectory;
  /** Default `bellwether-test`. */
  readonly projectId?: string;
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

/** Firebase Cloud Messaging, HTTP v1, with Google's token endpoint for its service account. */
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
  const door = createPushDoor({ ambient, component: COMPONENT, conditions, tap: options.tap });
  const carrier = createPushCarrier({ ambient, component: COMPONENT, displaced: DISPLACED });
  let pointer: string | undefined;

  const accepted = (id: string): PushAnswer => ({
    status: 200,
    headers: JSON_HEADERS,
    body: JSON.stringify({ name: `projects/${projectId}/messages/${id}` }),
    outcome: 'accepted',
    word: '200 OK',
  });

  const carry = (read: FcmPush, token: string, wire: string, message: string | undefined): void => {
    const handset = handsets.get(token);
    if (handset === undefined) return;
    carrier.send({
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
    });
  };

  /** Why a readable push is not taken. */
  const refusalOf = (read: FcmPush): PushAnswer | undefined => {
    const { token } = read;
    // Topics and conditions are taken; no simulated phone subscribes to any.
    if (token === undefined) return undefined;
    if (!TOKEN_SHAPE.test(token)) {
      const text = 'The registration token is not a valid FCM registration token';
      return refuse('INVALID_ARGUMENT', text);
    }
    const handset = handsets.get(token);
    if (handset === undefined) return refuse('UNREGISTERED', 'Requested entity was not found.');
    if (handset.state() !== 'unregistered') return undefined;
    return refuse('UNREGISTERED', 'Requested entity was not found.', {
      meaning: tokenGone(handset.path),
    });
  };

  const send = (request: WireRequest, project: string): PushCall => {
    const read = parseFcmRequest(request.body);
    const push = read.kind === 'push' ? read : undefined;
    const handset = push?.token === undefined ? undefined : handsets.get(push.token);
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
      seen: request.body,
      serve: (message, deliver) => {
        if (tokens.check(request.headers['authorization']) !== 'valid') return UNAUTHENTICATED;
        if (project !== projectId) return refuse('SENDER_ID_MISMATCH', 'SenderId mismatch');
        if (read.kind === 'refused') {
          const body = badRequestBody(read.field, read.description);
          return refuse('INVALID_ARGUMENT', read.description, { body });
        }
        const refused = refusalOf(read);
        if (refused !== undefined) return refused;
        if (deliver && !read.validateOnly && read.token !== undefined) {
          carry(read, read.token, wire, message);
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
      const { status, body, word } = tokens.handle(request.body);
      const outcome = status === 200 ? 'accepted' : 'unauthorized';
      return { status, headers: JSON_HEADERS, body, outcome, word: `${status} ${word}` };
    },
    ...FAILURES,
  });

  const route = (request: WireRequest): PushCall => {
    if (request.method === 'POST') {
      const project = SEND_PATH.exec(request.path)?.[1];
      if (project !== undefined) return send(request, project);
      if (TOKEN_PATHS.includes(request.path)) return token(request);
    }
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
    door: { accepts: door.accepts, handle: (request) => door.meet(route(request)) },
    projectId,
    serviceAccount: (tokenUri) => serviceAccount(projectId, tokenUri),
    target: { path: COMPONENT, kind: 'push', verbs: conditions.verbs },
    identifyBy: (where) => {
      pointer = where;
    },
    unfinished: carrier.unfinished,
  };
}
