/**
 * The external_pub extension (RFC 9420 §11.2.1) as the standard has it: a length, then the key.
 * ts-mls 1.6.4 writes and reads the bare key, which no other stack understands.
 */
import type { CiphersuiteImpl, ClientState, Extension, GroupInfo } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { decodeVarLenData, varLenDataEncoder } from 'ts-mls/codec/variableLength.js';
import { createGroupInfo, createGroupInfoWithRatchetTree } from 'ts-mls/createCommit.js';
import { verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { RefusalError } from '../refusal.ts';

/** A GroupInfo by which one outside can join (RFC 9420 §12.4.3). */
export async function groupInfoWithExternalPub(
  state: ClientState,
  treeInside: boolean,
  cs: CiphersuiteImpl,
): Promise<GroupInfo> {
  const { publicKey } = await cs.hpke.deriveKeyPair(state.keySchedule.externalSecret);
  const extensionData = encode(varLenDataEncoder)(await cs.hpke.exportPublicKey(publicKey));
  const extensions: Extension[] = [{ extensionType: 'external_pub', extensionData }];
  const { groupContext, confirmationTag, ratchetTree } = state;
  return treeInside
    ? createGroupInfoWithRatchetTree(
        groupContext,
        confirmationTag,
        state,
        ratchetTree,
        extensions,
        cs,
      )
    : createGroupInfo(groupContext, confirmationTag, state, extensions, cs);
}

/** RFC 9420 §5.1.2: SignContent begins with the length of its label and the label. */
const GROUP_INFO_LABEL = new TextEncoder().encode('MLS 1.0 GroupInfoTBS');

function isGroupInfo(signed: Uint8Array): boolean {
  return Buffer.compare(signed.subarray(1, 1 + GROUP_INFO_LABEL.length), GROUP_INFO_LABEL) === 0;
}

/**
 * What ts-mls can join by: the bare key in the extension, and a suite that takes the signature of
 * the GroupInfo as checked, which it is: here, over the octets that were signed.
 */
export async function joinable(
  groupInfo: GroupInfo,
  signerKey: Uint8Array,
  cs: CiphersuiteImpl,
): Promise<{ readonly groupInfo: GroupInfo; readonly cipherSuite: CiphersuiteImpl }> {
  if (!(await verifyGroupInfoSignature(groupInfo, signerKey, cs.signature))) {
    throw new RefusalError('unexpected-message', 'GroupInfo signature does not verify');
  }
  const extensions = groupInfo.extensions.map((extension): Extension => {
    if (extension.extensionType !== 'external_pub') return extension;
    const decoded = decodeVarLenData(extension.extensionData, 0);
    if (decoded === undefined || decoded[1] !== extension.extensionData.length) {
      throw new RefusalError('unparsable', 'external_pub is no length and key');
    }
    return { ...extension, extensionData: decoded[0] };
  });
  const { signature } = cs;
  const cipherSuite: CiphersuiteImpl = {
    ...cs,
    signature: {
      ...signature,
      verify: async (key, signed, signatureOctets) =>
        isGroupInfo(signed) || signature.verify(key, signed, signatureOctets),
    },
  };
  return { groupInfo: { ...groupInfo, extensions }, cipherSuite };
}
