/**
 * The external_pub extension (RFC 9420 §11.2.1) as the standard has it: a length, then the key.
 * ts-mls 1.6.4 writes and reads the bare key, which no other stack understands.
 */
import type { CiphersuiteImpl, ClientState, Extension, GroupInfo } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { decodeVarLenData, varLenDataEncoder } from 'ts-mls/codec/variableLength.js';
import { createGroupInfo, createGroupInfoWithRatchetTree } from 'ts-mls/createCommit.js';
import { RefusalError } from './refusal.ts';

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

/** The key to which the newcomer seals the next epoch's init secret (RFC 9420 §8.3). */
export function externalPubOf(groupInfo: GroupInfo): Uint8Array {
  const found = groupInfo.extensions.find(({ extensionType }) => extensionType === 'external_pub');
  if (found === undefined) {
    throw new RefusalError('invalid-group-info', 'a GroupInfo without external_pub');
  }
  const decoded = decodeVarLenData(found.extensionData, 0);
  if (decoded === undefined || decoded[1] !== found.extensionData.length) {
    throw new RefusalError('unparsable', 'external_pub is no length and key');
  }
  return decoded[0];
}
