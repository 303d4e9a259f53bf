/**
 * The body of `messages:send` (Firebase Cloud Messaging HTTP v1, REST resource
 * `projects.messages`). Names are taken in snake_case and in camelCase, as proto3 JSON has it.
 */
import { PUSH_LIMIT_BYTES } from '../../kernel/push-facts.ts';
import type { TopicCondition } from './condition.ts';
import { isTopicName, parseCondition } from './condition.ts';

/** "2048 bytes in the case of messages to topics" (ErrorCode, INVALID_ARGUMENT). */
const TOPIC_LIMIT_BYTES = 2_048;
const LONGEST_TTL_SECONDS = 2_419_200;

const MESSAGE_FIELDS: readonly string[] = [
  'name',
  'data',
  'notification',
  'android',
  'webpush',
  'apns',
  'fcm_options',
  'token',
  'topic',
  'condition',
  'fid',
];

const ANDROID_FIELDS: readonly string[] = [
  'collapse_key',
  'priority',
  'ttl',
  'restricted_package_name',
  'data',
  'notification',
  'fcm_options',
  'direct_boot_ok',
  'bandwidth_constrained_ok',
  'restricted_satellite_ok',
];

type Fields = Readonly<Record<string, unknown>>;

/** Who a message is for. */
export type FcmAudience =
  | { readonly kind: 'token'; readonly token: string }
  /** A Firebase installation id, as SDKs since 2025 may send it. */
  | { readonly kind: 'fid'; readonly fid: string }
  | { readonly kind: 'topics'; readonly includes: TopicCondition };

export interface FcmPush {
  readonly kind: 'push';
  readonly audience: FcmAudience;
  readonly notification: Fields | undefined;
  readonly data: Readonly<Record<string, string>> | undefined;
  /** HIGH wakes the phone. Notifications are high by default, data is normal. */
  readonly priority: 'high' | 'normal';
  /** Seconds that it may wait for a phone; default four weeks. */
  readonly ttlSeconds: number;
  readonly collapseKey: string | undefined;
  readonly validateOnly: boolean;
  /** Of notification and data, as FCM counts them. */
  readonly bytes: number;
}

export interface FcmRefusal {
  readonly kind: 'refused';
  /** Where in the body: `message.data`. */
  readonly field: string;
  readonly description: string;
  /** When the payload was too large: how large. */
  readonly bytes?: number;
}

/** Thrown only inside this module and turned into a refusal by `parseFcmRequest`. */
class FieldError extends Error {
  readonly field: string;
  readonly bytes: number | undefined;
  constructor(field: string, description: string, bytes?: number) {
    super(description);
    this.field = field;
    this.bytes = bytes;
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function objectAt(value: unknown, field: string, known?: readonly string[]): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new FieldError(field, `Invalid value at '${field}', an object is needed`);
  }
  if (known === undefined) return value as Fields;
  const fields: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) {
    const snake = snakeCase(name);
    if (!known.includes(snake)) {
      const text = `Invalid JSON payload received. Unknown name "${name}" at '${field}'`;
      throw new FieldError(field, `${text}: Cannot find field.`);
    }
    fields[snake] = content;
  }
  return fields;
}

function textAt(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new FieldError(
    field,
    `Invalid value at '${field}' (TYPE_STRING), ${JSON.stringify(value)}`,
  );
}

function dataAt(value: unknown, field: string): Readonly<Record<string, string>> | undefined {
  const data = objectAt(value, field);
  if (data === undefined) return undefined;
  for (const [key, content] of Object.entries(data)) {
    textAt(content, `${field}[${key}].value`);
    // Keys that FCM itself uses (REST reference, `data`).
    if (key === 'from' || key === 'message_type' || /^(?:google\.|gcm\.)/.test(key)) {
      throw new FieldError(field, `Invalid data payload key: ${key}`);
    }
  }
  return data as Readonly<Record<string, string>>;
}

