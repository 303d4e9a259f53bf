/** How one becomes a member, and how a group goes on as another (RFC 9420 §11, §12.4.3). */
import type { ClientState, Extension, Proposal } from 'ts-mls';
import { createGroup, joinGroup, makePskIndex } from 'ts-mls';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { makeResumptionPsk } from 'ts-mls/resumption.js';
import { applyOwnProposals, buildCommit } from '../commit-builder.ts';
import type { EngineContext } from '../engine-context.ts';
import { identityOf } from '../credential.ts';
import { buildExternalCommit, leafOfIdentity } from '../external-commit.ts';
import { join } from '../join.ts';
import { packSecrets } from '../key-package.ts';
import type { OwnKeyPackage } from '../key-package.ts';
import { RefusalError } from '../refusal.ts';
import type { HeldKeyPackage, HeldState } from './held.ts';
import { groupInfoOf, octetsOfKeyPackage, octetsOfTree, treeOf, welcomeOf } from './octets.ts';
import { addOf } from './proposals.ts';
import type { StackRequest } from './types.ts';
import { StackError } from './types.ts';

const EMPTY = new Uint8Array(0);

export function heldState(
  context: EngineContext,
  state: ClientState,
  encryptHandshake: boolean,
  psks: ReadonlyMap<string, Uint8Array> = new Map(),
): HeldState {
  return {
    kind: 'state',
    context,
    handshake: encryptHandshake ? 'private' : 'public',
    psks: new Map(psks),
    proposals: new Map(),
    state,
    pending: undefined,
  };
}

export async function joinByWelcome(
  { context, own, psks }: HeldKeyPackage,
  request: StackRequest<'JoinGroup'>,
): Promise<HeldState> {
  const { welcome, ratchetTree, encryptHandshake } = request;
  const secrets = packSecrets(octetsOfKeyPackage(own.keyPackage), own.secrets);
  const externalPsks = [...psks].map(([id, secret]) => ({
    id: Buffer.from(id, 'base64'),
    secret,
  }));
  const joined = await join(context, welcome, [secrets], {
    externalPsks,
    ...(ratchetTree.length > 0 && { ratchetTree }),
  });
  if (joined.kind === 'refused') throw new RefusalError(joined.reason, joined.detail);
  return heldState(context, joined.state, encryptHandshake, psks);
}

export async function joinByCommit(
  context: EngineContext,
  own: OwnKeyPackage,
  request: StackRequest<'ExternalJoin'>,
): Promise<{ readonly held: HeldState; readonly commit: Uint8Array }> {
  const groupInfo = groupInfoOf(request.groupInfo);
  const tree = treeOf(request.ratchetTree);
  const identity = identityOf(own.keyPackage.leafNode.credential);
  const removes = request.removePrior ? leafOfIdentity(groupInfo, identity, tree) : undefined;
  if (request.removePrior && removes === undefined) {
    throw new StackError('refused', `nobody in the group is ${identity}`);
  }
  const psks = request.psks.map(({ pskId, pskSecret }) => ({ id: pskId, secret: pskSecret }));
  const built = await buildExternalCommit(context, groupInfo, own, removes, { tree, psks });
  const held = heldState(context, built.state, request.encryptHandshake);
  for (const { id, secret } of psks) held.psks.set(Buffer.from(id).toString('base64'), secret);
  return { held, commit: encodeMlsMessage(built.commit) };
}

/** What ts-mls itself validates is more strictly than RFC 9420 asks: validate-tree.ts tells. */
const TOO_STRICT = /non-blank intermediate node/;

/** Where our own validation cannot take the place of ts-mls's, its refusal proves nothing. */
async function byTsMls<T>(joining: Promise<T>): Promise<T> {
  try {
    return await joining;
  } catch (error) {
    if (!(error instanceof Error) || !TOO_STRICT.test(error.message)) throw error;
    throw new StackError('unimplemented', 'a tree with unmerged leaves at two heights', error);
  }
}

export interface Subgroup {
  readonly context: EngineContext;
  readonly own: OwnKeyPackage;
  readonly old: HeldState;
  readonly usage: 'branch' | 'reinit';
  readonly groupId: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly keyPackages: readonly Uint8Array[];
  readonly forcePath: boolean;
  readonly externalTree: boolean;
}

/** A new group; a resumption secret proves that its members were in the old one (§11.2, §11.3). */
export async function openSubgroup(
  wanted: Subgroup,
): Promise<{ readonly held: HeldState; readonly welcome: Uint8Array; readonly tree: Uint8Array }> {
  const { context, own, old, usage } = wanted;
  const { cipherSuite } = context;
  const state = await createGroup(
    Uint8Array.from(wanted.groupId),
    own.keyPackage,
    own.secrets,
    [...wanted.extensions],
    cipherSuite,
    context.clientConfig,
  );
  const { id } = makeResumptionPsk(old.state, usage, cipherSuite);
  const proposals: Proposal[] = [
    ...wanted.keyPackages.map((keyPackage) => addOf(keyPackage)),
    { proposalType: 'psk', psk: { preSharedKeyId: id } },
  ];
  const psks = makePskIndex(old.state, {});
  const asked = { proposals, forcePath: wanted.forcePath };
  const { refs, result } = await applyOwnProposals(state, asked, cipherSuite, psks);
  const form = { handshake: old.handshake, treeInWelcome: !wanted.externalTree };
  const built = await buildCommit(state, refs, result, wanted.forcePath, cipherSuite, form);
  if (built.welcome === undefined) throw new StackError('refused', 'nobody else was named');
  return {
    held: heldState(context, built.state, old.handshake === 'private'),
    welcome: encodeMlsMessage(built.welcome),
    tree: wanted.externalTree ? octetsOfTree(built.state.ratchetTree) : EMPTY,
  };
}

export async function joinSubgroup(
  context: EngineContext,
  own: OwnKeyPackage,
  old: HeldState,
  welcome: Uint8Array,
  ratchetTree: Uint8Array,
): Promise<HeldState> {
  const state = await byTsMls(
    joinGroup(
      welcomeOf(welcome),
      own.keyPackage,
      own.secrets,
      makePskIndex(old.state, {}),
      context.cipherSuite,
      treeOf(ratchetTree),
      old.state,
      context.clientConfig,
    ),
  );
  return heldState(context, state, old.handshake === 'private');
}
