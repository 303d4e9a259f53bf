import { encodeMlsMessage, joinGroupExternal } from 'ts-mls';
import type { Proposal, PublicMessage } from 'ts-mls';
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js';
import { createGroupInfoWithExternalPubAndRatchetTree } from 'ts-mls/createCommit.js';
import { createContentCommitSignature } from 'ts-mls/framedContent.js';
import { describe, expect, test, vi } from 'vitest';
import { joinerOf } from '../../../simulators/protocol/mls/joiner.ts';
import type { Joiner } from '../../../simulators/protocol/mls/joiner.ts';
import { makeKeyPackage } from '../../../simulators/protocol/mls/key-package.ts';
import type { MlsMember } from '../../../simulators/protocol/mls/types.ts';
import { PHONE, stateOf, testContext, testEngine, testGroup } from './group.ts';

/** A device that comes in by itself (RFC 9420 §12.4.3.2), on the library alone. */
async function externalJoin() {
  const [agent, phone] = await testGroup(testEngine());
  const context = testContext();
  const cs = context.cipherSuite;
  const own = await makeKeyPackage(context, `${PHONE}-again`);
  const state = stateOf(agent);
  const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(state, [], cs);
  const made = await joinGroupExternal(groupInfo, own.keyPackage, own.secrets, false, cs);
  const { publicMessage } = made;
  const encode = (message: PublicMessage): Uint8Array =>
    encodeMlsMessage({
      version: 'mls10',
      wireformat: 'mls_public_message',
      publicMessage: message,
    });
  /** The same commit with one more proposal, signed by the newcomer itself. */
  const withProposal = (proposal: Proposal): Promise<Uint8Array> =>
    withEntry({ proposalOrRefType: 'proposal', proposal });
  const withEntry = async (entry: ProposalOrRef): Promise<Uint8Array> => {
    const { content } = publicMessage;
    if (content.contentType !== 'commit') throw new Error(content.contentType);
    const { framedContent, signature } = await createContentCommitSignature(
      groupInfo.groupContext,
      'mls_public_message',
      { ...content.commit, proposals: [entry, ...content.commit.proposals] },
      { senderType: 'new_member_commit' },
      new Uint8Array(0),
      own.secrets.signaturePrivateKey,
      cs.signature,
    );
    return encode({
      ...publicMessage,
      content: framedContent,
      auth: { ...publicMessage.auth, signature },
    });
  };
  return { agent, phone: phone!, commit: encode(publicMessage), withProposal, withEntry, made };
}

describe('external commits', () => {
  test('a newcomer that holds the GroupInfo comes in, and all agree on the epoch', async () => {
    const { agent, phone, commit, made } = await externalJoin();
    for (const member of [agent, phone]) {
      expect(await member.process(commit)).toMatchObject({
        kind: 'commit',
        epoch: 2,
        added: [{ identity: `${PHONE}-again`, leafIndex: 2 }],
        senderIdentity: undefined,
      });
    }
    expect(agent.epochAuthenticator).toEqual(made.newState.keySchedule.epochAuthenticator);
    expect(phone.epochAuthenticator).toEqual(agent.epochAuthenticator);
  });

  test.each([7, 0x3fffffff, 0x7fffffff, 0xffffffff])(
    'one that removes leaf %i, which is not there, is refused at once',
    async (removed) => {
      const { agent, withProposal } = await externalJoin();
      const octets = await withProposal({ proposalType: 'remove', remove: { removed } });
      expect(await agent.process(octets)).toMatchObject({
        kind: 'refused',
        reason: 'invalid-commit',
      });
      expect(agent.epoch).toBe(1);
    },
  );
});

/** A group of four phones and somebody who wants in, on the engine. */
async function fourPhones() {
  const engine = testEngine();
  const phones = ['tel:+1/1', 'tel:+2/1', 'tel:+2/2'];
  const members: MlsMember[] = [...(await testGroup(engine, phones))];
  const everybody = async (commit: Uint8Array) => {
    for (const member of members) {
      expect(await member.process(commit)).toMatchObject({ kind: 'commit' });
    }
  };
  const enter = async (groupInfo: Uint8Array, identity: string, options = {}) => {
    const made = await engine.joinByCommit(groupInfo, identity, options);
    if (made.kind === 'refused') throw new Error(made.detail);
    return made;
  };
  const agree = async (member: MlsMember) => {
    for (const other of members) {
      if (!other.active) continue;
      expect(other.epochAuthenticator).toEqual(member.epochAuthenticator);
      const body = await member.encrypt(Buffer.from('hello'));
      expect(await other.process(body)).toMatchObject({ senderIdentity: member.identity });
      const back = await other.encrypt(Buffer.from('and back'));
      expect(await member.process(back)).toMatchObject({ senderIdentity: other.identity });
      break;
    }
  };
  return { engine, members, everybody, enter, agree };
}

