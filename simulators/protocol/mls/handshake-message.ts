import { bytesToBase64 } from 'ts-mls/util/byteArray.js';
import { makePskIndex } from 'ts-mls/clientState.js';
import { processPrivateMessage, processPublicMessage } from 'ts-mls/processMessages.js';
import type { ClientState, FramedContent, PrivateMessage, Proposal, PublicMessage } from 'ts-mls';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import type { Handled } from './application-message.ts';
import { memberAt, memberChanges } from './credential.ts';
import type { EngineContext } from './engine-context.ts';
import { pskRecord } from './join.ts';
import { joinerIn } from './joiner.ts';
import type { Joiner } from './joiner.ts';
import { checkLifetime } from './key-package.ts';
import { epochNumber, RefusalError } from './refusal.ts';
import type { ProcessOptions } from './types.ts';

export type Handshake =
  | { readonly wireFormat: 'private-message'; readonly message: PrivateMessage }
  | { readonly wireFormat: 'public-message'; readonly message: PublicMessage };

/** What the message says, before anything of it is believed. */
async function contentOf(
  context: EngineContext,
  state: ClientState,
  handshake: Handshake,
): Promise<FramedContent> {
  if (handshake.wireFormat === 'public-message') return handshake.message.content;
  const opened = await unprotectPrivateMessage(
    state.keySchedule.senderDataSecret,
    handshake.message,
    state.secretTree,
    state.ratchetTree,
    state.groupContext,
    context.clientConfig.keyRetentionConfig,
    context.cipherSuite,
  );
  return opened.content.content;
}

/** The proposals of a proposal message, or of a commit with its references looked up. */
function proposalsIn(state: ClientState, content: FramedContent): readonly Proposal[] {
  if (content.contentType === 'proposal') return [content.proposal];
  if (content.contentType !== 'commit') return [];
  return content.commit.proposals.flatMap((entry) => {
    if (entry.proposalOrRefType === 'proposal') return [entry.proposal];
    const stored = state.unappliedProposals[bytesToBase64(entry.reference)];
    return stored === undefined ? [] : [stored.proposal];
  });
}

/**
 * An external Commit refers to no proposals of others, takes out nobody but the newcomer itself
 * (RFC 9420 §12.4.3.2), and is of one whom the caller lets in. ts-mls minds none of that.
 */
function checkJoiner(
  state: ClientState,
  content: FramedContent,
  { admits }: ProcessOptions,
): Joiner | undefined {
  const joiner = joinerIn(content);
  if (joiner === undefined || content.contentType !== 'commit') return undefined;
  if (content.commit.proposals.some((entry) => entry.proposalOrRefType === 'reference')) {
    throw new RefusalError('invalid-commit', 'an external commit with proposals by reference');
  }
  const { identity, removes } = joiner;
  if (removes !== undefined) {
    const gone = memberAt(state.ratchetTree, removes);
    if (gone?.identity !== identity) {
      const detail = `${identity} lets itself in and takes ${gone?.identity ?? 'nobody'} out`;
      throw new RefusalError('invalid-commit', detail);
    }
  }
  if (admits !== undefined && !admits(joiner)) {
    throw new RefusalError('invalid-credential', `${identity} may not let itself in`);
  }
  return joiner;
}

/**
 * What ts-mls does not check before it acts: that a Remove names a leaf of the tree (from one far
 * outside it walks for ever, and an external commit comes from anybody), that ExternalInit comes
 * with an external commit only (RFC 9420 §12.2), and lifetimes by the caller's clock (§7.3).
 */
