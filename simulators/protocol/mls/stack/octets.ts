/** MLSMessage octets as the service carries them, each of the kind that the method asks for. */
import type { GroupInfo, KeyPackage, MLSMessage, RatchetTree, Welcome } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { decodeRatchetTree, ratchetTreeEncoder } from 'ts-mls/ratchetTree.js';
import type { Extension } from 'ts-mls';
import { defaultExtensionTypes } from 'ts-mls/defaultExtensionType.js';
import { decodeWhole, RefusalError } from '../refusal.ts';
import type { StackExtension } from './types.ts';

type WireFormat = MLSMessage['wireformat'];

function messageOf<F extends WireFormat>(
  octets: Uint8Array,
  ...formats: readonly F[]
): Extract<MLSMessage, { wireformat: F }> {
  // A copy: what is kept must not share memory with the buffer of a connection.
  const message = decodeWhole(Uint8Array.from(octets));
  if ((formats as readonly string[]).includes(message.wireformat)) {
    return message as Extract<MLSMessage, { wireformat: F }>;
  }
  throw new RefusalError(
    'unexpected-message',
    `${message.wireformat} where ${formats.join(' or ')} should be`,
  );
}

export const handshakeOf = (octets: Uint8Array) =>
  messageOf(octets, 'mls_public_message', 'mls_private_message');

export const privateMessageOf = (octets: Uint8Array) =>
  messageOf(octets, 'mls_private_message').privateMessage;

export function keyPackageOf(octets: Uint8Array): KeyPackage {
  return messageOf(octets, 'mls_key_package').keyPackage;
}

export function welcomeOf(octets: Uint8Array): Welcome {
  return messageOf(octets, 'mls_welcome').welcome;
}

export function groupInfoOf(octets: Uint8Array): GroupInfo {
  return messageOf(octets, 'mls_group_info').groupInfo;
}

export function octetsOfKeyPackage(keyPackage: KeyPackage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
}

/** Undefined for no octets: the tree is then inside. */
export function treeOf(octets: Uint8Array): RatchetTree | undefined {
  if (octets.length === 0) return undefined;
  const decoded = decodeRatchetTree(Uint8Array.from(octets), 0);
  if (decoded === undefined || decoded[1] !== octets.length) {
    throw new RefusalError('unparsable', 'octets that are not one ratchet tree');
  }
  return decoded[0];
}

export function octetsOfTree(tree: RatchetTree): Uint8Array {
  return encode(ratchetTreeEncoder)(tree);
}

const EXTENSION_NAMES = new Map(
  Object.entries(defaultExtensionTypes).map(([name, number]) => [
    number as number,
    name as keyof typeof defaultExtensionTypes,
  ]),
);

export function extensionsOf(extensions: readonly StackExtension[]): Extension[] {
  return extensions.map(({ extensionType, extensionData }) => ({
    extensionType: EXTENSION_NAMES.get(extensionType) ?? extensionType,
    extensionData: Uint8Array.from(extensionData),
  }));
}
