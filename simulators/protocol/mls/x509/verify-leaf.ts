import { sameBytes } from '../crypto/bytes.ts';
import { createP256Signature } from '../crypto/p256.ts';
import { createSha256 } from '../crypto/sha256.ts';
import { DerError } from './der.ts';
import { decodeLeafCertificate, identityProofInput, possessionInput } from './leaf-certificate.ts';
import type { CertificateSigner, LeafCertificate } from './leaf-certificate.ts';

/** RCC.16: a leaf lives at most 76 days, and whoever is added has at least 30 of them left. */
export const LEAF_LIFETIME_SECONDS = 76 * 86_400;
export const LEAF_MINIMUM_LEFT_SECONDS = 30 * 86_400;

/** Whom a client believes: P-256 points in hex, by the name that stands in certificates. */
export interface TrustAnchors {
  /** Key distribution services that issue leaf certificates, by issuer name. */
  readonly services: Readonly<Record<string, string>>;
  /** Configuration servers that attest participants. */
  readonly configurationServers: readonly string[];
}

export type LeafRefusal =
  | 'unreadable' // not a certificate of this profile
  | 'unknown-issuer'
  | 'bad-signature' // of the issuer, or of the participant over this leaf
  | 'unattested' // no configuration server vouches for this participant
  | 'expired-credential' // outside its lifetime, over 76 days, or with too little of it left
  | 'other-key'; // the MLS leaf is signed by another key

export type LeafVerdict =
  | { readonly kind: 'trusted'; readonly certificate: LeafCertificate }
  | { readonly kind: 'refused'; readonly reason: LeafRefusal; readonly detail: string };

export interface LeafCheck {
  /** Unix seconds. */
  readonly nowSeconds: number;
  /** What has to be left of its life: 30 days when a device is added, 0 for a member. */
  readonly minimumLeftSeconds: number;
  /** The MLS leaf's signature key. */
  readonly signaturePublicKey: Uint8Array;
}

function refused(reason: LeafRefusal, detail: string): LeafVerdict {
  return { kind: 'refused', reason, detail };
}

function verifier(): CertificateSigner {
  const none = (): Uint8Array => {
    throw new TypeError('a verifier makes no keys');
  };
  return createP256Signature(none, createSha256(), 'random');
}

/** Checks leaf certificates against trust anchors; keeps no certificate. */
export function createLeafVerifier(
  anchors: TrustAnchors,
): (octets: Uint8Array, check: LeafCheck) => LeafVerdict {
  const curve = verifier();
  const point = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
  const servers = anchors.configurationServers.map(point);

  const attested = (leaf: LeafCertificate, nowSeconds: number): string | undefined => {
    const { proof } = leaf;
    if (proof.msisdn !== leaf.msisdn || proof.deviceId !== leaf.deviceId) {
      return 'the identity proof is of another device';
    }
    if (!sameBytes(proof.participantKey, leaf.participantKey)) {
      return 'the identity proof is of another participant key';
    }
    if (proof.notAfterSeconds < nowSeconds) return 'the identity proof has expired';
    const input = identityProofInput(proof);
    if (servers.some((key) => curve.verify(key, input, proof.signature))) return undefined;
    return 'no configuration server has signed the identity proof';
  };

  return (octets, check) => {
    let leaf: LeafCertificate;
    try {
      leaf = decodeLeafCertificate(octets);
    } catch (error) {
      if (error instanceof DerError) return refused('unreadable', error.message);
      throw error;
    }
    const issuer = anchors.services[leaf.issuer];
    if (issuer === undefined) return refused('unknown-issuer', `issued by “${leaf.issuer}”`);
    if (!curve.verify(point(issuer), leaf.signed, leaf.signature)) {
      return refused('bad-signature', `${leaf.issuer} has not signed this`);
    }
    if (!sameBytes(leaf.publicKey, check.signaturePublicKey)) {
      return refused('other-key', 'the certificate is of another signature key');
    }
    const { msisdn, deviceId, publicKey, notBeforeSeconds, notAfterSeconds } = leaf;
    const proven = possessionInput(msisdn, deviceId, publicKey, notAfterSeconds);
    if (!curve.verify(leaf.participantKey, proven, leaf.possession)) {
      return refused('bad-signature', 'the participant has not signed this leaf');
    }
    const { nowSeconds, minimumLeftSeconds } = check;
    if (notAfterSeconds - notBeforeSeconds > LEAF_LIFETIME_SECONDS) {
      return refused('expired-credential', 'it lives longer than 76 days');
    }
    if (nowSeconds < notBeforeSeconds || nowSeconds + minimumLeftSeconds > notAfterSeconds) {
      const days = Math.floor((notAfterSeconds - nowSeconds) / 86_400);
      return refused('expired-credential', `${days} days of it are left`);
    }
    const doubt = attested(leaf, nowSeconds);
    return doubt === undefined
      ? { kind: 'trusted', certificate: leaf }
      : refused('unattested', doubt);
  };
}
