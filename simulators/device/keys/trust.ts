import type { ClaimedKeyPackage } from '../../network/bearer.ts';
import { LEAF_MINIMUM_LEFT_SECONDS } from '../../protocol/mls/x509/verify-leaf.ts';
import type { Phone } from '../phone.ts';

/**
 * What a client makes sure of before it adds a device: the key package holds, it is of that very
 * device, the configuration server of a carrier vouches for it, and at least 30 days of its leaf
 * are left.
 */
export async function trustedPackage(
  phone: Phone,
  identity: string,
  { keyPackage }: ClaimedKeyPackage,
): Promise<boolean> {
  const { mls, verifyLeaf, ambient } = phone.context;
  const checked = await mls.checkKeyPackage(keyPackage);
  if (checked.kind === 'refused' || checked.identity !== identity) return false;
  const [certificate] = checked.certificates;
  if (certificate === undefined) return false;
  const verdict = verifyLeaf(certificate, {
    nowSeconds: Math.floor(ambient.clock.epochMillis() / 1_000),
    minimumLeftSeconds: LEAF_MINIMUM_LEFT_SECONDS,
    signaturePublicKey: checked.signaturePublicKey,
  });
  return verdict.kind === 'trusted';
}

/**
 * The signature key of a Basic leaf, which is all that a foreign stack makes: it has only the key
 * service's word. Undefined where it is not to be trusted.
 */
export async function trustedBasicLeaf(
  phone: Phone,
  identity: string,
  { keyPackage, unattested }: ClaimedKeyPackage,
): Promise<Uint8Array | undefined> {
  const checked = await phone.context.mls.checkKeyPackage(keyPackage);
  const holds = checked.kind !== 'refused' && checked.identity === identity;
  return holds && unattested === undefined ? checked.signaturePublicKey : undefined;
}
