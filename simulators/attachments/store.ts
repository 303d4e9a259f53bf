/**
 * An object store with the S3 API's signatures, and the network that delivers from it, as one door:
 * PUT with a signed request, GET and HEAD with a signed URL or, where the uploader made an object
 * public, by anybody. Errors are the S3 API's ("Error responses").
 */
import type { Ambient } from '../kernel/ambient.ts';
import { sleep } from '../kernel/clock.ts';
import type { DoorOutcome } from '../kernel/events.ts';
import type { Target } from '../kernel/target.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import { atPace } from '../network/pace.ts';
import { createEnvelopes } from '../network/envelope.ts';
import type { SteppedTap } from '../network/tap.ts';
import type { Exchange, HttpDoor, WireRequest, WireResponse } from '../network/wire.ts';
import { digestOf } from '../protocol/attachment/descriptor.ts';
import type { StoreCredentials } from '../protocol/s3/signature.ts';
import { verifySignature } from '../protocol/s3/verify.ts';
import { createStoreFaults } from './store-faults.ts';

export const STORE_PATH = 'attachments/store';

export interface StoreOptions {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  /** Observer `attachment-store`. */
  readonly tap: SteppedTap;
}

export interface AttachmentStore {
  readonly door: HttpDoor;
  readonly target: Target;
  readonly bucket: string;
  /** The implementation's. */
  readonly credentials: StoreCredentials;
  /** Credentials of its own for a phone; the same each time. */
  credentialsOf(device: string): StoreCredentials;
}

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly open: boolean;
  readonly thumbnail: boolean;
  readonly message: string | undefined;
}

/** A file that a phone may send; more is EntityTooLarge. RCS: 100 MB and more; here less. */
const LARGEST_BYTES = 16 * 1_024 * 1_024;
/** What the store keeps altogether; the oldest go first. */
const MOST_BYTES = 256 * 1_024 * 1_024;
const REGION = 'eu-central-1';
const BUCKET = 'attachments';

const MEANT: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  EntityTooLarge: 400,
  InvalidAccessKeyId: 403,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  ServiceUnavailable: 503,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
};

interface Answer {
  readonly response: WireResponse;
  readonly outcome: DoorOutcome;
  readonly word: string;
}

