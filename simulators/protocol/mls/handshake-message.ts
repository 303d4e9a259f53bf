import { makePskIndex, processPrivateMessage, processPublicMessage } from 'ts-mls';
import type { ClientState, PrivateMessage, ProposalWithSender, PublicMessage } from 'ts-mls';
import type { Handled } from './application-message.ts';
import { memberAt, memberChanges } from './credential.ts';
import type { EngineContext } from './engine-context.ts';
import { pskRecord } from './join.ts';
import { checkLifetime } from './key-package.ts';
import { epochNumber, RefusalError } from './refusal.ts';
import type { ProcessOptions } from './types.ts';

export type Handshake =
  | { readonly wireFormat: 'private-message'; readonly message: PrivateMessage }
  | { readonly wireFormat: 'public-message'; readonly message: PublicMessage };

/** Commits and proposals (RFC 9420 §12.1, §12.4.2). */
export async function handleHandshake(
  context: EngineContext,
  state: ClientState,
  handshake: Handshake,
  options: ProcessOptions,
): Promise<Handled> {
  let wrong: unknown;
  let committer: number | undefined;
  let isCommit = false;
  const onContent = (
    incoming:
      | { kind: 'commit'; senderLeafIndex: number | undefined; proposals: ProposalWithSender[] }
      | { kind: 'proposal'; proposal: ProposalWithSender },
  ): 'accept' | 'reject' => {
    const proposals = incoming.kind === 'commit' ? incoming.proposals : [incoming.proposal];
    if (incoming.kind === 'commit') {
      isCommit = true;
      committer = incoming.senderLeafIndex;
    }
    try {
      for (const { proposal } of proposals) {
        if (proposal.proposalType === 'add') checkLifetime(context, proposal.add.keyPackage);
      }
      return 'accept';
    } catch (error) {
      wrong = error;
      return 'reject';
    }
  };
  const psks = makePskIndex(state, pskRecord(options.externalPsks));
  const cs = context.cipherSuite;
  const result =
    handshake.wireFormat === 'private-message'
      ? await processPrivateMessage(state, handshake.message, psks, cs, onContent)
      : {
          kind: 'newState' as const,
          ...(await processPublicMessage(state, handshake.message, psks, cs, onContent)),
        };
  if (wrong !== undefined) throw wrong;
  if (result.kind !== 'newState') {
    throw new RefusalError('failed-to-decrypt', 'content type differs from the frame');
  }
  const epoch = epochNumber(result.newState.groupContext.epoch);
  const consumed = result.consumed;
  if (!isCommit) return { received: { kind: 'proposal', epoch }, state: result.newState, consumed };
  const { added, removed } = memberChanges(state.ratchetTree, result.newState.ratchetTree);
  return {
    received: {
      kind: 'commit',
      epoch,
      added,
      removed,
      selfRemoved: result.newState.groupActiveState.kind === 'removedFromGroup',
      senderIdentity:
        committer === undefined ? undefined : memberAt(state.ratchetTree, committer)?.identity,
    },
    state: result.newState,
    consumed,
  };
}
