import type { ClientState, EpochReceiverData, PrivateMessage } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { verifyFramedContentSignature } from 'ts-mls/framedContent.js';
import {
  decodePrivateMessageContent,
  decryptSenderData,
  privateContentAADEncoder,
  toAuthenticatedContent,
} from 'ts-mls/privateMessage.js';
import { ratchetToGeneration } from 'ts-mls/secretTree.js';
import { memberAt } from './credential.ts';
import type { EngineContext } from './engine-context.ts';
import { epochNumber, RefusalError } from './refusal.ts';
import type { Received, Refused } from './types.ts';

/** What became of a message: the answer, and the state it leads to. */
export interface Handled {
  readonly received: Exclude<Received, Refused>;
  readonly state: ClientState;
  /** Keys that must not survive this message. */
  readonly consumed: readonly Uint8Array[];
}

type Epoch = Pick<
  EpochReceiverData,
  'secretTree' | 'ratchetTree' | 'senderDataSecret' | 'groupContext'
>;

const encodeAad = encode(privateContentAADEncoder);

function currentEpoch(state: ClientState): Epoch {
  const { secretTree, ratchetTree, groupContext } = state;
  const { senderDataSecret } = state.keySchedule;
  return { secretTree, ratchetTree, groupContext, senderDataSecret };
}

/** RFC 9420 §6.3: sender data, ratchet, AEAD, padding, signature, in that order. */
export async function openApplication(
  context: EngineContext,
  state: ClientState,
  message: PrivateMessage,
): Promise<Handled> {
  const cs = context.cipherSuite;
  const past = state.historicalReceiverData.get(message.epoch);
  const isPast = message.epoch !== state.groupContext.epoch && past !== undefined;
  const epoch = isPast ? past : currentEpoch(state);
  const sender = await decryptSenderData(message, epoch.senderDataSecret, cs);
  if (sender === undefined) throw new RefusalError('failed-to-decrypt', 'no sender data inside');
  const leaf = epoch.ratchetTree[sender.leafIndex * 2];
  const member = memberAt(epoch.ratchetTree, sender.leafIndex, context.identify);
  if (member === undefined || leaf?.nodeType !== 'leaf') {
    throw new RefusalError('message-from-non-member', `leaf ${sender.leafIndex} is blank`);
  }
  if (sender.leafIndex === state.privatePath.leafIndex) {
    throw new RefusalError('own-message', 'sent by this member itself');
  }
  const ratchet = epoch.secretTree[sender.leafIndex * 2]?.application;
  const isUsed =
    ratchet !== undefined &&
    sender.generation < ratchet.generation &&
    ratchet.unusedGenerations[sender.generation] === undefined;
  if (isUsed) {
    const detail = `generation ${sender.generation} of leaf ${sender.leafIndex} is used up`;
    throw new RefusalError('replayed', detail);
  }
  const keys = await ratchetToGeneration(
    epoch.secretTree,
    sender,
    'application',
    context.clientConfig.keyRetentionConfig,
    cs,
  );
  const aad = encodeAad(message);
  const plain = await cs.hpke.decryptAead(keys.key, keys.nonce, aad, message.ciphertext);
  const inner = decodePrivateMessageContent('application')(plain, 0)?.[0];
  if (inner === undefined || inner.contentType !== 'application') {
    throw new RefusalError('failed-to-decrypt', 'no application data inside');
  }
  const { content, auth } = toAuthenticatedContent(inner, message, sender.leafIndex);
  const key = leaf.leaf.signaturePublicKey;
  const isSigned = await verifyFramedContentSignature(
    key,
    'mls_private_message',
    content,
    auth,
    epoch.groupContext,
    cs.signature,
  );
  if (!isSigned) throw new RefusalError('failed-to-decrypt', 'signature does not verify');
  const nextState: ClientState = isPast
    ? {
        ...state,
        historicalReceiverData: new Map(state.historicalReceiverData).set(message.epoch, {
          ...past,
          secretTree: keys.newTree,
        }),
      }
    : { ...state, secretTree: keys.newTree };
  return {
    received: {
      kind: 'application',
      plaintext: Uint8Array.from(inner.applicationData),
      senderIdentity: member.identity,
      senderLeafIndex: sender.leafIndex,
      epoch: epochNumber(message.epoch),
      authenticatedData: Uint8Array.from(message.authenticatedData),
    },
    state: nextState,
    consumed: keys.consumed,
  };
}
