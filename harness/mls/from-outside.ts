/** How somebody outside a group gets in without being invited (RFC 9420 §12.1.8, §12.4.3.2). */
import type { Conversation } from './conversation.ts';
import { octets } from './conversation.ts';

/** By an external Commit, with the GroupInfo of `sponsor`; `prior` takes an old leaf out. */
export async function joinExternally(
  talk: Conversation,
  name: string,
  sponsor: string,
  { externalTree = false, prior = false } = {},
): Promise<void> {
  const asked = { stateId: talk.stateOf(sponsor), externalTree };
  const info = await talk.ask(sponsor, 'GroupInfo', asked);
  const joined = await talk.ask(name, 'ExternalJoin', {
    groupInfo: info.groupInfo,
    ratchetTree: info.ratchetTree,
    encryptHandshake: talk.encryptHandshake,
    identity: octets(name),
    removePrior: prior,
    psks: [],
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
