/** Key packages of those who are to come into a conversation between people. */
import type { CredentialForm } from '../network/bearer.ts';
import { hexOf } from '../protocol/mls/crypto/bytes.ts';
import type { Conversation } from './conversation-group.ts';
import { trustedBasicLeaf, trustedPackage } from './keys/trust.ts';
import type { Phone } from './phone.ts';

export interface Claimed {
  readonly phone: Phone;
  readonly keyPackage: Uint8Array;
  readonly reference: string;
}

/**
 * Certificates and RCS extensions, or neither of them: a foreign stack knows only Basic leaves, and
 * the service by which it is asked has no word for an era.
 */
export function formOf(phone: Phone, conversation: Conversation): CredentialForm {
  const phones = [...conversation.others, phone.owner].flatMap((owner) => owner.handsets);
  return phones.some(({ plan }) => plan.mls !== undefined) ? 'basic' : 'x509';
}

/** From each device's home service, by way of one's own; only what is to be trusted. */
export async function claimAll(
  phone: Phone,
  others: readonly Phone[],
  form: CredentialForm,
): Promise<Claimed[]> {
  const { ambient } = phone.context;
  const claimed: Claimed[] = [];
  for (const other of others) {
    const offered = await other.claimKeyPackage(form);
    if (offered === undefined) continue;
    const { device, reference, lastResort, unattested, again, keyPackage } = offered;
    ambient.history.append({
      kind: 'mls.claimed',
      person: other.person,
      device,
      reference,
      lastResort,
      ...(unattested !== undefined && { unattested }),
      ...(again === true && { again }),
    });
    if (form === 'basic') {
      const leaf = await trustedBasicLeaf(phone, other.identity, offered);
      if (leaf === undefined) continue;
      other.keys.basicLeaves.add(hexOf(leaf));
    } else if (!(await trustedPackage(phone, other.identity, offered))) continue;
    claimed.push({ phone: other, keyPackage, reference });
  }
  return claimed;
}