describe('joining by a Commit of one’s own', () => {
  test('works with the GroupInfo of any member, also where leaves are unmerged', async () => {
    const { members, everybody, enter, agree } = await fourPhones();
    for (const [index, member] of members.entries()) {
      const entered = await enter(await member.groupInfo(), `tel:+999100000077/${index}`);
      expect(entered.resync).toBe(false);
      await everybody(entered.commit);
      await agree(entered.member);
      for (const each of members) expect(each.members().length).toBe(members.length + 1);
      members.push(entered.member);
      if (index === 1) break;
    }
  });

  test('takes the old leaf of the same identity out, whose copy then knows it', async () => {
    const { members, everybody, enter, agree } = await fourPhones();
    const [first, lost] = members;
    const entered = await enter(await first!.groupInfo(), lost!.identity);
    expect(entered.resync).toBe(true);
    await everybody(entered.commit);
    expect(lost!.active).toBe(false);
    expect(first!.members().filter(({ identity }) => identity === lost!.identity)).toHaveLength(1);
    await agree(entered.member);
  });

  test('is possible before a Commit is applied, for the epoch after it', async () => {
    const { members, everybody, enter, agree } = await fourPhones();
    const [first, ...others] = members;
    const pending = await first!.update();
    if (pending.kind === 'refused') throw new Error(pending.detail);
    const groupInfo = await pending.groupInfoAfter();
    for (const other of others) await other.process(pending.commit);
    await pending.apply();
    const entered = await enter(groupInfo, 'tel:+999100000077/1');
    expect(entered.member.epoch).toBe(first!.epoch + 1);
    await everybody(entered.commit);
    await agree(entered.member);
  });

  test('may bring pre-shared keys, which everybody has to know', async () => {
    const { members, enter, agree } = await fourPhones();
    const psk = { id: Buffer.from('paper'), secret: Buffer.alloc(32, 7) };
    const options = { externalPsks: [psk] };
    const entered = await enter(await members[0]!.groupInfo(), 'tel:+999100000077/1', options);
    const { commit } = entered;
    expect(await members[1]!.process(commit)).toMatchObject({ kind: 'refused' });
    for (const member of members) {
      expect(await member.process(commit, options)).toMatchObject({ kind: 'commit' });
    }
    await agree(entered.member);
  });

  test('names who comes, and nobody follows whom it does not admit', async () => {
    const { members, enter } = await fourPhones();
    const [first, second] = members;
    const { commit } = await enter(await first!.groupInfo(), 'tel:+999100000066/1');
    const admits = vi.fn((_joiner: Joiner) => false);
    expect(await first!.process(commit, { admits })).toMatchObject({
      kind: 'refused',
      reason: 'invalid-credential',
    });
    expect(admits.mock.calls[0]![0].identity).toBe('tel:+999100000066/1');
    expect(first!.epoch).toBe(second!.epoch);
    expect(await second!.process(commit)).toMatchObject({
      joiner: { identity: 'tel:+999100000066/1' },
    });
    expect(joinerOf(commit)?.identity).toBe('tel:+999100000066/1');
    expect(joinerOf(await first!.groupInfo())).toBeUndefined();
    expect(joinerOf(commit.subarray(0, 40))).toBeUndefined();
  });

  test('is refused when it takes another out, or refers to what others proposed', async () => {
    const { agent, withProposal, withEntry } = await externalJoin();
    const reference = new Uint8Array(32);
    expect(
      await agent.process(await withEntry({ proposalOrRefType: 'reference', reference })),
    ).toMatchObject({
      reason: 'invalid-commit',
      detail: 'an external commit with proposals by reference',
    });
    const theirs = await withProposal({ proposalType: 'remove', remove: { removed: 1 } });
    expect(await agent.process(theirs)).toMatchObject({
      kind: 'refused',
      reason: 'invalid-commit',
      detail: expect.stringContaining('takes tel:') as unknown,
    });
    expect(agent.epoch).toBe(1);
  });

  test('needs a GroupInfo that holds: signature, tree and key are looked at', async () => {
    const { engine, members } = await fourPhones();
    const groupInfo = await members[0]!.groupInfo();
    const attempt = (octets: Uint8Array) => engine.joinByCommit(octets, 'tel:+999100000077/1');
    for (let at = 4; at < groupInfo.length; at += 41) {
      const damaged = Uint8Array.from(groupInfo);
      damaged[at]! ^= 0x11;
      expect(await attempt(damaged), `octet ${at}`).toMatchObject({ kind: 'refused' });
    }
    for (const length of [0, 3, 20, groupInfo.length - 1]) {
      expect(await attempt(groupInfo.subarray(0, length))).toMatchObject({ kind: 'refused' });
    }
    expect(await attempt(new Uint8Array(2 << 20))).toMatchObject({ reason: 'oversized' });
    const keyPackage = (await engine.generateKeyPackage('tel:+999100000077/1')).keyPackage;
    expect(await attempt(keyPackage)).toMatchObject({ reason: 'unexpected-message' });
  });
});
