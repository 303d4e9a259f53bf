/**
 * External senders (RFC 9420 §12.1.8.1): who is no member, and may propose all the same. ts-mls
 * reads their extension as one sender where the standard has a list, and refuses a group that puts
 * a list in. So its name is kept from ts-mls while proposals are applied (as a number it means the
 * same on the wire), and what such senders sign is checked here, with the parts of ts-mls.
 */
import type {
  CiphersuiteImpl,
  ClientState,
  Extension,
  MLSMessage,
  Proposal,
  PublicMessage,
} from 'ts-mls';
import { processProposal } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { decodeVarLenData, varLenDataEncoder } from 'ts-mls/codec/variableLength.js';
import { defaultExtensionTypes } from 'ts-mls/defaultExtensionType.js';
import { decodeExternalSender, encodeExternalSender } from 'ts-mls/externalSender.js';
import type { ExternalSender } from 'ts-mls/externalSender.js';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { concatBytes, sameBytes } from '../crypto/bytes.ts';
import { RefusalError } from '../refusal.ts';

const NAME = 'external_senders';
const NUMBER = defaultExtensionTypes[NAME];

const isSenders = ({ extensionType }: Extension): boolean =>
  extensionType === NAME || extensionType === NUMBER;

const renamed =
  (to: Extension['extensionType']) =>
  (extension: Extension): Extension =>
    isSenders(extension) ? { ...extension, extensionType: to } : extension;

/** Whoever may propose from outside, in order. */
function externalSendersOf(extensions: readonly Extension[]): ExternalSender[] {
  const found = extensions.find(isSenders);
  if (found === undefined) return [];
  const list = decodeVarLenData(found.extensionData, 0);
  if (list === undefined || list[1] !== found.extensionData.length) {
    throw new RefusalError('unparsable', 'external_senders is no list');
  }
  const senders: ExternalSender[] = [];
  for (let offset = 0; offset < list[0].length;) {
    const next = decodeExternalSender(list[0], offset);
    if (next === undefined) throw new RefusalError('unparsable', 'an external sender is cut off');
    senders.push(next[0]);
    offset += next[1];
  }
  return senders;
}

/** The group's extensions with one more sender at the end. */
export function withExternalSender(
  extensions: readonly Extension[],
  added: ExternalSender,
): Extension[] {
  const senders = [...externalSendersOf(extensions), added];
  const list = concatBytes(...senders.map((each) => encodeExternalSender(each)));
  const extensionData = encode(varLenDataEncoder)(list);
  const others = extensions.filter((extension) => !isSenders(extension));
  return [...others, { extensionType: NAME, extensionData }];
}

/** One ExternalSender as octets. */
export function externalSenderOf(octets: Uint8Array): ExternalSender {
  const decoded = decodeExternalSender(Uint8Array.from(octets), 0);
  if (decoded === undefined || decoded[1] !== octets.length) {
    throw new RefusalError('unparsable', 'octets that are not one ExternalSender');
  }
  return decoded[0];
}

/** As ts-mls may apply it. */
export function hidden(proposal: Proposal): Proposal {
  if (proposal.proposalType !== 'group_context_extensions') return proposal;
  if (!('groupContextExtensions' in proposal)) return proposal;
  const extensions = proposal.groupContextExtensions.extensions.map(renamed(NUMBER));
  for (const extension of extensions) {
    if (isSenders(extension)) externalSendersOf([extension]);
  }
  return { ...proposal, groupContextExtensions: { extensions } };
}

/** A public handshake as ts-mls may apply it; signatures hold, for the octets are the same. */
export function hiddenIn(message: PublicMessage): PublicMessage {
  const { content } = message;
  if (content.contentType === 'proposal') {
    return { ...message, content: { ...content, proposal: hidden(content.proposal) } };
  }
  if (content.contentType !== 'commit') return message;
  const proposals = content.commit.proposals.map((entry) =>
    entry.proposalOrRefType === 'proposal' ? { ...entry, proposal: hidden(entry.proposal) } : entry,
  );
  return { ...message, content: { ...content, commit: { ...content.commit, proposals } } };
}

/** The state as others would have it: names where ts-mls was given numbers, and the reverse. */
export function shown(state: ClientState): ClientState {
  const { groupContext, unappliedProposals } = state;
  const waiting = Object.entries(unappliedProposals).map(
    ([reference, each]) => [reference, { ...each, proposal: hidden(each.proposal) }] as const,
  );
  return {
    ...state,
    groupContext: { ...groupContext, extensions: groupContext.extensions.map(renamed(NAME)) },
    unappliedProposals: Object.fromEntries(waiting),
  };
}

const ALLOWED: ReadonlySet<Proposal['proposalType']> = new Set([
  'add',
  'remove',
  'psk',
  'reinit',
  'group_context_extensions',
]);

/** A proposal of an external sender, checked and kept; undefined for every other message. */
export async function withExternalProposal(
  state: ClientState,
  message: MLSMessage,
  cs: CiphersuiteImpl,
): Promise<ClientState | undefined> {
  if (message.wireformat !== 'mls_public_message') return undefined;
  const { publicMessage } = message;
  const { content } = publicMessage;
  if (content.sender.senderType !== 'external') return undefined;
  const { groupContext, keySchedule, ratchetTree } = state;
  const { senderIndex } = content.sender;
  const sender = externalSendersOf(groupContext.extensions)[senderIndex];
  if (sender === undefined) {
    throw new RefusalError('message-from-non-member', `no external sender ${senderIndex}`);
  }
  if (content.contentType !== 'proposal' || !ALLOWED.has(content.proposal.proposalType)) {
    throw new RefusalError('invalid-proposal', 'no proposal that an external sender may make');
  }
  if (content.epoch !== groupContext.epoch || !sameBytes(content.groupId, groupContext.groupId)) {
    throw new RefusalError('incorrect-epoch', `of epoch ${content.epoch}, or of another group`);
  }
  const { membershipKey } = keySchedule;
  const { signaturePublicKey } = sender;
  const opened = await unprotectPublicMessage(
    membershipKey,
    groupContext,
    ratchetTree,
    publicMessage,
    cs,
    signaturePublicKey,
  );
  return processProposal(state, opened, hidden(content.proposal), cs.hash);
}
