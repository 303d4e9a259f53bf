/** What a runner sees of a member that lives in a stack: its GroupInfo and tree, nothing secret. */
import type { RatchetTree } from 'ts-mls';
import { EXTENSION_RCS_END_MLS, EXTENSION_RCS_ERA } from '../key-package.ts';
import { groupInfoOf, handshakeOf, treeOf } from './octets.ts';
import type { MlsStack } from './types.ts';
import { StackError } from './types.ts';

/** One epoch of one member, as its stack tells it. */
export interface StackView {
  readonly stateId: number;
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly epochAuthenticator: Uint8Array;
  readonly tree: RatchetTree;
  readonly era: number | undefined;
  readonly ended: boolean;
}

/** Throws StackError; `gone` also for what cannot be read: such a stack is not to be relied on. */
export async function viewOf(
  stack: MlsStack,
  stateId: number,
  authenticator?: Uint8Array,
): Promise<StackView> {
  const { groupInfo, ratchetTree } = await stack.call('GroupInfo', { stateId, externalTree: true });
  const epochAuthenticator =
    authenticator ?? (await stack.call('StateAuth', { stateId })).stateAuthSecret;
  try {
    const { groupContext } = groupInfoOf(groupInfo);
    const tree = treeOf(ratchetTree);
    if (tree === undefined) throw new StackError('gone', 'GroupInfo: no ratchet tree came with it');
    const extensionOf = (type: number) =>
      groupContext.extensions.find(({ extensionType }) => extensionType === type);
    const era = extensionOf(EXTENSION_RCS_ERA)?.extensionData;
    return {
      stateId,
      groupId: groupContext.groupId,
      epoch: Number(groupContext.epoch),
      epochAuthenticator: Uint8Array.from(epochAuthenticator),
      tree,
      era: era?.length === 4 ? Buffer.from(era).readUInt32BE(0) : undefined,
      ended: extensionOf(EXTENSION_RCS_END_MLS) !== undefined,
    };
  } catch (error) {
    if (error instanceof StackError) throw error;
    throw new StackError('gone', 'GroupInfo: what it answered cannot be read', error);
  }
}

/** Does a public Commit remove this leaf? A private one, and what cannot be read, does not say. */
export function removesLeaf(commit: Uint8Array, leafIndex: number): boolean {
  const message = handshakeOf(commit);
  if (message.wireformat !== 'mls_public_message') return false;
  const { content } = message.publicMessage;
  if (content.contentType !== 'commit') return false;
  return content.commit.proposals.some(
    (one) =>
      one.proposalOrRefType === 'proposal' &&
      one.proposal.proposalType === 'remove' &&
      one.proposal.remove.removed === leafIndex,
  );
}
