import { createGroup } from 'ts-mls/clientState.js';
import { encodeMlsMessage } from 'ts-mls';
import type { CiphersuiteImpl } from 'ts-mls';
import { protectApplicationData } from 'ts-mls/messageProtection.js';
import { describe, expect, test } from 'vitest';
import { applyOwnProposals, buildCommit } from '../../../simulators/protocol/mls/commit-builder.ts';
import { decodeKeyPackage, makeKeyPackage } from '../../../simulators/protocol/mls/key-package.ts';
import {
  AGENT,
  pendingOf,
  PHONE,
  stateOf,
  TABLET,
  testContext,
  testEngine,
  testGroup,
  text,
} from './group.ts';

describe('what an insider cannot do', () => {
  test('speak in the name of another member', async () => {
    const [agent, phone, tablet] = await testGroup(testEngine(), [PHONE, TABLET]);
    // The tablet knows every message key of the epoch, but not the agent's signature key.
    const insider = stateOf(tablet!);
    const { cipherSuite } = testContext();
    const forge = async (leafIndex: number): Promise<Uint8Array> => {
      const { privateMessage } = await protectApplicationData(
        insider.signaturePrivateKey,
        insider.keySchedule.senderDataSecret,
        text('transfer everything'),
        new Uint8Array(0),
        insider.groupContext,
        insider.secretTree,
        leafIndex,
        { kind: 'alwaysPad', paddingLength: 0 },
        cipherSuite,
      );
      const wireformat = 'mls_private_message';
      return encodeMlsMessage({ version: 'mls10', wireformat, privateMessage });
    };
    expect(await phone!.process(await forge(agent.leafIndex))).toMatchObject({
      kind: 'refused',
      reason: 'failed-to-decrypt',
      detail: 'signature does not verify',
    });
    expect(await phone!.process(await forge(tablet!.leafIndex))).toMatchObject({
      kind: 'application',
      senderIdentity: TABLET,
    });
    // The forgery used up no key: the genuine message of that generation is still read.
    expect(await phone!.process(await agent.encrypt(text('genuine')))).toMatchObject({
      kind: 'application',
      senderIdentity: AGENT,
    });
  });
});

/** A Welcome made with some crypto of the inviter replaced. */
async function welcomeMadeWith(sabotage: (real: CiphersuiteImpl) => CiphersuiteImpl) {
  const engine = testEngine();
  const made = await engine.generateKeyPackage(PHONE);
  const context = testContext();
  const own = await makeKeyPackage(context, AGENT);
  const { cipherSuite, clientConfig } = context;
  const id = text('conversation');
  const state = await createGroup(id, own.keyPackage, own.secrets, [], cipherSuite, clientConfig);
  const keyPackage = decodeKeyPackage(context, made.keyPackage);
  const proposals = [{ proposalType: 'add' as const, add: { keyPackage } }];
  const wanted = { proposals, forcePath: false };
  const { refs, result } = await applyOwnProposals(state, wanted, cipherSuite);
  const built = await buildCommit(state, refs, result, false, sabotage(cipherSuite));
  if (built.welcome === undefined) throw new Error('no Welcome');
  return engine.joinFromWelcome(encodeMlsMessage(built.welcome), [made.private]);
}

describe('a Welcome', () => {
  test('joins when its inviter is honest', async () => {
    expect(await welcomeMadeWith((real) => real)).toMatchObject({ kind: 'joined' });
  });

  test('whose GroupInfo is not signed by its signer is refused', async () => {
    const answer = await welcomeMadeWith((real) => ({
      ...real,
      signature: {
        ...real.signature,
        sign: (key, message) => {
          const isGroupInfo = Buffer.from(message).includes('GroupInfoTBS');
          return real.signature.sign(key, isGroupInfo ? text('something else') : message);
        },
      },
    }));
    expect(answer).toMatchObject({ kind: 'refused', reason: 'invalid-welcome' });
  });

  test('whose confirmation tag does not fit the epoch is refused', async () => {
    const answer = await welcomeMadeWith((real) => ({
      ...real,
      hash: { ...real.hash, mac: (key, data) => real.hash.mac(key, text(String(data.length))) },
    }));
    expect(answer).toMatchObject({ kind: 'refused', reason: 'mismatched-confirmation-tag' });
  });
});

describe('fresh keys for the committer', () => {
  test.each([
    [true, 'come with `update`'],
    [false, 'do not without it'],
  ])('update: %s: they %s', async (update) => {
    const engine = testEngine();
    const [agent] = await testGroup(engine);
    const keyOf = () => {
      const leaf = stateOf(agent).ratchetTree[0];
      return leaf?.nodeType === 'leaf' ? leaf.leaf.hpkePublicKey : undefined;
    };
    const before = keyOf();
    const made = await engine.generateKeyPackage(TABLET);
    await pendingOf(await agent.commit({ add: [made.keyPackage], update })).apply();
    expect(before).toBeInstanceOf(Uint8Array);
    if (update) expect(keyOf()).not.toEqual(before);
    else expect(keyOf()).toEqual(before);
  });
});
