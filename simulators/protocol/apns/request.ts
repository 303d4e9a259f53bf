/**
 * The rules for one request to APNs (Apple, "Sending notification requests to APNs"): path,
 * headers, payload. Authentication and what is known of the token are the service's own.
 */
import { PUSH_LIMIT_BYTES } from '../../kernel/push-facts.ts';
import type { PushFacts } from '../../kernel/push-facts.ts';
import type { ApnsReason } from './reasons.ts';

export const APNS_PUSH_TYPES = [
  'alert',
  'background',
  'location',
  'voip',
  'complication',
  'fileprovider',
  'mdm',
  'liveactivity',
  'pushtotalk',
  'widgets',
  'controls',
] as const;
export type ApnsPushType = (typeof APNS_PUSH_TYPES)[number];

const COLLAPSE_ID_LIMIT_BYTES = 64;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Apple promises no length; 32 bytes are what phones have had so far. */
const DEVICE_TOKEN = /^(?:[0-9a-f]{2}){32,100}$/i;
const TOPIC = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;

/**
 * What is added to the app's bundle id in the topic of these types (Apple, "Sending notification
 * requests to APNs", apns-push-type). All others use the bundle id itself.
 */
export const TOPIC_SUFFIXES: Readonly<Partial<Record<ApnsPushType, string>>> = {
  location: '.location-query',
  voip: '.voip',
  complication: '.complication',
  fileprovider: '.pushkit.fileprovider',
  liveactivity: '.push-type.liveactivity',
  pushtotalk: '.voip-ptt',
  widgets: '.push-type.widgets',
  controls: '.push-type.controls',
};

/** Every topic that an app's team may send to. */
export function topicsOf(bundleId: string): readonly string[] {
  const suffixes = Object.values(TOPIC_SUFFIXES).map((suffix) => bundleId + suffix);
  return [bundleId, ...suffixes];
}

/** A request that APNs can act on. */
export interface ApnsPush {
  readonly kind: 'push';
  /** As the sender gave it, lower case; undefined: APNs makes one. */
  readonly id: string | undefined;
  readonly topic: string;
  readonly type: ApnsPushType;
  readonly priority: 10 | 5 | 1;
  /** Seconds since the epoch; 0: try once, store nothing; undefined: no header. */
  readonly expiration: number | undefined;
  readonly collapseId: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly asks: PushFacts['asks'];
  readonly mutable: boolean;
}

export interface ApnsRefusal {
  readonly kind: 'refused';
  readonly reason: ApnsReason;
}

const refused = (reason: ApnsReason): ApnsRefusal => ({ kind: 'refused', reason });

/** The device token of a path, or why there is none. */
export function apnsTarget(
  method: string,
  path: string,
): { readonly kind: 'token'; readonly token: string } | ApnsRefusal {
  const match = /^\/3\/device(?:\/([^/]*))?$/.exec(path);
  if (match === null) return refused('BadPath');
  if (method !== 'POST') return refused('MethodNotAllowed');
  const token = match[1] ?? '';
  return token === '' ? refused('MissingDeviceToken') : { kind: 'token', token };
}

export function isApnsToken(token: string): boolean {
  return DEVICE_TOKEN.test(token);
}

type Headers = Readonly<Record<string, string>>;

/** A header given twice arrives joined by a comma, which none of these may contain. */
function refusedHeader(value: string, reason: ApnsReason): ApnsRefusal {
  return refused(value.includes(',') ? 'DuplicateHeaders' : reason);
}

function payloadOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    // A view: Buffer.from(body) would copy.
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Not JSON (SyntaxError): Apple documents no reason of its own for it.
    return undefined;
  }
}

function apsOf(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const aps = payload['aps'];
  return typeof aps === 'object' && aps !== null ? (aps as Record<string, unknown>) : {};
}

