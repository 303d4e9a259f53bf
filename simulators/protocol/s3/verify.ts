/** What an object store makes of a request's signature. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  ALGORITHM,
  LONGEST_URL_SECONDS,
  readAmzDate,
  scopeOf,
  signatureOf,
  signedSpan,
  UNSIGNED_PAYLOAD,
} from './signature.ts';
import type { SignedParts, StoreCredentials } from './signature.ts';

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Error codes of the S3 API, "List of error codes". */
export type SignatureProblem =
  | 'AccessDenied'
  | 'AuthorizationQueryParametersError'
  | 'AuthorizationHeaderMalformed'
  | 'InvalidAccessKeyId'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch'
  | 'XAmzContentSHA256Mismatch';

export type SignatureVerdict =
  | { readonly kind: 'signed'; readonly by: string; readonly fromMillis: number }
  /** Neither a header nor a query says who asks. */
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused'; readonly problem: SignatureProblem };

/** How far a client's clock may be off. */
const SKEW_MILLIS = 15 * 60_000;
const CREDENTIAL = /^([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request)$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

const refused = (problem: SignatureProblem): SignatureVerdict => ({ kind: 'refused', problem });

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Whose signature it is, if it is one, and if it holds at that time. */
export function verifySignature(
  request: SignedRequest,
  keys: (accessKeyId: string) => StoreCredentials | undefined,
  nowMillis: number,
): SignatureVerdict {
  const query = new URLSearchParams(request.query);
  if (request.headers['authorization'] !== undefined) return byHeader(request, keys, nowMillis);
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) {
    return byQuery(request, query, keys, nowMillis);
  }
  return { kind: 'anonymous' };
}

interface Told {
  readonly credential: string;
  readonly date: string;
  readonly names: string;
  readonly signature: string;
}

function check(
  request: SignedRequest,
  told: Told,
  rest: Pick<SignedParts, 'query' | 'payload'>,
  keys: (accessKeyId: string) => StoreCredentials | undefined,
): { readonly by: string } | SignatureProblem {
  const [, accessKeyId = '', scope] = CREDENTIAL.exec(told.credential) ?? [];
  const known = keys(accessKeyId);
  if (known === undefined) return 'InvalidAccessKeyId';
  if (scope !== scopeOf(told.date, known.region)) return 'AuthorizationHeaderMalformed';
  const names = told.names.split(';');
  if (!names.includes('host')) return 'SignatureDoesNotMatch';
  const headers = Object.fromEntries(names.map((name) => [name, request.headers[name] ?? '']));
  const { method, path } = request;
  const expected = signatureOf({ method, path, headers, ...rest }, told.date, known);
  return same(expected, told.signature) ? { by: accessKeyId } : 'SignatureDoesNotMatch';
}

function byHeader(
  request: SignedRequest,
  keys: (accessKeyId: string) => StoreCredentials | undefined,
  nowMillis: number,
): SignatureVerdict {
  const { headers, body } = request;
  const found = AUTHORIZATION.exec(headers['authorization'] ?? '');
  const date = headers['x-amz-date'] ?? '';
  const at = readAmzDate(date);
  if (found === null || at === undefined) return refused('AuthorizationHeaderMalformed');
  if (Math.abs(nowMillis - at) > SKEW_MILLIS) return refused('RequestTimeTooSkewed');
  const payload = headers['x-amz-content-sha256'] ?? UNSIGNED_PAYLOAD;
  const [, credential = '', names = '', signature = ''] = found;
  const query = [...new URLSearchParams(request.query)];
  const result = check(request, { credential, date, names, signature }, { query, payload }, keys);
  if (typeof result === 'string') return refused(result);
  const actual = createHash('sha256').update(body).digest('hex');
  if (payload !== UNSIGNED_PAYLOAD && payload !== actual) {
    return refused('XAmzContentSHA256Mismatch');
  }
  return { kind: 'signed', by: result.by, fromMillis: at };
}

function byQuery(
  request: SignedRequest,
  query: URLSearchParams,
  keys: (accessKeyId: string) => StoreCredentials | undefined,
  nowMillis: number,
): SignatureVerdict {
  const span = signedSpan(query);
  const { lifeSeconds = 0, fromMillis = 0 } = span ?? {};
  const fits = lifeSeconds > 0 && lifeSeconds <= LONGEST_URL_SECONDS;
  if (span === undefined || !fits || query.get('X-Amz-Algorithm') !== ALGORITHM) {
    return refused('AuthorizationQueryParametersError');
  }
  const told: Told = {
    credential: query.get('X-Amz-Credential') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    names: query.get('X-Amz-SignedHeaders') ?? '',
    signature: query.get('X-Amz-Signature') ?? '',
  };
  const rest = [...query].filter(([name]) => name !== 'X-Amz-Signature');
  const result = check(request, told, { query: rest, payload: UNSIGNED_PAYLOAD }, keys);
  if (typeof result === 'string') return refused(result);
  if (fromMillis > nowMillis + SKEW_MILLIS) return refused('AccessDenied');
  if (nowMillis >= fromMillis + lifeSeconds * 1_000) return { kind: 'expired' };
  return { kind: 'signed', by: result.by, fromMillis };
}
