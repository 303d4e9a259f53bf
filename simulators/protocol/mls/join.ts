import { makePskIndex } from 'ts-mls/clientState.js';
import type { ClientState, GroupInfo, RatchetTree, Welcome } from 'ts-mls';
import { extensionsSupportedByCapabilities } from 'ts-mls/extension.js';
import {
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from 'ts-mls/groupInfo.js';
import { deriveKeySchedule } from 'ts-mls/keySchedule.js';
import { pathToRoot } from 'ts-mls/pathSecrets.js';
import { mergePrivateKeyPaths, toPrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import { accumulatePskSecret } from 'ts-mls/pskIndex.js';
import { decodeRatchetTree, findLeafIndex } from 'ts-mls/ratchetTree.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { firstCommonAncestor } from 'ts-mls/updatePath.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';
import { bytesOfHex } from './crypto/bytes.ts';
import type { EngineContext } from './engine-context.ts';
import { inspect } from './inspect.ts';
import { readSecrets, referenceOf } from './key-package.ts';
import type { OwnKeyPackage } from './key-package.ts';
import { decodeWhole, RefusalError, refusalOf, refused } from './refusal.ts';
import { treeProblem } from './validate-tree.ts';
import type {
  ExternalPsk,
  JoinOptions,
  KeyPackageSecrets,
  RefusalReason,
  Refused,
} from './types.ts';

export interface JoinedState {
  readonly kind: 'joined';
  readonly state: ClientState;
  readonly reference: string;
}

interface OfferedKeyPackage extends OwnKeyPackage {
  readonly reference: string;
}

/** ts-mls looks external PSKs up by the Base64 of their id. */
export function pskRecord(psks: readonly ExternalPsk[] = []): Record<string, Uint8Array> {
  return Object.fromEntries(
    psks.map((psk) => [Buffer.from(psk.id).toString('base64'), psk.secret]),
  );
}

/**
 * Every index that a tree from outside names must lie inside it: ts-mls walks from such an index
 * to the root and never arrives when there is no such leaf.
 */
export function checkTreeIndexes(
  tree: RatchetTree,
  reason: RefusalReason = 'invalid-welcome',
): void {
  const width = leafWidth(tree.length);
  for (const node of tree) {
    if (node?.nodeType !== 'parent') continue;
    if (node.parent.unmergedLeaves.some((leaf) => leaf >= width)) {
      throw new RefusalError(reason, 'unmerged leaf outside the ratchet tree');
    }
  }
}

function treeFor(groupInfo: GroupInfo, given: Uint8Array | undefined): RatchetTree {
  const inside = ratchetTreeFromExtension(groupInfo);
  const tree = inside ?? (given === undefined ? undefined : decodeRatchetTree(given, 0)?.[0]);
  if (tree === undefined) throw new RefusalError('invalid-welcome', 'no ratchet tree');
  checkTreeIndexes(tree);
  return tree;
}

/**
 * RFC 9420 §12.4.3.1, §12.4.3.2: the GroupInfo is signed by a member of the very tree it describes.
 * `reason`: what a wrong one is refused as, in a Welcome or by itself.
 */
export async function checkGroupInfo(
  context: EngineContext,
  groupInfo: GroupInfo,
  tree: RatchetTree,
  own: OwnKeyPackage,
  reason: RefusalReason = 'invalid-welcome',
): Promise<void> {
  const { cipherSuite, clientConfig } = context;
  const { groupContext } = groupInfo;
  if (groupContext.cipherSuite !== own.keyPackage.cipherSuite) {
    throw new RefusalError('unsupported-suite', 'GroupInfo of another cipher suite');
  }
  const capabilities = own.keyPackage.leafNode.capabilities;
  if (!extensionsSupportedByCapabilities(groupContext.extensions, capabilities)) {
    throw new RefusalError(reason, 'the group needs an extension we did not declare');
  }
  const signer = tree[groupInfo.signer * 2];
  if (signer?.nodeType !== 'leaf') {
    throw new RefusalError('message-from-non-member', 'GroupInfo signed by a blank leaf');
  }
  const { credential, signaturePublicKey } = signer.leaf;
  if (!(await clientConfig.authService.validateCredential(credential, signaturePublicKey))) {
    throw new RefusalError('invalid-credential', 'could not validate credential of the signer');
  }
  if (!(await verifyGroupInfoSignature(groupInfo, signaturePublicKey, cipherSuite.signature))) {
    throw new RefusalError(reason, 'GroupInfo signature does not verify');
  }
  const wrong = await treeProblem(tree, groupContext, clientConfig, cipherSuite);
  if (wrong !== undefined) throw wrong;
}

async function joinWith(
  context: EngineContext,
  welcome: Welcome,
  own: OwnKeyPackage,
  options: JoinOptions,
): Promise<ClientState> {
  const cs = context.cipherSuite;
  const initKey = await cs.hpke.importPrivateKey(own.secrets.initPrivateKey);
  const reference = bytesOfHex(await referenceOf(context, own.keyPackage));
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, cs.hpke);
  if (secrets === undefined) throw new RefusalError('invalid-welcome', 'no GroupSecrets inside');
  if (secrets.psks.some((psk) => psk.psktype === 'resumption')) {
    throw new RefusalError('invalid-welcome', 'resumption is not supported');
  }
  const psks = makePskIndex(undefined, pskRecord(options.externalPsks));
  const zeroes = new Uint8Array(cs.kdf.size);
  const [pskSecret] = await accumulatePskSecret(secrets.psks, psks, cs, zeroes);
  const groupInfo = await decryptGroupInfo(welcome, secrets.joinerSecret, pskSecret, cs);
  if (groupInfo === undefined) throw new RefusalError('invalid-welcome', 'no GroupInfo inside');
  const tree = treeFor(groupInfo, options.ratchetTree);
  await checkGroupInfo(context, groupInfo, tree, own);

  const leafIndex = findLeafIndex(tree, own.keyPackage.leafNode);
  if (leafIndex === undefined) {
    throw new RefusalError('invalid-welcome', 'our own leaf is not in the tree');
  }
  const leafPath = {
    leafIndex,
    privateKeys: { [leafToNodeIndex(leafIndex)]: own.secrets.hpkePrivateKey },
  };
  const ancestor = firstCommonAncestor(tree, leafIndex, toLeafIndex(groupInfo.signer));
  const privatePath =
    secrets.pathSecret === undefined
      ? leafPath
      : mergePrivateKeyPaths(
          await toPrivateKeyPath(
            await pathToRoot(tree, ancestor, secrets.pathSecret, cs.kdf),
            leafIndex,
            cs,
          ),
          leafPath,
        );
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    secrets.joinerSecret,
    pskSecret,
    groupInfo.groupContext,
    cs.kdf,
  );
  if (!(await verifyGroupInfoConfirmationTag(groupInfo, secrets.joinerSecret, pskSecret, cs))) {
    throw new RefusalError('mismatched-confirmation-tag', 'confirmation tag does not verify');
  }
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, cs.kdf);
  encryptionSecret.fill(0);
  secrets.joinerSecret.fill(0);
  return {
    groupContext: groupInfo.groupContext,
    ratchetTree: tree,
    privatePath,
    signaturePrivateKey: own.secrets.signaturePrivateKey,
    confirmationTag: groupInfo.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' },
    clientConfig: context.clientConfig,
  };
}

