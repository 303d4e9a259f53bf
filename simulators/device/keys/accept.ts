import type { AcceptCredential } from '../../protocol/mls/types.ts';
import type { createLeafVerifier } from '../../protocol/mls/x509/verify-leaf.ts';

/** Leaves found in order lately; every member of a group is looked at again with each Welcome. */
const REMEMBERED = 4_096;

/**
 * The authentication service of phones (RFC 9420 §5.3.1): a leaf with a certificate has to hold and
 * to be attested; a Basic one is the gateway extension's, which names devices itself.
 */
export function acceptCertified(
  verifyLeaf: ReturnType<typeof createLeafVerifier>,
  nowSeconds: () => number,
): AcceptCredential {
  /** Certificate and key → until when, in Unix seconds. */
  const held = new Map<string, number>();
  return (_identity, signaturePublicKey, [certificate]) => {
    if (certificate === undefined) return true;
    const parts = [certificate, signaturePublicKey];
    const key = parts.map((octets) => Buffer.from(octets).toString('base64')).join(' ');
    const now = nowSeconds();
    if ((held.get(key) ?? 0) > now) return true;
    const check = { nowSeconds: now, minimumLeftSeconds: 0, signaturePublicKey };
    const verdict = verifyLeaf(certificate, check);
    if (verdict.kind === 'refused') return false;
    held.set(key, verdict.certificate.notAfterSeconds);
    for (const oldest of held.keys()) {
      if (held.size <= REMEMBERED) break;
      held.delete(oldest);
    }
    return true;
  };
}
