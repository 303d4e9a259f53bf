/** How somebody outside a group gets in without being invited (RFC 9420 §12.1.8, §12.4.3.2). */
import type {
  PreSharedKey,
  ProposalDescription,
} from '../../simulators/protocol/mls/stack/types.ts';
import type { Conversation } from './conversation.ts';
import { octets } from './conversation.ts';

/** By an external Commit, with the GroupInfo of `sponsor`; `prior` takes an old leaf out. */
export async function joinExternally(
  talk: Conversation,
  name: string,
  sponsor: string,
  {
    externalTree = false,
    prior = false,
    psks = [],
  }: {
    readonly externalTree?: boolean;
    readonly prior?: boolean;
    readonly psks?: readonly PreSharedKey[];
  } = {},
): Promise<void> {
  const asked = { stateId: talk.stateOf(sponsor), externalTree };
  const info = await talk.ask(sponsor, 'GroupInfo', asked);
  const joined = await talk.ask(name, 'ExternalJoin', {
    groupInfo: info.groupInfo,
    ratchetTree: info.ratchetTree,
    encryptHandshake: talk.encryptHandshake,
    identity: octets(name),
    removePrior: prior,
    psks,
  });
  const states: [string, number][] = [];
  for (const other of talk.members.filter((member) => member !== name)) {
    const handled = await talk.ask(other, 'HandleCommit', {
      stateId: talk.stateOf(other),
      proposal: [],
      commit: joined.commit,
    });
    states.push([other, handled.stateId]);
    const first: [string, Uint8Array] = [name, joined.epochAuthenticator];
    talk.agree('epoch authenticator', first, [other, handled.epochAuthenticator]);
  }
  talk.moveTo([...states, [name, joined.stateId]], talk.epoch + 1);
  await talk.agreeOnSecrets();
}

/** Proposes to be added; gives the proposal, which a member has to commit. */
export async function proposeOneself(
  talk: Conversation,
  name: string,
  sponsor: string,
): Promise<Uint8Array> {
  const asked = { stateId: talk.stateOf(sponsor), externalTree: false };
  const { groupInfo } = await talk.ask(sponsor, 'GroupInfo', asked);
  const request = { groupInfo, identity: octets(name) };
  const answer = await talk.ask(name, 'NewMemberAddProposal', request);
  talk.offered(name, answer.transactionId);
  return answer.proposal;
}

/** `adder` proposes that the group names this signer; `committer` commits it. */
export async function admitSigner(
  talk: Conversation,
  name: string,
  adder: string,
  committer: string,
): Promise<{ readonly signerId: number }> {
  const request = { cipherSuite: talk.suite, identity: octets(name) };
  const { signerId, externalSender } = await talk.ask(name, 'CreateExternalSigner', request);
  const asked = { stateId: talk.stateOf(adder), externalSender };
  const { proposal } = await talk.ask(adder, 'AddExternalSigner', asked);
  await talk.commit(committer, { byReference: [proposal] });
  return { signerId };
}

/** A proposal of a signer whom the group names, by the GroupInfo of `sponsor`. */
export async function proposeAsSigner(
  talk: Conversation,
  name: string,
  sponsor: string,
  signer: { readonly signerId: number; readonly signerIndex: number },
  description: ProposalDescription,
): Promise<Uint8Array> {
  const asked = { stateId: talk.stateOf(sponsor), externalTree: true };
  const { groupInfo, ratchetTree } = await talk.ask(sponsor, 'GroupInfo', asked);
  const request = { ...signer, groupInfo, ratchetTree, description };
  return (await talk.ask(name, 'ExternalSignerProposal', request)).proposal;
}