async function findOffered(
  context: EngineContext,
  wanted: readonly string[],
  offered: readonly KeyPackageSecrets[],
): Promise<OfferedKeyPackage | undefined> {
  for (const stored of offered) {
    const own = readSecrets(stored);
    if (own === undefined) continue;
    const reference = await referenceOf(context, own.keyPackage);
    if (wanted.includes(reference)) return { ...own, reference };
  }
  return undefined;
}

/** Joins from a Welcome (RFC 9420 §12.4.3.1) from the parts of ts-mls; never throws for octets. */
export async function join(
  context: EngineContext,
  message: Uint8Array,
  offered: readonly KeyPackageSecrets[],
  options: JoinOptions,
): Promise<JoinedState | Refused> {
  if (message.length > context.maximumMessageBytes) {
    const offset = context.maximumMessageBytes;
    return refused('oversized', `${message.length} octets`, { offset });
  }
  const seen = inspect(message);
  if (seen.kind === 'refused') return seen;
  if (seen.wireFormat !== 'welcome') {
    return refused('unexpected-message', `${seen.wireFormat} where a Welcome should be`);
  }
  if (seen.suite !== context.suite) {
    return refused('unsupported-suite', `cipher suite ${seen.suite}, not ${context.suite}`);
  }
  try {
    // A copy: what is kept of the Welcome must not share memory with the caller's buffer.
    const decoded = decodeWhole(Uint8Array.from(message));
    if (decoded.wireformat !== 'mls_welcome') {
      return refused('unparsable', 'octets that are not one Welcome');
    }
    const own = await findOffered(context, seen.keyPackageReferences, offered);
    if (own === undefined) {
      const names = seen.keyPackageReferences.map((name) => name.slice(0, 12)).join(', ');
      return refused('no-matching-key-package', `for ${names || 'nobody'}`);
    }
    const state = await joinWith(context, decoded.welcome, own, options);
    return { kind: 'joined', state, reference: own.reference };
  } catch (error) {
    return refusalOf(error, 'invalid-welcome');
  }
}
