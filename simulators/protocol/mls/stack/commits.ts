/** Commits made, accepted and handled (RFC 9420 §12.4). */
import type {
  ClientState,
  IncomingMessageCallback,
  Proposal,
  ProposalGroupContextExtensions,
} from 'ts-mls';
import { acceptAll, makePskIndex, processPrivateMessage, processPublicMessage } from 'ts-mls';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { updateLeafKey } from 'ts-mls/privateKeyPath.js';
import { applyOwnProposals, buildCommit } from '../commit-builder.ts';
import { hexOf } from '../crypto/bytes.ts';
import { withRetention } from '../retention.ts';
import { hidden, hiddenIn, shown, withExternalProposal } from './external-senders.ts';
import type { HeldState } from './held.ts';
import { handshakeOf, octetsOfTree } from './octets.ts';
import { describedProposal } from './proposals.ts';
import type { StackRequest, StackResponse } from './types.ts';
import { StackError } from './types.ts';

const EMPTY = new Uint8Array(0);

const pskRecord = ({ psks }: HeldState): Record<string, Uint8Array> => Object.fromEntries(psks);

/** ts-mls's own dispatcher forgets the pre-shared keys where the handshake is private. */
async function processHandshake(
  held: HeldState,
  state: ClientState,
  octets: Uint8Array,
  callback: IncomingMessageCallback = acceptAll,
): Promise<ClientState> {
  const message = handshakeOf(octets);
  const { cipherSuite } = held.context;
  const psks = makePskIndex(state, pskRecord(held));
  const proposed = await withExternalProposal(state, message, cipherSuite);
  if (proposed !== undefined) return proposed;
  if (message.wireformat === 'mls_public_message') {
    const publicMessage = hiddenIn(message.publicMessage);
    const done = await processPublicMessage(state, publicMessage, psks, cipherSuite, callback);
    return shown(done.newState);
  }
  const { privateMessage } = message;
  const done = await byTsMls(
    processPrivateMessage(state, privateMessage, psks, cipherSuite, callback),
  );
  if (done.kind !== 'newState') throw new StackError('refused', 'that is no handshake message');
  return shown(done.newState);
}

/** Inside of a private Commit the name of the extension cannot be kept from ts-mls. */
async function byTsMls<T>(processing: Promise<T>): Promise<T> {
  try {
    return await processing;
  } catch (error) {
    if (!(error instanceof Error) || !/decode external_senders/.test(error.message)) throw error;
    const what = 'external senders by value in a private Commit';
    throw new StackError('unimplemented', what, error);
  }
}

/** ts-mls takes an empty list for no change at all. */
function refuseToClear(state: ClientState, proposals: readonly Proposal[]): void {
  const clears = proposals.some(
    (one) =>
      one.proposalType === 'group_context_extensions' &&
      (one as ProposalGroupContextExtensions).groupContextExtensions.extensions.length === 0,
  );
  if (clears && state.groupContext.extensions.length > 0) {
    throw new StackError('unimplemented', 'a GroupContext that loses all of its extensions');
  }
}

/** The state with just these proposals waiting: others' are read, our own are remembered. */
async function withProposals(
  held: HeldState,
  messages: readonly Uint8Array[],
): Promise<ClientState> {
  let state: ClientState = { ...held.state, unappliedProposals: {} };
  for (const octets of messages) {
    const own = held.proposals.get(hexOf(octets));
    if (own !== undefined) {
      const { leafIndex: senderLeafIndex } = state.privatePath;
      const waiting = { proposal: hidden(own.proposal), senderLeafIndex };
      const unappliedProposals = { ...state.unappliedProposals, [own.reference]: waiting };
      state = { ...state, unappliedProposals };
      continue;
    }
    state = await processHandshake(held, state, octets);
  }
  return state;
}

/** RFC 9420 §12.4, table 7: what needs a path although ts-mls does not demand one. */
function needsPath(proposals: readonly Proposal[]): boolean {
  return proposals.some(({ proposalType }) => proposalType === 'group_context_extensions');
}

export async function commit(
  held: HeldState,
  request: StackRequest<'Commit'>,
): Promise<StackResponse<'Commit'>> {
  const { cipherSuite } = held.context;
  const state = await withProposals(held, request.byReference);
  const proposals = request.byValue.map((what) => hidden(describedProposal(held, what)));
  const wanted = { proposals, forcePath: request.forcePath };
  const psks = makePskIndex(state, pskRecord(held));
  const { refs, result } = await applyOwnProposals(state, wanted, cipherSuite, psks);
  const all = result.allProposals.map(({ proposal }) => proposal);
  refuseToClear(state, all);
  const ends = result.additionalResult.kind === 'reinit';
  const path = request.forcePath || needsPath(all) || (all.length === 0 && !ends);
  const form = { handshake: held.handshake, treeInWelcome: !request.externalTree };
  const built = await buildCommit(state, refs, result, path && !ends, cipherSuite, form);
  held.state = { ...held.state, secretTree: built.before };
  held.pending = withRetention(shown(built.state), held.state, held.context.retainEpochs);
  return {
    commit: encodeMlsMessage(built.commit),
    welcome: built.welcome === undefined ? EMPTY : encodeMlsMessage(built.welcome),
    ratchetTree: request.externalTree ? octetsOfTree(built.state.ratchetTree) : EMPTY,
  };
}

/** The same member an epoch later. */
function successor(held: HeldState, state: ClientState): HeldState {
  return { ...held, state, proposals: new Map(), psks: new Map(held.psks), pending: undefined };
}

export function accepted(held: HeldState): HeldState {
  if (held.pending === undefined) throw new StackError('refused', 'no commit is waiting');
  return successor(held, held.pending);
}

/** With an Update of ours among the proposals the path is sealed to its leaf, not the old one. */
function withLeafKey(held: HeldState, state: ClientState): ClientState {
  const waiting = Object.keys(state.unappliedProposals);
  const update = [...held.proposals.values()].find(
    ({ reference, leafKey }) => leafKey !== undefined && waiting.includes(reference),
  );
  if (update?.leafKey === undefined) return state;
  return { ...state, privatePath: updateLeafKey(state.privatePath, update.leafKey) };
}

export async function handle(
  held: HeldState,
  { proposal, commit: octets }: StackRequest<'HandleCommit'>,
): Promise<HeldState> {
  const state = withLeafKey(held, await withProposals(held, proposal));
  const next = await processHandshake(held, state, octets, (incoming) => {
    if (incoming.kind === 'commit') {
      refuseToClear(
        state,
        incoming.proposals.map((each) => each.proposal),
      );
    }
    return 'accept';
  });
  if (next.groupContext.epoch === state.groupContext.epoch) {
    throw new StackError('refused', 'that is no commit, or one that removes this member');
  }
  return successor(held, next);
}