function ttlSeconds(value: unknown): number {
  const text = textAt(value, 'message.android.ttl');
  if (text === undefined) return LONGEST_TTL_SECONDS;
  // google.protobuf.Duration in JSON: seconds with up to nine digits and an s.
  const match = /^(\d+(?:\.\d{1,9})?)s$/.exec(text);
  const seconds = match === null ? Number.NaN : Number(match[1]);
  if (seconds <= LONGEST_TTL_SECONDS) return seconds;
  const problem = `Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.`;
  throw new FieldError('message.android.ttl', `${problem}Duration), "${text}"`);
}

function priorityOf(value: unknown, visible: boolean): 'high' | 'normal' {
  const text = textAt(value, 'message.android.priority')?.toUpperCase();
  if (text === undefined) return visible ? 'high' : 'normal';
  if (text === 'HIGH' || text === 'NORMAL') return text === 'HIGH' ? 'high' : 'normal';
  const field = 'message.android.priority';
  throw new FieldError(field, `Invalid value at '${field}' (AndroidMessagePriority), "${text}"`);
}

function audienceOf(message: Fields): FcmAudience {
  const token = textAt(message['token'], 'message.token');
  if (token !== undefined) return { kind: 'token', token };
  const fid = textAt(message['fid'], 'message.fid');
  if (fid !== undefined) return { kind: 'fid', fid };
  const topic = textAt(message['topic'], 'message.topic')?.replace(/^\/topics\//, '');
  if (topic !== undefined) {
    if (!isTopicName(topic)) throw new FieldError('message.topic', 'Invalid topic name');
    return { kind: 'topics', includes: (topics) => topics.has(topic) };
  }
  const includes = parseCondition(textAt(message['condition'], 'message.condition') ?? '');
  if (includes === undefined) {
    throw new FieldError('message.condition', 'Invalid condition expression provided.');
  }
  return { kind: 'topics', includes };
}

function sizeOf(notification: Fields | undefined, data: Fields | undefined): number {
  const text = JSON.stringify([notification ?? {}, data ?? {}]);
  return Buffer.byteLength(text) - '[{},{}]'.length;
}

function parseMessage(message: Fields, validateOnly: boolean): FcmPush {
  const targets = ['token', 'topic', 'condition', 'fid'].filter((name) => name in message);
  if (targets.length !== 1) {
    const text = 'Exactly one of token, topic or condition is required';
    throw new FieldError(
      'message',
      targets.length === 0 ? `Recipient of the message is not set. ${text}.` : text,
    );
  }
  const android = objectAt(message['android'], 'message.android', ANDROID_FIELDS) ?? {};
  const notification =
    objectAt(message['notification'], 'message.notification') ??
    objectAt(android['notification'], 'message.android.notification');
  const data =
    dataAt(android['data'], 'message.android.data') ?? dataAt(message['data'], 'message.data');
  const audience = audienceOf(message);
  const bytes = sizeOf(notification, data);
  const limit = audience.kind === 'topics' ? TOPIC_LIMIT_BYTES : PUSH_LIMIT_BYTES.fcm;
  if (bytes > limit) throw new FieldError('message', 'Message is too big', bytes);
  return {
    kind: 'push',
    audience,
    notification,
    data,
    priority: priorityOf(android['priority'], notification !== undefined),
    ttlSeconds: ttlSeconds(android['ttl']),
    collapseKey: textAt(android['collapse_key'], 'message.android.collapse_key'),
    validateOnly,
    bytes,
  };
}

/** Reads and checks a request body. */
export function parseFcmRequest(body: Uint8Array): FcmPush | FcmRefusal {
  let json: unknown;
  try {
    // A view: Buffer.from(body) would copy.
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
  } catch {
    // SyntaxError: Google answers with this sentence and the place, which differs by parser.
    return {
      kind: 'refused',
      field: '',
      description: 'Invalid JSON payload received. Unexpected token.',
    };
  }
  try {
    const request = objectAt(json, '', ['message', 'validate_only']) ?? {};
    const message = objectAt(request['message'], 'message', MESSAGE_FIELDS);
    if (message === undefined) throw new FieldError('message', 'Message is not set.');
    return parseMessage(message, request['validate_only'] === true);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const { field, message: description, bytes } = error;
    return { kind: 'refused', field, description, ...(bytes === undefined ? {} : { bytes }) };
  }
}
