/**
 * The body of `messages:send` (Firebase Cloud Messaging HTTP v1, REST resource
 * `projects.messages`). Names are taken in snake_case and in camelCase, as proto3 JSON has it.
 */

const PAYLOAD_LIMIT_BYTES = 4_096;
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

export interface FcmPush {
  readonly kind: 'push';
  /** Undefined when it goes to a topic or a condition. */
  readonly token: string | undefined;
  readonly notification: Fields | undefined;
  readonly data: Readonly<Record<string, string>> | undefined;
  /** HIGH wakes the phone. Notifications are high by default, data is normal. */
  readonly priority: 'high' | 'normal';
  /** Seconds that it may wait for a phone; default four weeks. */
  readonly ttlSeconds: number;
  readonly collapseKey: string | undefined;
  readonly validateOnly: boolean;
}

export interface FcmRefusal {
  readonly kind: 'refused';
  /** Where in the body: `message.data`. */
  readonly field: string;
  readonly description: string;
}

/** Thrown only inside this module and turned into a refusal by `parseFcmRequest`. */
class FieldError extends Error {
  readonly field: string;
  constructor(field: string, description: string) {
    super(description);
    this.field = field;
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
  const size =
    Buffer.byteLength(JSON.stringify([notification ?? {}, data ?? {}])) - '[{},{}]'.length;
  if (size > PAYLOAD_LIMIT_BYTES) throw new FieldError('message', 'Message is too big');
  return {
    kind: 'push',
    token: textAt(message['token'], 'message.token'),
    notification,
    data,
    priority: priorityOf(android['priority'], notification !== undefined),
    ttlSeconds: ttlSeconds(android['ttl']),
    collapseKey: textAt(android['collapse_key'], 'message.android.collapse_key'),
    validateOnly,
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
    return { kind: 'refused', field: error.field, description: error.message };
  }
}
