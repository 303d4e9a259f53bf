import type { CiphersuiteImpl, ClientState, KeyPackage, LeafIndex, Proposal } from 'ts-mls';
import type { MLSMessage, PskIndex, PublicMessage, RatchetTree, Welcome } from 'ts-mls';
import { applyProposals, makePskIndex, nextEpochContext } from 'ts-mls/clientState.js';
import type { ApplyProposalsResult } from 'ts-mls/clientState.js';
import { createGroupInfo, createGroupInfoWithRatchetTree } from 'ts-mls/createCommit.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import type { EpochSecrets } from 'ts-mls/keySchedule.js';
import { protect } from 'ts-mls/messageProtection.js';
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { getCommitSecret, pathToPathSecrets } from 'ts-mls/pathSecrets.js';
import { mergePrivateKeyPaths, toPrivateKeyPath, updateLeafKey } from 'ts-mls/privateKeyPath.js';
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafToNodeIndex, leafWidth, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { createUpdatePath, firstCommonAncestor } from 'ts-mls/updatePath.js';
import { base64ToBytes } from 'ts-mls/util/byteArray.js';
import { encryptGroupInfo, encryptGroupSecrets } from 'ts-mls/welcome.js';

/** How a commit and its Welcome are written. */
export interface CommitForm {
  /** PrivateMessage uses up a ratchet key of the committer; RCC.16 sends PublicMessage. */
  readonly handshake: 'public' | 'private';
  /** Whether the Welcome carries the ratchet tree (extension 0x0002). */
  readonly treeInWelcome: boolean;
}

/** As RCC.16 has it. */
const RCS_FORM: CommitForm = { handshake: 'public', treeInWelcome: true };

/**
 * A commit of a member (RFC 9420 §12.4.1) from the parts of ts-mls. Its own `createCommit` checks
 * added key packages against the machine's clock, without a way to switch that off; here the
 * caller has checked them against its own (key-package.ts), and nothing reads a clock.
 */
export interface BuiltCommit {
  readonly commit: MLSMessage;
  /** The epoch's secret tree as it is now: a private commit has used up one of its keys. */
  readonly before: ClientState['secretTree'];
  readonly welcome: MLSMessage | undefined;
  /** The state after the commit, without past epochs: `member.ts` adds those when it applies. */
  readonly state: ClientState;
}

export interface CommitProposals {
  readonly proposals: readonly Proposal[];
  /** Send fresh path keys even when the proposals would not demand it. */
  readonly forcePath: boolean;
}

/** First half: what the proposals do to the group. Throws what ts-mls finds wrong with them. */
export async function applyOwnProposals(
  state: ClientState,
  wanted: CommitProposals,
  cipherSuite: CiphersuiteImpl,
  psks: PskIndex = makePskIndex(state, {}),
): Promise<{ readonly refs: ProposalOrRef[]; readonly result: ApplyProposalsResult }> {
  const refs: ProposalOrRef[] = [
    ...Object.keys(state.unappliedProposals).map((reference) => ({
      proposalOrRefType: 'reference' as const,
      reference: base64ToBytes(reference),
    })),
    ...wanted.proposals.map((proposal) => ({ proposalOrRefType: 'proposal' as const, proposal })),
  ];
  const own = toLeafIndex(state.privatePath.leafIndex);
  // `sentByClient` is what would make ts-mls read Date.now().
  const result = await applyProposals(state, refs, own, psks, false, cipherSuite);
  return { refs, result };
}

type CreatedPath = Awaited<ReturnType<typeof createUpdatePath>>;

interface PathParts {
  readonly tree: RatchetTree;
  readonly updatePath: CreatedPath[1] | undefined;
  readonly pathSecrets: CreatedPath[2];
  readonly privatePath: ClientState['privatePath'];
  readonly commitSecret: Uint8Array;
}

type AddedLeaves = readonly (readonly [LeafIndex, KeyPackage])[];

