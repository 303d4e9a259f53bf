/**
 * What the gateway of secure sessions tells the sender by callback: receipts of transactions, and
 * news of sessions and numbers. Signed as detached JWS (RFC 7515 Appendix F).
 */
import { hash } from 'node:crypto';
import { createDetachedSigner } from '../jose/detached-jws.ts';
import type { DetachedSigner } from '../jose/detached-jws.ts';
import type { P256Jwk } from '../jose/p256-key.ts';

export type TransactionState = 'accepted' | 'delivered' | 'read' | 'expired' | 'cancelled';

interface Common {
  readonly version: 1;
  readonly agentId: string;
  /** RFC 3339, UTC. */
  readonly time: string;
}

export interface Receipt extends Common {
  readonly type: 'receipt';
  readonly transactionId: string;
  /** The sender's own name for it: a receipt may come before the answer to the payload. */
  readonly idempotencyKey: string;
  readonly sessionId: string;
  readonly state: 'delivered' | 'read' | 'expired';
  /** The device that it is about; absent when it is about all of them. */
  readonly deviceId?: string;
}

export interface SessionNews extends Common {
  readonly type: 'session-ended';
  readonly sessionId: string;
  readonly phoneNumber: string;
  readonly reason: 'devices-changed';
  readonly deviceId: string;
}

/** A number that could not be encrypted to now can, or with a device more. */
export interface NumberNews extends Common {
  readonly type: 'number-changed';
  readonly phoneNumber: string;
  readonly encrypted: true;
}

/** What a person wrote: open as it came, or sealed to the sender's key (RFC 7516). */
export interface WrittenMessage extends Common {
  readonly type: 'message';
  readonly phoneNumber: string;
  readonly deviceId: string;
  readonly messageId: string;
  readonly content: { readonly text: string } | { readonly jwe: string };
}

export type SessionNotification = Receipt | SessionNews | NumberNews | WrittenMessage;

/** The header field that holds the signature. */
export const SIGNATURE_HEADER = 'x-jws-signature';
export const SIGNATURE_TYPE = 'secure-session+jws';

/** A key that signs receipts. */
export interface ReceiptKey {
  readonly kid: string;
  readonly publicJwk: P256Jwk;
  readonly sign: DetachedSigner;
}

export function receiptKey(kid: string, publicJwk: P256Jwk, secret: Uint8Array): ReceiptKey {
  return { kid, publicJwk, sign: createDetachedSigner(secret) };
}

/** A key set (RFC 7517 §5) as receivers fetch it. */
export function keySet(keys: Iterable<Pick<ReceiptKey, 'kid' | 'publicJwk'>>): string {
  const list = [...keys].map(({ kid, publicJwk }) => ({
    ...publicJwk,
    kid,
    use: 'sig',
    alg: 'ES256',
  }));
  return JSON.stringify({ keys: list });
}

/** A short name of octets that were seen, to know them again. */
export function digestOfPayload(text: string): string {
  return hash('sha256', text, 'base64url');
}
