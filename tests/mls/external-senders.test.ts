import { describe, expect, it } from 'vitest';
import type { ProposalDescription } from '../../simulators/protocol/mls/stack/types.ts';
import { described, octets } from '../../harness/mls/conversation.ts';
import { ourStack } from './stacks.ts';

async function namedSigner() {
  const stack = ourStack();
  const cipherSuite = 2;
  const base = { groupId: octets('g'), cipherSuite, encryptHandshake: false };
  const { stateId } = await stack.call('CreateGroup', { ...base, identity: octets('alice') });
  const signer = async (name: string) =>
    stack.call('CreateExternalSigner', { cipherSuite, identity: octets(name) });
  const named = await signer('server');
  const { externalSender } = named;
  const added = await stack.call('AddExternalSigner', { stateId, externalSender });
  const commit = async (state: number, byReference: Uint8Array[]) => {
    const request = { byValue: [], forcePath: false, externalTree: false };
    await stack.call('Commit', { stateId: state, byReference, ...request });
    return (await stack.call('HandlePendingCommit', { stateId: state })).stateId;
  };
  const state = await commit(stateId, [added.proposal]);
  const { keyPackage } = await stack.call('CreateKeyPackage', {
    cipherSuite,
    identity: octets('bob'),
  });
  const propose = async (
    signerId: number,
    signerIndex: number,
    description: ProposalDescription,
  ) => {
    const told = await stack.call('GroupInfo', { stateId: state, externalTree: true });
    const request = { ...told, signerId, signerIndex, description };
    return (await stack.call('ExternalSignerProposal', request)).proposal;
  };
  const add = described('add', { keyPackage });
  return { stack, state, named, signer, propose, commit, add };
}

describe('proposals of external senders', () => {
  it('are taken from whom the group names', async () => {
    const { named, state, propose, commit, add } = await namedSigner();
    await expect(commit(state, [await propose(named.signerId, 0, add)])).resolves.toBeTypeOf(
      'number',
    );
  });

  it('are refused from a stranger, from an index nobody has, and when damaged', async () => {
    const { named, signer, state, propose, commit, add } = await namedSigner();
    const stranger = await signer('stranger');
    await expect(commit(state, [await propose(stranger.signerId, 0, add)])).rejects.toMatchObject({
      kind: 'refused',
    });
    await expect(commit(state, [await propose(named.signerId, 1, add)])).rejects.toThrow(
      'no external sender 1',
    );
    const damaged = Uint8Array.from(await propose(named.signerId, 0, add));
    damaged[damaged.length - 5]! ^= 1;
    await expect(commit(state, [damaged])).rejects.toMatchObject({ kind: 'refused' });
  });

  it('are refused when they are of another epoch', async () => {
    const { named, state, propose, commit, add } = await namedSigner();
    const early = await propose(named.signerId, 0, add);
    const later = await commit(state, []);
    await expect(commit(later, [early])).rejects.toMatchObject({ kind: 'refused' });
  });
});