/** The GroupContext's extensions after the Commit. */
function extensionsAfter(state: ClientState, { additionalResult }: ApplyProposalsResult) {
  return additionalResult.kind === 'memberCommit' && additionalResult.extensions.length > 0
    ? additionalResult.extensions
    : state.groupContext.extensions;
}

async function buildPath(
  state: ClientState,
  result: ApplyProposalsResult,
  added: AddedLeaves,
  /** With the extensions that the Commit puts in: path secrets are sealed to what comes. */
  groupContext: GroupContext,
  forcePath: boolean,
  cs: CiphersuiteImpl,
): Promise<PathParts> {
  if (!result.needsUpdatePath && !forcePath) {
    return {
      tree: result.tree,
      updatePath: undefined,
      pathSecrets: [],
      privatePath: state.privatePath,
      commitSecret: new Uint8Array(cs.kdf.size),
    };
  }
  // New members get the path secret in the Welcome, so it is not sealed to their leaves as well.
  const [tree, updatePath, pathSecrets, leafKey] = await createUpdatePath(
    result.tree,
    toLeafIndex(state.privatePath.leafIndex),
    groupContext,
    state.signaturePrivateKey,
    cs,
    added.map(([leafIndex]) => leafToNodeIndex(leafIndex)),
  );
  const privatePath = mergePrivateKeyPaths(
    updateLeafKey(state.privatePath, await cs.hpke.exportPrivateKey(leafKey)),
    await toPrivateKeyPath(pathToPathSecrets(pathSecrets), state.privatePath.leafIndex, cs),
  );
  const last = pathSecrets.at(-1);
  const commitSecret =
    last === undefined
      ? new Uint8Array(cs.kdf.size)
      : await getCommitSecret(tree, toNodeIndex(last.nodeIndex), last.secret, cs.kdf);
  return { tree, updatePath, pathSecrets, privatePath, commitSecret };
}

interface NextEpoch {
  readonly groupContext: GroupContext;
  readonly confirmationTag: Uint8Array;
  readonly secrets: EpochSecrets;
}

/** RFC 9420 §12.4.3.1: one Welcome for all added members. */
async function buildWelcome(
  state: ClientState,
  treeInside: boolean,
  path: PathParts,
  next: NextEpoch,
  result: ApplyProposalsResult,
  added: AddedLeaves,
  cs: CiphersuiteImpl,
): Promise<Welcome | undefined> {
  if (added.length === 0) return undefined;
  const { groupContext, confirmationTag, secrets } = next;
  const groupInfo = treeInside
    ? await createGroupInfoWithRatchetTree(groupContext, confirmationTag, state, path.tree, [], cs)
    : await createGroupInfo(groupContext, confirmationTag, state, [], cs);
  const encryptedGroupInfo = await encryptGroupInfo(groupInfo, secrets.welcomeSecret, cs);
  const own = toLeafIndex(state.privatePath.leafIndex);
  const sealed = [];
  for (const [leafIndex, keyPackage] of added) {
    const ancestor = firstCommonAncestor(path.tree, leafIndex, own);
    const pathSecret = path.pathSecrets.find((entry) => entry.nodeIndex === ancestor)?.secret;
    const { enc, ct } = await encryptGroupSecrets(
      await cs.hpke.importPublicKey(keyPackage.initKey),
      encryptedGroupInfo,
      { joinerSecret: secrets.joinerSecret, pathSecret, psks: result.pskIds },
      cs.hpke,
    );
    sealed.push({
      newMember: await makeKeyPackageRef(keyPackage, cs.hash),
      encryptedGroupSecrets: { kemOutput: enc, ciphertext: ct },
    });
  }
  return { cipherSuite: groupContext.cipherSuite, secrets: sealed, encryptedGroupInfo };
}

type SignedCommit = Awaited<ReturnType<typeof createContentCommitSignature>>;

interface Framed {
  readonly message: MLSMessage;
  readonly secretTree: ClientState['secretTree'];
}