function refuse(code: string, message = code, status = MEANT[code] ?? 400): Answer {
  const xml = '<?xml version="1.0" encoding="UTF-8"?>';
  const body = `${xml}\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const headers = { 'content-type': 'application/xml' };
  const outcome = status >= 500 ? 'failed' : status === 403 ? 'unauthorized' : 'rejected';
  return { response: { status, headers, body }, outcome, word: `${status} ${code}` };
}

function isUpload({ method }: WireRequest): boolean {
  return method === 'PUT' || method === 'DELETE';
}

export function createAttachmentStore({ ambient, conditions, tap }: StoreOptions): AttachmentStore {
  const { clock, history, random } = ambient;
  const faults = createStoreFaults(conditions, () => clock.epochMillis());
  const objects = new Map<string, StoredObject>();
  let kept = 0;
  const secrets = random.fork(STORE_PATH);

  const makeKey = (label: string): StoreCredentials => {
    const own = secrets.fork(label);
    const accessKeyId = `AK${Buffer.from(own.bytes(9)).toString('hex').toUpperCase()}`;
    const secretAccessKey = Buffer.from(own.bytes(30)).toString('base64');
    return { accessKeyId, secretAccessKey, region: REGION };
  };
  const credentials = makeKey('implementation');
  const envelopes = createEnvelopes(tap);
  const keys = new Map<string, StoreCredentials>([[credentials.accessKeyId, credentials]]);
  const devices = new Map<string, string>();
  const ofDevices = new Map<string, StoreCredentials>();

  const forget = (name: string): void => {
    kept -= objects.get(name)?.bytes.length ?? 0;
    objects.delete(name);
  };

  const put = (request: WireRequest, name: string, cause: number, by: string): Answer => {
    const { headers, body } = request;
    if (request.method === 'DELETE') {
      forget(name);
      return { response: { status: 204, headers: {}, body: '' }, outcome: 'accepted', word: '204' };
    }
    if (body.length > LARGEST_BYTES) return refuse('EntityTooLarge');
    const message = tap.scan(body, { cause })[0]?.message;
    const around = envelopes.look(request, false);
    if (around !== undefined) tap.record(around, cause, undefined, undefined);
    const open = headers['x-amz-acl']?.startsWith('public-read') === true;
    const device = devices.get(by);
    forget(name);
    objects.set(name, {
      bytes: body,
      type: headers['content-type'] ?? 'application/octet-stream',
      open,
      thumbnail: headers['x-amz-meta-part'] === 'thumbnail',
      message: message ?? headers['x-amz-meta-message'],
    });
    kept += body.length;
    for (const oldest of objects.keys()) {
      if (kept <= MOST_BYTES) break;
      forget(oldest);
    }
    const sha256 = digestOf(body);
    history.append({
      kind: 'attachment.stored',
      cause,
      component: STORE_PATH,
      object: name,
      bytes: body.length,
      sha256,
      open,
      ...(device !== undefined && { device }),
    });
    const told = { etag: `"${sha256.slice(0, 32)}"` };
    return { response: { status: 200, headers: told, body: '' }, outcome: 'accepted', word: '200' };
  };

  const get = (request: WireRequest, name: string): Answer => {
    const found = objects.get(name);
    const verdict = verifySignature(request, (id) => keys.get(id), clock.epochMillis());
    if (found?.open !== true) {
      if (verdict.kind === 'anonymous') return refuse('AccessDenied', 'Access Denied');
      if (verdict.kind === 'expired') return refuse('AccessDenied', 'Request has expired');
      if (verdict.kind === 'refused') return refuse(verdict.problem);
      if (faults.hasExpired(verdict.fromMillis, found?.message)) {
        return refuse('AccessDenied', 'Request has expired');
      }
    }
    const { thumbnail = false, message } = found ?? {};
    const bytes = found && faults.serve({ object: name, thumbnail, message, bytes: found.bytes });
    if (found === undefined || bytes === undefined) return refuse('NoSuchKey');
    const isHead = request.method === 'HEAD';
    const headers = {
      'content-type': found.type,
      ...(isHead && { 'content-length': String(bytes.length) }),
    };
    const body = isHead ? '' : bytes;
    return { response: { status: 200, headers, body }, outcome: 'accepted', word: '200' };
  };

  const answer = (request: WireRequest, cause: number): Answer => {
    const name = decodeURIComponent(request.path.slice(1));
    if (!name.startsWith(`${BUCKET}/`)) return refuse('NoSuchBucket');
    if (request.method === 'GET' || request.method === 'HEAD') return get(request, name);
    if (!isUpload(request)) return refuse('MethodNotAllowed');
    const verdict = verifySignature(request, (id) => keys.get(id), clock.epochMillis());
    if (verdict.kind === 'refused') return refuse(verdict.problem);
    if (verdict.kind !== 'signed') return refuse('AccessDenied', 'Access Denied');
    return put(request, name, cause, verdict.by);
  };

  /** What the implementation asks is in the history; what phones ask, they tell themselves. */
  const requested = (request: WireRequest): number =>
    history.append({
      kind: 'door.request',
      component: STORE_PATH,
      operation: 'event',
      what: `${request.method} object`,
    });

  const answered = (
    request: number,
    told: Pick<Answer, 'outcome' | 'word'>,
    handed: boolean,
    retryAfterMicros?: number,
  ): void => {
    history.append({
      kind: 'door.answered',
      cause: request,
      request,
      outcome: told.outcome,
      status: told.word,
      handedAt: handed ? clock.now() : null,
      ...(retryAfterMicros !== undefined && { retryAfterMicros }),
    });
  };

  const conclude = (request: WireRequest, cause: number, treatment: Treatment): Exchange => {
    const logged = cause !== 0;
    const give = (made: Answer, retryAfterMicros?: number): Exchange => {
      if (logged) answered(cause, made, true, retryAfterMicros);
      return { kind: 'answer', response: made.response };
    };
    switch (treatment.kind) {
      case 'serve':
      case 'answer-then-lose':
        return give(answer(request, cause));
      case 'error':
        return give(refuse('ServiceUnavailable', 'Reduce your request rate', treatment.status));
      case 'throttle': {
        const made = refuse('SlowDown', 'Please reduce your request rate.');
        const seconds = Math.ceil(treatment.retryAfterMicros / 1_000_000);
        const headers = { ...made.response.headers, 'retry-after': String(seconds) };
        const response = { ...made.response, headers };
        return give({ ...made, outcome: 'throttled', response }, treatment.retryAfterMicros);
      }
      case 'silence':
        if (logged) answered(cause, { outcome: 'silence', word: 'no answer' }, false);
        return { kind: 'silence' };
      case 'reset':
        if (logged) answered(cause, { outcome: 'reset', word: 'connection reset' }, true);
        return { kind: 'reset' };
      case 'serve-then-drop-answer': {
        const made = answer(request, cause);
        if (logged) answered(cause, { outcome: 'answer-lost', word: made.word }, false);
        return { kind: 'reset' };
      }
    }
  };

  return {
    bucket: BUCKET,
    credentials,
    credentialsOf: (device) => {
      const known = ofDevices.get(device);
      if (known !== undefined) return known;
      const made = makeKey(device);
      ofDevices.set(device, made);
      keys.set(made.accessKeyId, made);
      devices.set(made.accessKeyId, device);
      return made;
    },
    target: {
      path: STORE_PATH,
      kind: 'attachments',
      verbs: faults.verbs,
    },
    door: {
      accepts: () => conditions.accepts(),
      handle: (request) => {
        const cause = isUpload(request) ? requested(request) : 0;
        const name = request.path.slice(1);
        const found = objects.get(name);
        const bytes = Math.max(request.body.length, found?.bytes.length ?? 0);
        const treatment = conditions.meet(found?.message, undefined, undefined, bytes);
        const end = (): Exchange => atPace(conclude(request, cause, treatment), treatment);
        if (treatment.delayMicros === 0) return end();
        return sleep(clock, treatment.delayMicros).then(end);
      },
    },
  };
}
