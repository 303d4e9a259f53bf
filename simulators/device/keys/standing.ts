/** Which device a leaf names, and whether others let it into their groups. */
import type { Joiner } from '../../protocol/mls/joiner.ts';
import type { Phone } from '../phone.ts';
import type { PhoneLines } from '../phone-context.ts';

const LEAF = /^tel:(\+\d+)\//;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The device of this leaf's identity; undefined for an agent, and for what no number has. */
export function deviceOf(
  lines: Pick<PhoneLines, 'ownerOfNumber'>,
  identity: string,
): Phone | undefined {
  const number = LEAF.exec(identity)?.[1];
  const owner = number === undefined ? undefined : lines.ownerOfNumber(number);
  return owner?.handsets.find((handset) => handset.identity === identity);
}

/** The leaf is the one that this device has now. */
export function ownsLeaf({ keys }: Phone, key: string): boolean {
  return key === hexOf(keys.identity.leaf.publicKey) || keys.basicLeaves.has(key);
}

/** What its carrier knows: a device of the number, not removed, and vouched for. */
export function isRegistered(device: Phone | undefined): boolean {
  if (device === undefined || device.revoked) return false;
  return device.attestationFault === undefined;
}

/** What a phone makes sure of before it follows the Commit of one who lets itself in. */
export function mayLetItselfIn(device: Phone | undefined, { signaturePublicKey }: Joiner): boolean {
  if (device === undefined || device.revoked || !device.features().e2ee) return false;
  if (device.attestationFault !== undefined) return false;
  return ownsLeaf(device, hexOf(signaturePublicKey));
}