/** RFC 9420 §6.2, §6.3. */
async function frame(
  state: ClientState,
  handshake: CommitForm['handshake'],
  { framedContent, signature }: SignedCommit,
  confirmationTag: Uint8Array,
  cs: CiphersuiteImpl,
): Promise<Framed> {
  const auth = { contentType: framedContent.contentType, signature, confirmationTag };
  if (handshake === 'public') {
    const publicMessage: PublicMessage = await protectPublicMessage(
      state.keySchedule.membershipKey,
      state.groupContext,
      { wireformat: 'mls_public_message', content: framedContent, auth },
      cs,
    );
    const message: MLSMessage = {
      version: 'mls10',
      wireformat: 'mls_public_message',
      publicMessage,
    };
    return { message, secretTree: state.secretTree };
  }
  const { privateMessage, tree } = await protect(
    state.keySchedule.senderDataSecret,
    new Uint8Array(0),
    state.groupContext,
    state.secretTree,
    { ...framedContent, auth },
    state.privatePath.leafIndex,
    state.clientConfig.paddingConfig,
    cs,
  );
  const message: MLSMessage = {
    version: 'mls10',
    wireformat: 'mls_private_message',
    privateMessage,
  };
  return { message, secretTree: tree };
}

/** Second half: path, signature, key schedule, Welcome. */
export async function buildCommit(
  state: ClientState,
  refs: ProposalOrRef[],
  result: ApplyProposalsResult,
  forcePath: boolean,
  cs: CiphersuiteImpl,
  form: CommitForm = RCS_FORM,
): Promise<BuiltCommit> {
  const outcome = result.additionalResult;
  const isMemberCommit = outcome.kind === 'memberCommit';
  const added: AddedLeaves = isMemberCommit ? outcome.addedLeafNodes : [];
  const extended = { ...state.groupContext, extensions: extensionsAfter(state, result) };
  const path = await buildPath(state, result, added, extended, forcePath, cs);
  const wireformat = form.handshake === 'public' ? 'mls_public_message' : 'mls_private_message';
  const signed = await createContentCommitSignature(
    state.groupContext,
    wireformat,
    { proposals: refs, path: path.updatePath },
    { senderType: 'member', leafIndex: state.privatePath.leafIndex },
    new Uint8Array(0),
    state.signaturePrivateKey,
    cs.signature,
  );
  const groupContext = await nextEpochContext(
    extended,
    wireformat,
    signed.framedContent,
    signed.signature,
    await treeHashRoot(path.tree, cs.hash),
    state.confirmationTag,
    cs.hash,
  );
  const secrets = await initializeEpoch(
    state.keySchedule.initSecret,
    path.commitSecret,
    groupContext,
    result.pskSecret,
    cs.kdf,
  );
  const confirmationTag = await createConfirmationTag(
    secrets.keySchedule.confirmationKey,
    groupContext.confirmedTranscriptHash,
    cs.hash,
  );
  const framed = await frame(state, form.handshake, signed, confirmationTag, cs);
  const next = { groupContext, confirmationTag, secrets };
  const welcome = await buildWelcome(state, form.treeInWelcome, path, next, result, added, cs);
  const width = leafWidth(path.tree.length);
  const secretTree = await createSecretTree(width, secrets.encryptionSecret, cs.kdf);
  for (const used of [path.commitSecret, secrets.encryptionSecret, secrets.joinerSecret]) {
    used.fill(0);
  }
  return {
    commit: framed.message,
    before: framed.secretTree,
    welcome:
      welcome === undefined ? undefined : { version: 'mls10', wireformat: 'mls_welcome', welcome },
    state: {
      ...state,
      groupContext,
      ratchetTree: path.tree,
      secretTree,
      keySchedule: secrets.keySchedule,
      privatePath: path.privatePath,
      confirmationTag,
      unappliedProposals: {},
      historicalReceiverData: new Map(),
      groupActiveState:
        outcome.kind === 'reinit'
          ? { kind: 'suspendedPendingReinit', reinit: outcome.reinit }
          : { kind: 'active' },
    },
  };
}