function asksOf(aps: Readonly<Record<string, unknown>>): PushFacts['asks'] {
  if ('alert' in aps || 'badge' in aps || 'sound' in aps) return 'visible';
  return aps['content-available'] === 1 ? 'silent' : 'other';
}

function priorityOf(value: string | undefined): 10 | 5 | 1 | undefined {
  if (value === undefined || value === '10') return 10;
  if (value === '5') return 5;
  return value === '1' ? 1 : undefined;
}

function checkIdentity(headers: Headers, topics: readonly string[]): ApnsRefusal | undefined {
  const id = headers['apns-id'];
  if (id !== undefined && !UUID.test(id)) return refusedHeader(id, 'BadMessageId');
  const topic = headers['apns-topic'];
  if (topic === undefined || topic === '') return refused('MissingTopic');
  if (!TOPIC.test(topic)) return refusedHeader(topic, 'BadTopic');
  return topics.includes(topic) ? undefined : refused('TopicDisallowed');
}

function checkDelivery(headers: Headers): ApnsRefusal | undefined {
  const expiration = headers['apns-expiration'];
  if (expiration !== undefined && !/^\d{1,15}$/.test(expiration)) {
    return refusedHeader(expiration, 'BadExpirationDate');
  }
  const priority = headers['apns-priority'];
  if (priority !== undefined && priorityOf(priority) === undefined) {
    return refusedHeader(priority, 'BadPriority');
  }
  const collapseId = headers['apns-collapse-id'];
  if (collapseId !== undefined && Buffer.byteLength(collapseId) > COLLAPSE_ID_LIMIT_BYTES) {
    return refused('BadCollapseId');
  }
  const type = headers['apns-push-type'];
  if (type !== undefined && !(APNS_PUSH_TYPES as readonly string[]).includes(type)) {
    return refusedHeader(type, 'InvalidPushType');
  }
  return undefined;
}

/** Apple documents no reason for a type with the topic of another; this one is closest. */
function topicFits(type: ApnsPushType, topic: string, topics: readonly string[]): boolean {
  const suffix = TOPIC_SUFFIXES[type];
  if (suffix !== undefined) return topic.endsWith(suffix);
  return type === 'mdm' || topic === topics[0];
}

/**
 * Checks headers and payload, in this order. `topics`: what the team may send to, the app's own
 * first. A background push at priority 10 is refused only when it was asked for by name: "specify
 * 5; 10 is an error".
 */
export function checkApnsPush(
  headers: Headers,
  body: Uint8Array,
  topics: readonly string[],
): ApnsPush | ApnsRefusal {
  const wrong = checkIdentity(headers, topics) ?? checkDelivery(headers);
  if (wrong !== undefined) return wrong;
  if (body.length === 0) return refused('PayloadEmpty');
  const stated = headers['apns-push-type'] as ApnsPushType | undefined;
  const limit = PUSH_LIMIT_BYTES[stated === 'voip' ? 'voip' : 'apns'];
  if (body.length > limit) return refused('PayloadTooLarge');
  const payload = payloadOf(body);
  if (payload === undefined || Object.keys(payload).length === 0) return refused('PayloadEmpty');
  const aps = apsOf(payload);
  const asks = asksOf(aps);
  // Without apns-push-type (old senders) it is what the payload asks for.
  const type = stated ?? (asks === 'silent' ? 'background' : 'alert');
  const topic = headers['apns-topic'] ?? '';
  if (stated !== undefined && !topicFits(stated, topic, topics)) return refused('TopicDisallowed');
  if (type === 'background' && headers['apns-priority'] === '10') return refused('BadPriority');
  const expiration = headers['apns-expiration'];
  return {
    kind: 'push',
    id: headers['apns-id']?.toLowerCase(),
    topic,
    type,
    priority: priorityOf(headers['apns-priority']) ?? 10,
    expiration: expiration === undefined ? undefined : Number(expiration),
    collapseId: headers['apns-collapse-id'],
    payload,
    asks,
    mutable: aps['mutable-content'] === 1 && type === 'alert',
  };
}
