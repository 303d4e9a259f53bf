/**
 * Signature Version 4 as object stores speak it: requests signed in the Authorization header, and
 * URLs that carry their signature and their end (Amazon S3 API reference, "Authenticating Requests
 * (AWS Signature Version 4)": canonical request, string to sign, signing key, query parameters).
 */
import { createHash, createHmac } from 'node:crypto';

export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Longest that a signed URL can work, seconds: seven days. */
export const LONGEST_URL_SECONDS = 604_800;
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Everything but unreserved characters, as RFC 3986 has them. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20260101T000000Z` */
function amzDate(epochMillis: number): string {
  return new Date(epochMillis).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** Undefined when it is not such a date. */
export function readAmzDate(text: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second] = found.map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second);
}

/** What is signed of a request. */
export interface SignedParts {
  readonly method: string;
  /** As it stands on the wire. */
  readonly path: string;
  /** Decoded names and values, without the signature itself. */
  readonly query: readonly (readonly [string, string])[];
  /** Lower-case names; just those that are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** sha256 hex of the body, or UNSIGNED-PAYLOAD. */
  readonly payload: string;
}

/** Lower-case hex. `date` is the X-Amz-Date. */
export function signatureOf(parts: SignedParts, date: string, of: StoreCredentials): string {
  const query = parts.query
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const names = Object.keys(parts.headers).toSorted();
  const headers = names.map((name) => `${name}:${parts.headers[name]?.trim() ?? ''}\n`).join('');
  const canonical = [parts.method, parts.path, query, headers, names.join(';'), parts.payload];
  const toSign = [ALGORITHM, date, scopeOf(date, of.region), sha256Hex(canonical.join('\n'))];
  const day = hmac(`AWS4${of.secretAccessKey}`, date.slice(0, 8));
  const key = hmac(hmac(hmac(day, of.region), 's3'), 'aws4_request');
  return hmac(key, toSign.join('\n')).toString('hex');
}

/** `20260101/eu-central-1/s3/aws4_request` */
export function scopeOf(date: string, region: string): string {
  return `${date.slice(0, 8)}/${region}/s3/aws4_request`;
}

export interface ObjectRequest {
  readonly method: string;
  /** With scheme and host, without a query. */
  readonly url: string;
  readonly epochMillis: number;
}

/** The headers of a request, with those that authenticate it. `headers`: lower-case names. */
export function signedHeaders(
  request: ObjectRequest & {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  },
  credentials: StoreCredentials,
): Record<string, string> {
  const { host, pathname } = new URL(request.url);
  const date = amzDate(request.epochMillis);
  const payload = sha256Hex(request.body);
  const headers = { ...request.headers, 'x-amz-content-sha256': payload, 'x-amz-date': date };
  const signed = { ...headers, host };
  const { method } = request;
  const parts = { method, path: pathname, query: [], headers: signed, payload };
  const names = Object.keys(signed).toSorted().join(';');
  const credential = `${credentials.accessKeyId}/${scopeOf(date, credentials.region)}`;
  const signature = signatureOf(parts, date, credentials);
  const told = `Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization: `${ALGORITHM} ${told}` };
}

/** A URL that anybody may use for so long. Throws RangeError beyond seven days. */
export function signedUrl(
  { method, url, epochMillis }: ObjectRequest,
  lifeSeconds: number,
  credentials: StoreCredentials,
): string {
  if (lifeSeconds < 1 || lifeSeconds > LONGEST_URL_SECONDS) {
    throw new RangeError(`a signed URL lives 1 to ${LONGEST_URL_SECONDS} seconds`);
  }
  const { host, pathname } = new URL(url);
  const date = amzDate(epochMillis);
  const query: [string, string][] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scopeOf(date, credentials.region)}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(Math.floor(lifeSeconds))],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const payload = UNSIGNED_PAYLOAD;
  const parts = { method, path: pathname, query, headers: { host }, payload };
  const signature = signatureOf(parts, date, credentials);
  const search = [...query, ['X-Amz-Signature', signature] as const]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return `${url}?${search}`;
}

/** When a signed URL was made and for how long; undefined when it carries no signature. */
export function signedSpan(
  query: URLSearchParams,
): { readonly fromMillis: number; readonly lifeSeconds: number } | undefined {
  const fromMillis = readAmzDate(query.get('X-Amz-Date') ?? '');
  const lifeSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (fromMillis === undefined || !Number.isInteger(lifeSeconds)) return undefined;
  if (query.get('X-Amz-Signature') === null) return undefined;
  return { fromMillis, lifeSeconds };
}
