import type { Credential } from 'ts-mls';
import type { RatchetTree } from 'ts-mls';
import { hexOf, sameBytes, utf8 } from './crypto/bytes.ts';
import { digest } from './crypto/sha256.ts';
import type { MemberIdentity } from './types.ts';
import { identityOfCertificate } from './x509/leaf-certificate.ts';

/** A Basic credential (RFC 9420 §5.3) whose identity is UTF-8 text. */
export function basicCredential(identity: string): Credential {
  return { credentialType: 'basic', identity: utf8(identity) };
}

/** An X.509 credential (RFC 9420 §5.3); the leaf's certificate comes first. */
export function x509Credential(certificates: readonly Uint8Array[]): Credential {
  return { credentialType: 'x509', certificates: [...certificates] };
}

/** The certificates of an X.509 credential, none of any other. */
export function certificatesOf(credential: Credential): readonly Uint8Array[] {
  return credential.credentialType === 'x509' ? credential.certificates : [];
}

/**
 * The text of a Basic credential, `hex:…` when not UTF-8; of an RCS client's certificate
 * `tel:+E164/device`, of another chain `x509:…` (SHA-256).
 */
export function identityOf(credential: Credential): string {
  if (credential.credentialType === 'x509') {
    const certificate = credential.certificates[0] ?? new Uint8Array(0);
    return identityOfCertificate(certificate) ?? `x509:${hexOf(digest(certificate))}`;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(credential.identity);
  } catch {
    // A foreign identity need not be text; its octets still name it.
    return `hex:${hexOf(credential.identity)}`;
  }
}

/** `identityOf` that reads a certificate once: credentials are never changed, only replaced. */
export function createIdentify(): (credential: Credential) => string {
  const known = new WeakMap<Credential, string>();
  return (credential) => {
    const before = known.get(credential);
    if (before !== undefined) return before;
    const identity = identityOf(credential);
    known.set(credential, identity);
    return identity;
  };
}

interface Leaf extends MemberIdentity {
  readonly signaturePublicKey: Uint8Array;
}

function leavesOf(tree: RatchetTree, identify = identityOf): readonly Leaf[] {
  const leaves: Leaf[] = [];
  for (let node = 0; node < tree.length; node += 2) {
    const entry = tree[node];
    if (entry?.nodeType !== 'leaf') continue;
    const { credential, signaturePublicKey } = entry.leaf;
    leaves.push({ identity: identify(credential), leafIndex: node / 2, signaturePublicKey });
  }
  return leaves;
}

const withoutKey = (leaf: Leaf): MemberIdentity => ({
  identity: leaf.identity,
  leafIndex: leaf.leafIndex,
});

/** Signature keys by identity. */
export function leafKeysOf(
  tree: RatchetTree,
  identify = identityOf,
): ReadonlyMap<string, Uint8Array> {
  return new Map(
    leavesOf(tree, identify).map(({ identity, signaturePublicKey }) => [
      identity,
      Uint8Array.from(signaturePublicKey),
    ]),
  );
}

export function membersOf(tree: RatchetTree, identify = identityOf): readonly MemberIdentity[] {
  return leavesOf(tree, identify).map(withoutKey);
}

/** Undefined for a blank leaf or an index outside the tree. */
export function memberAt(
  tree: RatchetTree,
  leafIndex: number,
  identify = identityOf,
): MemberIdentity | undefined {
  const entry = tree[leafIndex * 2];
  if (entry?.nodeType !== 'leaf') return undefined;
  return { identity: identify(entry.leaf.credential), leafIndex };
}

/** Who came and who went; a leaf taken over by another signature key counts as both. */
export function memberChanges(
  before: RatchetTree,
  after: RatchetTree,
): { readonly added: readonly MemberIdentity[]; readonly removed: readonly MemberIdentity[] } {
  const old = leavesOf(before);
  const now = leavesOf(after);
  const isIn = (leaf: Leaf, leaves: readonly Leaf[]): boolean =>
    leaves.some(
      (other) =>
        other.leafIndex === leaf.leafIndex &&
        sameBytes(other.signaturePublicKey, leaf.signaturePublicKey),
    );
  return {
    added: now.filter((leaf) => !isIn(leaf, old)).map(withoutKey),
    removed: old.filter((leaf) => !isIn(leaf, now)).map(withoutKey),
  };
}
