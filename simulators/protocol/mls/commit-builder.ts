import type { CiphersuiteImpl, ClientState, KeyPackage, LeafIndex, Proposal } from 'ts-mls';
import type { MLSMessage, PublicMessage, RatchetTree, Welcome } from 'ts-mls';
import { applyProposals, makePskIndex, nextEpochContext } from 'ts-mls/clientState.js';
import type { ApplyProposalsResult } from 'ts-mls/clientState.js';
import { createGroupInfoWithRatchetTree } from 'ts-mls/createCommit.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import type { EpochSecrets } from 'ts-mls/keySchedule.js';
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

/**
 * A commit of a member (RFC 9420 §12.4.1) from the parts of ts-mls. Its own `createCommit` checks
 * added key packages against the machine's clock, without a way to switch that off; here the
 * caller has checked them against its own (key-package.ts), and nothing reads a clock. The commit
 * is a PublicMessage, as RCC.16 has it, so making one uses up no ratchet key.
 */
export interface BuiltCommit {
  readonly commit: MLSMessage;
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
): Promise<{ readonly refs: ProposalOrRef[]; readonly result: ApplyProposalsResult }> {
  const refs: ProposalOrRef[] = [
    ...Object.keys(state.unappliedProposals).map((reference) => ({
      proposalOrRefType: 'reference' as const,
      reference: base64ToBytes(reference),
    })),
    ...wanted.proposals.map((proposal) => ({ proposalOrRefType: 'proposal' as const, proposal })),
  ];
  const own = toLeafIndex(state.privatePath.leafIndex);
  const psks = makePskIndex(state, {});
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

/** RFC 9420 §12.4.3.1: one Welcome for all added members, with the ratchet tree inside. */
async function buildWelcome(
  state: ClientState,
  path: PathParts,
  next: NextEpoch,
  result: ApplyProposalsResult,
  added: AddedLeaves,
  cs: CiphersuiteImpl,
): Promise<Welcome | undefined> {
  if (added.length === 0) return undefined;
  const { groupContext, confirmationTag, secrets } = next;
  const groupInfo = await createGroupInfoWithRatchetTree(
    groupContext,
    confirmationTag,
    state,
    path.tree,
    [],
    cs,
  );
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

/** Second half: path, signature, key schedule, Welcome. */
export async function buildCommit(
  state: ClientState,
  refs: ProposalOrRef[],
  result: ApplyProposalsResult,
  forcePath: boolean,
  cs: CiphersuiteImpl,
): Promise<BuiltCommit> {
  const outcome = result.additionalResult;
  const isMemberCommit = outcome.kind === 'memberCommit';
  const added: AddedLeaves = isMemberCommit ? outcome.addedLeafNodes : [];
  const extensions =
    isMemberCommit && outcome.extensions.length > 0
      ? outcome.extensions
      : state.groupContext.extensions;
  const extended = { ...state.groupContext, extensions };
  const path = await buildPath(state, result, added, extended, forcePath, cs);
  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    'mls_public_message',
    { proposals: refs, path: path.updatePath },
    { senderType: 'member', leafIndex: state.privatePath.leafIndex },
    new Uint8Array(0),
    state.signaturePrivateKey,
    cs.signature,
  );
  const groupContext = await nextEpochContext(
    extended,
    'mls_public_message',
    framedContent,
    signature,
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
  const publicMessage: PublicMessage = await protectPublicMessage(
    state.keySchedule.membershipKey,
    state.groupContext,
    {
      wireformat: 'mls_public_message',
      content: framedContent,
      auth: { contentType: framedContent.contentType, signature, confirmationTag },
    },
    cs,
  );
  const next = { groupContext, confirmationTag, secrets };
  const welcome = await buildWelcome(state, path, next, result, added, cs);
  const width = leafWidth(path.tree.length);
  const secretTree = await createSecretTree(width, secrets.encryptionSecret, cs.kdf);
  for (const used of [path.commitSecret, secrets.encryptionSecret, secrets.joinerSecret]) {
    used.fill(0);
  }
  return {
    commit: { version: 'mls10', wireformat: 'mls_public_message', publicMessage },
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
