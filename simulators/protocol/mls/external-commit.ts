/**
 * The Commit by which one outside lets itself in (RFC 9420 §8.3, §12.4.3.2), from the parts of
 * ts-mls. Its own `joinGroupExternal` takes no pre-shared keys, refuses some valid trees, and never
 * ends when the leaf that is to go had another key (docs/discoveries/ts-mls.md).
 */
import type { ClientState, GroupInfo, MLSMessage, Proposal, RatchetTree } from 'ts-mls';
import { exportSecret, makePskIndex, nextEpochContext } from 'ts-mls/clientState.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { getCommitSecret, pathToPathSecrets } from 'ts-mls/pathSecrets.js';
import { toPrivateKeyPath, updateLeafKey } from 'ts-mls/privateKeyPath.js';
import { accumulatePskSecret } from 'ts-mls/pskIndex.js';
import { addLeafNode, removeLeafNode } from 'ts-mls/ratchetTree.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafWidth, nodeToLeafIndex, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { createUpdatePath } from 'ts-mls/updatePath.js';
import { memberAt, membersOf } from './credential.ts';
import type { EngineContext } from './engine-context.ts';
import { externalPubOf } from './external-pub.ts';
import { checkGroupInfo, checkTreeIndexes, pskRecord } from './join.ts';
import type { OwnKeyPackage } from './key-package.ts';
import { RefusalError } from './refusal.ts';
import type { ExternalPsk } from './types.ts';

export interface ExternalCommit {
  /** A PublicMessage: there is no other way from outside. */
  readonly commit: MLSMessage;
  /** The newcomer's, in the epoch that the Commit begins. */
  readonly state: ClientState;
}

export interface ExternalCommitOptions {
  /** When the GroupInfo holds no tree. */
  readonly tree?: RatchetTree | undefined;
  readonly psks?: readonly ExternalPsk[];
}

/** The tree of a GroupInfo with its indexes checked. */
function treeOf(groupInfo: GroupInfo, given: RatchetTree | undefined): RatchetTree {
  const tree = ratchetTreeFromExtension(groupInfo) ?? given;
  if (tree === undefined) throw new RefusalError('invalid-group-info', 'no ratchet tree');
  checkTreeIndexes(tree, 'invalid-group-info');
  return tree;
}

/** The newest leaf of this identity in the group that the GroupInfo tells of. */
export function leafOfIdentity(
  groupInfo: GroupInfo,
  identity: string,
  given?: RatchetTree,
): number | undefined {
  const tree = treeOf(groupInfo, given);
  return membersOf(tree).findLast((each) => each.identity === identity)?.leafIndex;
}

function proposalsOf(
  context: EngineContext,
  kemOutput: Uint8Array,
  removes: number | undefined,
  psks: readonly ExternalPsk[],
): Proposal[] {
  const { rng, kdf } = context.cipherSuite;
  return [
    ...(removes === undefined
      ? []
      : [{ proposalType: 'remove' as const, remove: { removed: removes } }]),
    ...psks.map(({ id }) => ({
      proposalType: 'psk' as const,
      psk: {
        preSharedKeyId: {
          psktype: 'external' as const,
          pskId: Uint8Array.from(id),
          pskNonce: rng.randomBytes(kdf.size),
        },
      },
    })),
    { proposalType: 'external_init' as const, externalInit: { kemOutput } },
  ];
}

/** `removes`: the newcomer's own old leaf. Throws `RefusalError` for what the GroupInfo is. */
export async function buildExternalCommit(
  context: EngineContext,
  groupInfo: GroupInfo,
  own: OwnKeyPackage,
  removes: number | undefined,
  { tree: given, psks = [] }: ExternalCommitOptions = {},
): Promise<ExternalCommit> {
  const cs = context.cipherSuite;
  const { groupContext } = groupInfo;
  const { signaturePrivateKey } = own.secrets;
  const before = treeOf(groupInfo, given);
  await checkGroupInfo(context, groupInfo, before, own, 'invalid-group-info');
  if (removes !== undefined && memberAt(before, removes) === undefined) {
    throw new RefusalError('invalid-group-info', `leaf ${removes} is blank`);
  }
  const { enc, secret: initSecret } = await exportSecret(externalPubOf(groupInfo), cs);
  const proposals = proposalsOf(context, enc, removes, psks);
  const ids = proposals.flatMap((each) =>
    each.proposalType === 'psk' && 'psk' in each ? [each.psk.preSharedKeyId] : [],
  );
  const zeroes = new Uint8Array(cs.kdf.size);
  const index = makePskIndex(undefined, pskRecord(psks));
  const [pskSecret] = await accumulatePskSecret(ids, index, cs, zeroes);

  const without = removes === undefined ? before : removeLeafNode(before, toLeafIndex(removes));
  const [withLeaf, node] = addLeafNode(without, own.keyPackage.leafNode);
  const leafIndex = nodeToLeafIndex(node);
  const [tree, path, pathSecrets, leafKey] = await createUpdatePath(
    withLeaf,
    leafIndex,
    groupContext,
    signaturePrivateKey,
    cs,
  );
  const privatePath = updateLeafKey(
    await toPrivateKeyPath(pathToPathSecrets(pathSecrets), leafIndex, cs),
    await cs.hpke.exportPrivateKey(leafKey),
  );
  const last = pathSecrets.at(-1);
  if (last === undefined) throw new RefusalError('invalid-group-info', 'nobody else is there');
  const commitSecret = await getCommitSecret(
    tree,
    toNodeIndex(last.nodeIndex),
    last.secret,
    cs.kdf,
  );
  const { signature, framedContent } = await createContentCommitSignature(
    groupContext,
    'mls_public_message',
    {
      proposals: proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal })),
      path,
    },
    { senderType: 'new_member_commit' },
    new Uint8Array(0),
    signaturePrivateKey,
    cs.signature,
  );
  const next = await nextEpochContext(
    groupContext,
    'mls_public_message',
    framedContent,
    signature,
    await treeHashRoot(tree, cs.hash),
    groupInfo.confirmationTag,
    cs.hash,
  );
  const secrets = await initializeEpoch(initSecret, commitSecret, next, pskSecret, cs.kdf);
  const { keySchedule, encryptionSecret, joinerSecret } = secrets;
  const confirmationTag = await createConfirmationTag(
    keySchedule.confirmationKey,
    next.confirmedTranscriptHash,
    cs.hash,
  );
  const publicMessage = await protectPublicMessage(
    keySchedule.membershipKey,
    next,
    {
      wireformat: 'mls_public_message',
      content: framedContent,
      auth: { signature, confirmationTag, contentType: 'commit' },
    },
    cs,
  );
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, cs.kdf);
  for (const used of [commitSecret, initSecret, encryptionSecret, joinerSecret]) used.fill(0);
  return {
    commit: { version: 'mls10', wireformat: 'mls_public_message', publicMessage },
    state: {
      groupContext: next,
      ratchetTree: tree,
      secretTree,
      keySchedule,
      privatePath,
      signaturePrivateKey,
      confirmationTag,
      unappliedProposals: {},
      historicalReceiverData: new Map(),
      groupActiveState: { kind: 'active' },
      clientConfig: context.clientConfig,
    },
  };
}
