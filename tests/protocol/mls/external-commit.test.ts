import { encodeMlsMessage, joinGroupExternal } from 'ts-mls';
import type { Proposal, PublicMessage } from 'ts-mls';
import { createGroupInfoWithExternalPubAndRatchetTree } from 'ts-mls/createCommit.js';
import { createContentCommitSignature } from 'ts-mls/framedContent.js';
import { describe, expect, test } from 'vitest';
import { makeKeyPackage } from '../../../simulators/protocol/mls/key-package.ts';
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
  const withProposal = async (proposal: Proposal): Promise<Uint8Array> => {
    const { content } = publicMessage;
    if (content.contentType !== 'commit') throw new Error(content.contentType);
    const entry = { proposalOrRefType: 'proposal' as const, proposal };
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
  return { agent, phone: phone!, commit: encode(publicMessage), withProposal, made };
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
