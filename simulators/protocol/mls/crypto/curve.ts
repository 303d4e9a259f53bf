/** What a cipher suite needs of its curves. All calls are synchronous. */

/** Diffie-Hellman for DHKEM (RFC 9180 §4.1); keys are the serialised forms of §7.1.1. */
export interface DhCurve {
  readonly kemId: number;
  /** Nsk and Npk of RFC 9180 §7.1. */
  readonly secretBytes: number;
  readonly publicBytes: number;
  /** DeriveKeyPair (RFC 9180 §7.1.3): what is left of a candidate under the curve's bitmask. */
  candidate(octets: Uint8Array): Uint8Array;
  /** DeriveKeyPair after the label work: is this candidate a valid key? */
  acceptSecret(candidate: Uint8Array): boolean;
  /** How many candidates DeriveKeyPair may try; 1 means the label is "sk" (X25519). */
  readonly candidates: number;
  publicOf(secretKey: Uint8Array): Uint8Array;
  /** Throws when these octets are no public key of the curve. */
  checkPublic(publicKey: Uint8Array): void;
  /** Throws when the public key is not a valid point. */
  agree(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
}

export interface SignatureCurve {
  /** A key pair from the injected randomness, the public key as RFC 9420 §5.1.1 encodes it. */
  generate(): { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array };
  sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array;
  /** False for a wrong signature and for a public key that is none. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** `length` fresh octets; seeded in the simulator, the operating system's elsewhere. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * How P-256 signatures get their nonce: `deterministic` (RFC 6979, arithmetic not constant-time,
 * for the simulator's seeded keys) or `random` (OpenSSL, for keys that matter).
 */
export type SigningMode = 'deterministic' | 'random';
