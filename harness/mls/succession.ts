/** Groups that go on as others: branching and ReInit (RFC 9420 §11.2, §11.3). */
import type { Conversation } from './conversation.ts';

export interface SubgroupWishes {
  readonly externalTree?: boolean;
  readonly forcePath?: boolean;
}

/** `members` of the group go on with `opener` in a group of their own; the old one is left. */
export async function branchGroup(
  talk: Conversation,
  opener: string,
  members: readonly string[],
  groupId: Uint8Array,
  { externalTree = false, forcePath = false }: SubgroupWishes = {},
): Promise<void> {
  const keyPackages: Uint8Array[] = [];
  for (const name of members) keyPackages.push(await talk.keyPackage(name));
  const opened = await talk.ask(opener, 'CreateBranch', {
    stateId: talk.stateOf(opener),
    groupId,
    extensions: [],
    keyPackages,
    forcePath,
    externalTree,
  });
  const states: [string, number][] = [[opener, opened.stateId]];
  for (const name of members) {
    const joined = await talk.ask(name, 'HandleBranch', {
      stateId: talk.stateOf(name),
      transactionId: talk.transactionOf(name),
      welcome: opened.welcome,
      ratchetTree: opened.ratchetTree,
    });
    const first: [string, Uint8Array] = [opener, opened.epochAuthenticator];
    talk.agree('epoch authenticator', first, [name, joined.epochAuthenticator]);
    states.push([name, joined.stateId]);
  }
  talk.moveTo(states, 0);
  await talk.agreeOnSecrets();
}

/** `proposer` asks for ReInit, `committer` ends the group and opens its successor. */
export async function reInitGroup(
  talk: Conversation,
  proposer: string,
  committer: string,
  groupId: Uint8Array,
): Promise<void> {
  const { proposal } = await talk.ask(proposer, 'ReInitProposal', {
    stateId: talk.stateOf(proposer),
    cipherSuite: talk.suite,
    groupId,
    extensions: [],
  });
  const request = talk.commitRequest(committer, { byReference: [proposal] });
  const { commit } = await talk.ask(committer, 'ReInitCommit', request);
  const pending = { stateId: talk.stateOf(committer) };
  const own = await talk.ask(committer, 'HandlePendingReInitCommit', pending);
  const others = talk.members.filter((name) => name !== committer);
  const waiting: { readonly name: string; readonly reinitId: number }[] = [];
  const keyPackages: Uint8Array[] = [];
  for (const name of others) {
    const handled = await talk.ask(name, 'HandleReInitCommit', {
      stateId: talk.stateOf(name),
      proposal: [proposal],
      commit,
    });
    const first: [string, Uint8Array] = [committer, own.epochAuthenticator];
    talk.agree('epoch authenticator', first, [name, handled.epochAuthenticator]);
    waiting.push({ name, reinitId: handled.reinitId });
    keyPackages.push(handled.keyPackage);
  }
  const opened = await talk.ask(committer, 'ReInitWelcome', {
    reinitId: own.reinitId,
    keyPackage: keyPackages,
    forcePath: false,
    externalTree: false,
  });
  const states: [string, number][] = [[committer, opened.stateId]];
  for (const { name, reinitId } of waiting) {
    const { welcome, ratchetTree } = opened;
    const joined = await talk.ask(name, 'HandleReInitWelcome', { reinitId, welcome, ratchetTree });
    const first: [string, Uint8Array] = [committer, opened.epochAuthenticator];
    talk.agree('epoch authenticator', first, [name, joined.epochAuthenticator]);
    states.push([name, joined.stateId]);
  }
  talk.moveTo(states, 0);
  await talk.agreeOnSecrets();
}
