/** The bodies that the gateway of secure sessions reads. */
import { readFields, readJsonBody } from '../json/fields.ts';
import type { FieldProblem } from '../json/fields.ts';
import { readP256Jwk } from '../jose/p256-key.ts';
import type { P256Jwk } from '../jose/p256-key.ts';

export interface SessionRequest {
  /** How long the session is to live, s. */
  readonly lifetimeSeconds: number;
  /** To which what the person writes is sealed. */
  readonly replyKey: P256Jwk | undefined;
}

export interface PayloadRequest {
  /** Compact, as it came. */
  readonly jwe: string;
  /** After so long an undelivered message is given up, s. */
  readonly ttlSeconds: number | undefined;
}

const LONGEST_SESSION_SECONDS = 300;
const SHORTEST_SESSION_SECONDS = 10;
const LONGEST_TTL_SECONDS = 15 * 24 * 3_600;
const LONGEST_JWE = 256 * 1_024;

export type Read<T> = { readonly value: T } | { readonly problems: readonly FieldProblem[] };

/** An empty body asks for what is usual. */
export function readSessionRequest(body: Uint8Array): Read<SessionRequest> {
  if (body.length === 0) {
    return { value: { lifetimeSeconds: LONGEST_SESSION_SECONDS, replyKey: undefined } };
  }
  const problems: FieldProblem[] = [];
  const fields = readFields(readJsonBody(body, problems), problems);
  const limits = { min: SHORTEST_SESSION_SECONDS, max: LONGEST_SESSION_SECONDS };
  const lifetimeSeconds = fields?.integer('lifetimeSeconds', limits) ?? LONGEST_SESSION_SECONDS;
  const given = fields?.any('replyKey');
  const replyKey = readP256Jwk(given);
  if (given !== undefined && replyKey === undefined) {
    fields?.refuse('replyKey', 'must be a public key of P-256 as JWK');
  }
  fields?.close();
  return problems.length > 0 ? { problems } : { value: { lifetimeSeconds, replyKey } };
}

export function readPayloadRequest(body: Uint8Array): Read<PayloadRequest> {
  const problems: FieldProblem[] = [];
  const fields = readFields(readJsonBody(body, problems), problems);
  const jwe = fields?.string('jwe', { required: true, max: LONGEST_JWE });
  const ttlSeconds = fields?.integer('ttlSeconds', { min: 1, max: LONGEST_TTL_SECONDS });
  fields?.close();
  if (jwe === undefined || problems.length > 0) return { problems };
  return { value: { jwe, ttlSeconds } };
}