function checkProposals(context: EngineContext, state: ClientState, content: FramedContent): void {
  const reason = content.contentType === 'commit' ? 'invalid-commit' : 'invalid-proposal';
  for (const proposal of proposalsIn(state, content)) {
    if (proposal.proposalType === 'remove') {
      const { removed } = proposal.remove;
      if (memberAt(state.ratchetTree, removed) === undefined) {
        throw new RefusalError(reason, `Remove of leaf ${removed}, which is blank`);
      }
    } else if (proposal.proposalType === 'external_init') {
      if (content.sender.senderType !== 'new_member_commit') {
        throw new RefusalError(reason, 'ExternalInit outside an external commit');
      }
    } else if (proposal.proposalType === 'add') {
      checkLifetime(context, proposal.add.keyPackage);
    }
  }
}

/**
 * A Commit that removes this member and adds somebody, often itself anew, into the freed leaf: the
 * tree that it leads to has a leaf at that place, by which ts-mls does not see the removal.
 */
function replacesOwnLeaf(state: ClientState, content: FramedContent): boolean {
  if (content.contentType !== 'commit') return false;
  const own: number = state.privatePath.leafIndex;
  return proposalsIn(state, content).some(
    (proposal) => proposal.proposalType === 'remove' && proposal.remove.removed === own,
  );
}

/** The removed member's part: the Commit is genuine, and there is no next epoch for it. */
async function leaveGroup(
  context: EngineContext,
  state: ClientState,
  handshake: Handshake,
  content: FramedContent,
): Promise<Handled> {
  const { privatePath, keySchedule, groupContext, ratchetTree } = state;
  if (handshake.wireFormat === 'public-message') {
    const { membershipKey } = keySchedule;
    const { message } = handshake;
    await unprotectPublicMessage(
      membershipKey,
      groupContext,
      ratchetTree,
      message,
      context.cipherSuite,
    );
  }
  const self = memberAt(ratchetTree, privatePath.leafIndex);
  const { sender } = content;
  return {
    received: {
      kind: 'commit',
      epoch: epochNumber(groupContext.epoch),
      added: [],
      removed: self === undefined ? [] : [self],
      selfRemoved: true,
      senderIdentity:
        sender.senderType === 'member'
          ? memberAt(ratchetTree, sender.leafIndex)?.identity
          : undefined,
    },
    state: { ...state, unappliedProposals: {}, groupActiveState: { kind: 'removedFromGroup' } },
    consumed: [],
  };
}

/** Commits and proposals (RFC 9420 §12.1, §12.4.2). */
export async function handleHandshake(
  context: EngineContext,
  state: ClientState,
  handshake: Handshake,
  options: ProcessOptions,
): Promise<Handled> {
  const content = await contentOf(context, state, handshake);
  const { sender } = content;
  if (sender.senderType === 'member' && sender.leafIndex === state.privatePath.leafIndex) {
    throw new RefusalError('own-message', 'sent by this member itself');
  }
  checkProposals(context, state, content);
  const joiner = checkJoiner(state, content, options);
  if (replacesOwnLeaf(state, content)) return leaveGroup(context, state, handshake, content);
  const psks = makePskIndex(state, pskRecord(options.externalPsks));
  const cs = context.cipherSuite;
  const result =
    handshake.wireFormat === 'private-message'
      ? await processPrivateMessage(state, handshake.message, psks, cs)
      : await processPublicMessage(state, handshake.message, psks, cs);
  if ('kind' in result && result.kind === 'applicationMessage') {
    throw new RefusalError('failed-to-decrypt', 'content type differs from the frame');
  }
  const { newState, consumed } = result;
  const epoch = epochNumber(newState.groupContext.epoch);
  if (content.contentType !== 'commit') {
    return { received: { kind: 'proposal', epoch }, state: newState, consumed };
  }
  const { added, removed } = memberChanges(state.ratchetTree, newState.ratchetTree);
  const isMember = sender.senderType === 'member';
  return {
    received: {
      kind: 'commit',
      epoch,
      added,
      removed,
      selfRemoved: newState.groupActiveState.kind === 'removedFromGroup',
      senderIdentity: isMember
        ? memberAt(state.ratchetTree, sender.leafIndex)?.identity
        : undefined,
      ...(joiner !== undefined && { joiner }),
    },
    state: newState,
    consumed,
  };
}
