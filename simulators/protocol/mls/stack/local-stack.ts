/**
 * Our engine as a stack that a runner can ask anything of the working group's service: what phones
 * and gateways here run on, with the rest of MLS beside it (public and private handshakes, PSKs,
 * external joins, ReInit, branching, new-member proposals).
 */
import {
  createApplicationMessage,
  createGroup,
  emptyPskIndex,
  mlsExporter,
  processPrivateMessage,
  proposeAddExternal,
} from 'ts-mls';
import type { Proposal } from 'ts-mls';
import { encodeExternalSender } from 'ts-mls/externalSender.js';
import { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { protectExternalProposalPublic } from 'ts-mls/messageProtectionPublic.js';
import type { RandomBytes } from '../crypto/curve.ts';
import type { SuiteNumber } from '../crypto/cipher-suite.ts';
import { SUITE_NUMBERS, suiteName } from '../crypto/cipher-suite.ts';
import { createEngineContext } from '../engine-context.ts';
import type { EngineContext } from '../engine-context.ts';
import { groupInfoWithExternalPub } from '../external-pub.ts';
import { basicCredential, identityOf } from '../credential.ts';
import { makeKeyPackage } from '../key-package.ts';
import type { OwnKeyPackage } from '../key-package.ts';
import { refusalOf } from '../refusal.ts';
import { accepted, commit, handle } from './commits.ts';
import { externalSenderOf, withExternalSender } from './external-senders.ts';
import type { HeldState } from './held.ts';
import { Shelf } from './held.ts';
import {
  heldState,
  joinByCommit,
  joinByWelcome,
  joinSubgroup,
  openSubgroup,
} from './membership.ts';
import {
  extensionsOf,
  groupInfoOf,
  octetsOfKeyPackage,
  octetsOfTree,
  privateMessageOf,
  treeOf,
} from './octets.ts';
import {
  addOf,
  contextExtensionsOf,
  describedProposal,
  externalPskOf,
  propose,
  reInitOf,
  removeOf,
  resumptionPskOf,
  updateOf,
} from './proposals.ts';
import { isSuite } from './suites.ts';
import type { MlsStack, StackMethod, StackRequest, StackResponse } from './types.ts';
import { StackError } from './types.ts';

export interface LocalStackOptions {
  readonly random: RandomBytes;
  readonly nowSeconds: () => number;
  /** As `Name` says it. */
  readonly name?: string;
}

type Handlers = {
  readonly [M in StackMethod]: (request: StackRequest<M>) => Promise<StackResponse<M>>;
};

const EMPTY = new Uint8Array(0);
/** Late messages and resumption secrets of so many epochs. */
const RETAIN_EPOCHS = 16;

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const authenticatorOf = ({ state }: HeldState): Uint8Array => state.keySchedule.epochAuthenticator;

function suiteOf(cipherSuiteName: string): SuiteNumber {
  const found = SUITE_NUMBERS.find((suite) => suiteName(suite) === cipherSuiteName);
  if (found !== undefined) return found;
  throw new StackError('unimplemented', `cipher suite ${cipherSuiteName} is not supported`);
}

/** The group as it is told to somebody outside. */
function groundOf(told: { readonly groupInfo: Uint8Array; readonly ratchetTree: Uint8Array }) {
  const groupInfo = groupInfoOf(told.groupInfo);
  const ratchetTree = ratchetTreeFromExtension(groupInfo) ?? treeOf(told.ratchetTree) ?? [];
  return { groupContext: groupInfo.groupContext, ratchetTree };
}

function createHandlers(options: LocalStackOptions): Handlers {
  const shelf = new Shelf();
  const contexts = new Map<SuiteNumber, EngineContext>();
  const contextOf = (suite: number): EngineContext => {
    if (!isSuite(suite)) throw new StackError('unimplemented', `cipher suite ${suite}`);
    const { random, nowSeconds } = options;
    const made =
      contexts.get(suite) ??
      createEngineContext({ random, nowSeconds, suite, retainEpochs: RETAIN_EPOCHS });
    contexts.set(suite, made);
    return made;
  };
  const keyPackageFor = (suite: number, identity: Uint8Array): Promise<OwnKeyPackage> =>
    makeKeyPackage(contextOf(suite), text(identity));
  const stateOf = (id: number): HeldState => shelf.get('state', id);
  const joined = (held: HeldState) => ({
    stateId: shelf.put(held),
    epochAuthenticator: authenticatorOf(held),
  });
  const proposed = async (proposal: Promise<Uint8Array>) => ({ proposal: await proposal });
  /** A member whose group has ended by ReInit offers a key package for its successor. */
  const suspended = async (held: HeldState): Promise<StackResponse<'HandleReInitCommit'>> => {
    const { groupActiveState, ratchetTree, privatePath } = held.state;
    if (groupActiveState.kind !== 'suspendedPendingReinit') {
      throw new StackError('refused', 'the commit holds no ReInit');
    }
    const leaf = ratchetTree[privatePath.leafIndex * 2];
    if (leaf?.nodeType !== 'leaf') throw new StackError('refused', 'this member was removed');
    const context = contextOf(suiteOf(groupActiveState.reinit.cipherSuite));
    const own = await makeKeyPackage(context, identityOf(leaf.leaf.credential));
    return {
      reinitId: shelf.put({ kind: 'reinit', context, own, old: held }),
      keyPackage: octetsOfKeyPackage(own.keyPackage),
      epochAuthenticator: authenticatorOf(held),
    };
  };

  return {
    Name: async () => ({ name: options.name ?? 'bellwether' }),
    SupportedCiphersuites: async () => ({ ciphersuites: [...SUITE_NUMBERS] }),
    CreateGroup: async ({ groupId, cipherSuite, encryptHandshake, identity }) => {
      const context = contextOf(cipherSuite);
      const own = await keyPackageFor(cipherSuite, identity);
      const state = await createGroup(
        Uint8Array.from(groupId),
        own.keyPackage,
        own.secrets,
        [],
        context.cipherSuite,
        context.clientConfig,
      );
      return { stateId: shelf.put(heldState(context, state, encryptHandshake)) };
    },
    CreateKeyPackage: async ({ cipherSuite, identity }) => {
      const context = contextOf(cipherSuite);
      const own = await keyPackageFor(cipherSuite, identity);
      return {
        transactionId: shelf.put({ kind: 'key-package', context, own, psks: new Map() }),
        keyPackage: octetsOfKeyPackage(own.keyPackage),
        initPriv: own.secrets.initPrivateKey,
        encryptionPriv: own.secrets.hpkePrivateKey,
        signaturePriv: own.secrets.signaturePrivateKey,
      };
    },
    JoinGroup: async (request) =>
      joined(await joinByWelcome(shelf.get('key-package', request.transactionId), request)),
    ExternalJoin: async (request) => {
      const suite = suiteOf(groupInfoOf(request.groupInfo).groupContext.cipherSuite);
      const own = await keyPackageFor(suite, request.identity);
      const { held, commit: octets } = await joinByCommit(contextOf(suite), own, request);
      return { ...joined(held), commit: octets };
    },
    GroupInfo: async ({ stateId, externalTree }) => {
      const { state, context } = stateOf(stateId);
      const { cipherSuite } = context;
      const groupInfo = await groupInfoWithExternalPub(state, !externalTree, cipherSuite);
      return {
        groupInfo: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo }),
        ratchetTree: externalTree ? octetsOfTree(state.ratchetTree) : EMPTY,
      };
    },
    StateAuth: async ({ stateId }) => ({ stateAuthSecret: authenticatorOf(stateOf(stateId)) }),
    Export: async ({ stateId, label, context, keyLength }) => {
      const held = stateOf(stateId);
      const { exporterSecret } = held.state.keySchedule;
      const { cipherSuite } = held.context;
      const about = Uint8Array.from(context);
      return {
        exportedSecret: await mlsExporter(exporterSecret, label, about, keyLength, cipherSuite),
      };
    },
    Protect: async ({ stateId, authenticatedData, plaintext }) => {
      const held = stateOf(stateId);
      const { cipherSuite } = held.context;
      const about = Uint8Array.from(authenticatedData);
      const made = await createApplicationMessage(held.state, plaintext, cipherSuite, about);
      held.state = made.newState;
      const { privateMessage } = made;
      const message = { wireformat: 'mls_private_message' as const, privateMessage };
      return { ciphertext: encodeMlsMessage({ version: 'mls10', ...message }) };
    },
    Unprotect: async ({ stateId, ciphertext }) => {
      const held = stateOf(stateId);
      const message = privateMessageOf(ciphertext);
      const { cipherSuite } = held.context;
      const done = await processPrivateMessage(held.state, message, emptyPskIndex, cipherSuite);
      if (done.kind !== 'applicationMessage') {
        throw new StackError('refused', 'that is no application message');
      }
      held.state = done.newState;
      return { authenticatedData: message.authenticatedData, plaintext: done.message };
    },
    StorePSK: async ({ stateOrTransactionId, pskId, pskSecret }) => {
      const id = Buffer.from(pskId).toString('base64');
      shelf.psksOf(stateOrTransactionId).set(id, Uint8Array.from(pskSecret));
      return {};
    },
    AddProposal: ({ stateId, keyPackage }) =>
      proposed(propose(stateOf(stateId), addOf(keyPackage))),
    UpdateProposal: async ({ stateId }) => {
      const held = stateOf(stateId);
      const { proposal, leafKey } = await updateOf(held);
      return { proposal: await propose(held, proposal, leafKey) };
    },
    RemoveProposal: async ({ stateId, removedId }) => {
      const held = stateOf(stateId);
      return { proposal: await propose(held, removeOf(held, removedId)) };
    },
    ExternalPSKProposal: async ({ stateId, pskId }) => {
      const held = stateOf(stateId);
      return { proposal: await propose(held, externalPskOf(held, pskId)) };
    },
    ResumptionPSKProposal: async ({ stateId, epochId }) => {
      const held = stateOf(stateId);
      return { proposal: await propose(held, resumptionPskOf(held, epochId)) };
    },
    GroupContextExtensionsProposal: async ({ stateId, extensions }) => ({
      proposal: await propose(stateOf(stateId), contextExtensionsOf(extensions)),
    }),
    Commit: async (request) => commit(stateOf(request.stateId), request),
    HandleCommit: async (request) => joined(await handle(stateOf(request.stateId), request)),
    HandlePendingCommit: async ({ stateId }) => joined(accepted(stateOf(stateId))),
    ReInitProposal: async ({ stateId, cipherSuite, groupId, extensions }) => ({
      proposal: await propose(stateOf(stateId), reInitOf(cipherSuite, groupId, extensions)),
    }),
    ReInitCommit: async (request) => commit(stateOf(request.stateId), request),
    HandlePendingReInitCommit: async ({ stateId }) => suspended(accepted(stateOf(stateId))),
    HandleReInitCommit: async (request) =>
      suspended(await handle(stateOf(request.stateId), request)),
    ReInitWelcome: async ({ reinitId, keyPackage, forcePath, externalTree }) => {
      const { context, own, old } = shelf.get('reinit', reinitId);
      const { groupActiveState } = old.state;
      if (groupActiveState.kind !== 'suspendedPendingReinit') {
        throw new StackError('refused', 'the group goes on');
      }
      const { groupId, extensions } = groupActiveState.reinit;
      const opened = await openSubgroup({
        context,
        own,
        old,
        usage: 'reinit',
        groupId,
        extensions,
        keyPackages: keyPackage,
        forcePath,
        externalTree,
      });
      return { ...joined(opened.held), welcome: opened.welcome, ratchetTree: opened.tree };
    },
    HandleReInitWelcome: async ({ reinitId, welcome, ratchetTree }) => {
      const { context, own, old } = shelf.get('reinit', reinitId);
      return joined(await joinSubgroup(context, own, old, welcome, ratchetTree));
    },
    CreateBranch: async (request) => {
      const { stateId, groupId, extensions, keyPackages, forcePath, externalTree } = request;
      const old = stateOf(stateId);
      const leaf = old.state.ratchetTree[old.state.privatePath.leafIndex * 2];
      if (leaf?.nodeType !== 'leaf') throw new StackError('refused', 'this member was removed');
      const { context } = old;
      const own = await makeKeyPackage(context, identityOf(leaf.leaf.credential));
      const opened = await openSubgroup({
        context,
        own,
        old,
        usage: 'branch',
        groupId,
        extensions: extensionsOf(extensions),
        keyPackages,
        forcePath,
        externalTree,
      });
      return { ...joined(opened.held), welcome: opened.welcome, ratchetTree: opened.tree };
    },
    HandleBranch: async ({ stateId, transactionId, welcome, ratchetTree }) => {
      const { context, own } = shelf.get('key-package', transactionId);
      return joined(await joinSubgroup(context, own, stateOf(stateId), welcome, ratchetTree));
    },
    NewMemberAddProposal: async ({ groupInfo: octets, identity }) => {
      const groupInfo = groupInfoOf(octets);
      const context = contextOf(suiteOf(groupInfo.groupContext.cipherSuite));
      const own = await makeKeyPackage(context, text(identity));
      const { keyPackage, secrets } = own;
      const message = await proposeAddExternal(groupInfo, keyPackage, secrets, context.cipherSuite);
      return {
        transactionId: shelf.put({ kind: 'key-package', context, own, psks: new Map() }),
        proposal: encodeMlsMessage(message),
        initPriv: secrets.initPrivateKey,
        encryptionPriv: secrets.hpkePrivateKey,
        signaturePriv: secrets.signaturePrivateKey,
      };
    },
    CreateExternalSigner: async ({ cipherSuite, identity }) => {
      const context = contextOf(cipherSuite);
      const { publicKey, signKey } = await context.cipherSuite.signature.keygen();
      const credential = basicCredential(text(identity));
      return {
        signerId: shelf.put({ kind: 'signer', context, signKey }),
        externalSender: encodeExternalSender({ signaturePublicKey: publicKey, credential }),
      };
    },
    AddExternalSigner: async ({ stateId, externalSender }) => {
      const held = stateOf(stateId);
      const { extensions } = held.state.groupContext;
      const added = withExternalSender(extensions, externalSenderOf(externalSender));
      const proposal: Proposal = {
        proposalType: 'group_context_extensions',
        groupContextExtensions: { extensions: added },
      };
      return { proposal: await propose(held, proposal) };
    },
    ExternalSignerProposal: async ({ signerId, signerIndex, description, ...told }) => {
      const { context, signKey } = shelf.get('signer', signerId);
      const { groupContext, ratchetTree } = groundOf(told);
      const ground = { context, state: { groupContext, ratchetTree } };
      const { publicMessage } = await protectExternalProposalPublic(
        signKey,
        groupContext,
        EMPTY,
        describedProposal(ground, description),
        { senderType: 'external', senderIndex: signerIndex },
        context.cipherSuite,
      );
      const message = { wireformat: 'mls_public_message' as const, publicMessage };
      return { proposal: encodeMlsMessage({ version: 'mls10', ...message }) };
    },
    Free: async ({ stateId }) => {
      shelf.free(stateId);
      return {};
    },
  };
}

/** Calls run one after the other, so that no ratchet key of a state is used twice. */
export function createLocalStack(options: LocalStackOptions): MlsStack {
  const handlers = createHandlers(options);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    call: <M extends StackMethod>(method: M, request: StackRequest<M>) => {
      const answered = turn.then(async () => {
        try {
          return await handlers[method](request);
        } catch (error) {
          if (error instanceof StackError) throw error;
          const { reason, detail } = refusalOf(error, 'unexpected-message');
          throw new StackError('refused', `${reason}: ${detail}`, error);
        }
      });
      turn = answered.catch(() => {});
      return answered;
    },
  };
}
