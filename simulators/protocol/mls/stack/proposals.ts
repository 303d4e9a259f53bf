/** Proposals of a member (RFC 9420 §12.1), sent by themselves or written into a Commit. */
import type { CiphersuiteName, ClientState, LeafNodeUpdate, Proposal } from 'ts-mls';
import { createProposal } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { signWithLabel } from 'ts-mls/crypto/signature.js';
import { leafNodeTBSEncoder } from 'ts-mls/leafNode.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { suiteName } from '../crypto/cipher-suite.ts';
import { hexOf } from '../crypto/bytes.ts';
import { membersOf } from '../credential.ts';
import type { EngineContext } from '../engine-context.ts';
import type { HeldState } from './held.ts';
import { extensionsOf, keyPackageOf } from './octets.ts';
import { isSuite } from './suites.ts';
import type { ProposalDescription, StackExtension } from './types.ts';
import { StackError } from './types.ts';

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);

/** What a proposal is made for: a member's state, or a group as its GroupInfo tells of it. */
export interface ProposalGround {
  readonly context: EngineContext;
  readonly state: Pick<ClientState, 'ratchetTree' | 'groupContext'>;
}

export function addOf(keyPackage: Uint8Array): Proposal {
  return { proposalType: 'add', add: { keyPackage: keyPackageOf(keyPackage) } };
}

export function removeOf({ state }: ProposalGround, identity: Uint8Array): Proposal {
  const found = membersOf(state.ratchetTree).find((each) => each.identity === text(identity));
  if (found === undefined) throw new StackError('refused', `nobody here is ${text(identity)}`);
  return { proposalType: 'remove', remove: { removed: found.leafIndex } };
}

function nonceOf({ context: { cipherSuite } }: ProposalGround): Uint8Array {
  return cipherSuite.rng.randomBytes(cipherSuite.kdf.size);
}

export function externalPskOf(held: ProposalGround, pskId: Uint8Array): Proposal {
  const preSharedKeyId = {
    psktype: 'external' as const,
    pskId: Uint8Array.from(pskId),
    pskNonce: nonceOf(held),
  };
  return { proposalType: 'psk', psk: { preSharedKeyId } };
}

export function resumptionPskOf(held: ProposalGround, epoch: number): Proposal {
  const preSharedKeyId = {
    psktype: 'resumption' as const,
    usage: 'application' as const,
    pskGroupId: held.state.groupContext.groupId,
    pskEpoch: BigInt(epoch),
    pskNonce: nonceOf(held),
  };
  return { proposalType: 'psk', psk: { preSharedKeyId } };
}

export function contextExtensionsOf(extensions: readonly StackExtension[]): Proposal {
  return {
    proposalType: 'group_context_extensions',
    groupContextExtensions: { extensions: extensionsOf(extensions) },
  };
}

function suiteNameOf(suite: number): CiphersuiteName {
  if (isSuite(suite)) return suiteName(suite);
  throw new StackError('unimplemented', `cipher suite ${suite} is not supported`);
}

export function reInitOf(
  suite: number,
  groupId: Uint8Array,
  extensions: readonly StackExtension[],
): Proposal {
  return {
    proposalType: 'reinit',
    reinit: {
      groupId: Uint8Array.from(groupId),
      version: 'mls10',
      cipherSuite: suiteNameOf(suite),
      extensions: extensionsOf(extensions),
    },
  };
}

/** A leaf with fresh keys (RFC 9420 §7.2), and the private key that belongs to it. */
export async function updateOf(
  held: HeldState,
): Promise<{ readonly proposal: Proposal; readonly leafKey: Uint8Array }> {
  const { state, context } = held;
  const { hpke, signature } = context.cipherSuite;
  const { leafIndex } = state.privatePath;
  const node = state.ratchetTree[leafIndex * 2];
  if (node?.nodeType !== 'leaf') throw new StackError('refused', 'this member was removed');
  const { signaturePublicKey, credential, capabilities, extensions } = node.leaf;
  const pair = await hpke.generateKeyPair();
  const leaf = {
    leafNodeSource: 'update' as const,
    hpkePublicKey: await hpke.exportPublicKey(pair.publicKey),
    signaturePublicKey,
    credential,
    capabilities,
    extensions,
  };
  const signed = encode(leafNodeTBSEncoder)({
    ...leaf,
    groupId: state.groupContext.groupId,
    leafIndex,
  });
  const leafNode: LeafNodeUpdate = {
    ...leaf,
    signature: await signWithLabel(state.signaturePrivateKey, 'LeafNodeTBS', signed, signature),
  };
  const leafKey = await hpke.exportPrivateKey(pair.privateKey);
  return { proposal: { proposalType: 'update', update: { leafNode } }, leafKey };
}

/** The words of `ProposalDescription.proposal_type`. */
const DESCRIBED = {
  add: (_held, { keyPackage }) => addOf(keyPackage),
  remove: (held, { removedId }) => removeOf(held, removedId),
  externalPSK: (held, { pskId }) => externalPskOf(held, pskId),
  resumptionPSK: (held, { epochId }) => resumptionPskOf(held, epochId),
  groupContextExtensions: (_held, { extensions }) => contextExtensionsOf(extensions),
  reinit: (_held, { cipherSuite, groupId, extensions }) =>
    reInitOf(cipherSuite, groupId, extensions),
} as const satisfies Record<string, (held: ProposalGround, what: ProposalDescription) => Proposal>;

export function describedProposal(held: ProposalGround, what: ProposalDescription): Proposal {
  const word = text(what.proposalType);
  if (Object.hasOwn(DESCRIBED, word)) return DESCRIBED[word as keyof typeof DESCRIBED](held, what);
  throw new StackError('unimplemented', `a proposal described as ${word}`);
}

/** Sends a proposal; the member remembers it, since a Commit may refer to it. */
export async function propose(
  held: HeldState,
  proposal: Proposal,
  leafKey?: Uint8Array,
): Promise<Uint8Array> {
  const { state, context, handshake } = held;
  const before = { ...state, unappliedProposals: {} };
  const made = await createProposal(before, handshake === 'public', proposal, context.cipherSuite);
  const [reference] = Object.keys(made.newState.unappliedProposals);
  const octets = encodeMlsMessage(made.message);
  held.state = { ...made.newState, unappliedProposals: state.unappliedProposals };
  const own = { reference: reference!, proposal };
  held.proposals.set(hexOf(octets), leafKey === undefined ? own : { ...own, leafKey });
  return octets;
}
