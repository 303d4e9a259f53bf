import {
  acceptAll,
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeMlsMessage,
  defaultLifetime,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  processMessage,
} from 'ts-mls';
import type { CiphersuiteImpl, ClientState, CryptoProvider, MLSMessage } from 'ts-mls';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import {
  createCryptoProvider,
  SUITE_NUMBERS,
  suiteName,
} from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import type { SuiteNumber } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import { AGENT, pendingOf, PHONE, plaintextOf, read, testEngine, text } from './group.ts';

const TWENTY_YEARS_SECONDS = 630_720_000;

function decode(octets: Uint8Array): MLSMessage {
  const decoded = decodeMlsMessage(octets, 0)?.[0];
  if (decoded === undefined) throw new Error('not an MLSMessage');
  return decoded;
}

/** A client on ts-mls with its own default provider (WebCrypto, @hpke/core, @noble/curves). */
async function foreignClient(suite: SuiteNumber, identity: string, provider?: CryptoProvider) {
  const name = suiteName(suite);
  const cs: CiphersuiteImpl = await getCiphersuiteImpl(getCiphersuiteFromName(name), provider);
  const capabilities = {
    versions: ['mls10' as const],
    ciphersuites: [name],
    extensions: [0x000a, 0xf001, 0xf002],
    proposals: [],
    credentials: ['basic' as const],
  };
  const credential = { credentialType: 'basic' as const, identity: text(identity) };
  const made = await generateKeyPackage(credential, capabilities, defaultLifetime, [], cs);
  const keyPackage = made.publicPackage;
  const octets = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
  return { cs, keyPackage, secrets: made.privatePackage, octets };
}

async function foreignProcess(cs: CiphersuiteImpl, state: ClientState, octets: Uint8Array) {
  const message = decode(octets);
  if (message.wireformat !== 'mls_private_message' && message.wireformat !== 'mls_public_message') {
    throw new Error(message.wireformat);
  }
  return processMessage(message, state, emptyPskIndex, acceptAll, cs);
}

async function foreignEncrypt(cs: CiphersuiteImpl, state: ClientState, words: string) {
  const made = await createApplicationMessage(state, text(words), cs);
  const { privateMessage } = made;
  const wireformat = 'mls_private_message';
  const octets = encodeMlsMessage({ version: 'mls10', wireformat, privateMessage });
  return { state: made.newState, octets };
}

/** For the others it needs packages of their own; the working group's vectors have all of them. */
describe.each([1, 2, 5, 7] as const)("against ts-mls's default provider, suite %i", (suite) => {
  test('it joins our group, reads us, and we read its messages and commits', async () => {
    const engine = testEngine({ suite });
    const { cs, keyPackage, secrets, octets } = await foreignClient(suite, PHONE);
    const agent = await engine.createGroup(text('conversation'), AGENT);
    const added = pendingOf(await agent.add([octets]));
    await added.apply();
    const welcome = decode(added.welcome!);
    if (welcome.wireformat !== 'mls_welcome') throw new Error(welcome.wireformat);
    let state = await joinGroup(welcome.welcome, keyPackage, secrets, emptyPskIndex, cs);
    expect(state.keySchedule.epochAuthenticator).toEqual(agent.epochAuthenticator);

    const ours = await foreignProcess(cs, state, await agent.encrypt(text('from us')));
    if (ours.kind !== 'applicationMessage') throw new Error(ours.kind);
    expect(read(ours.message)).toBe('from us');
    const theirs = await foreignEncrypt(cs, ours.newState, 'from them');
    expect(plaintextOf(await agent.process(theirs.octets))).toBe('from them');

    const update = await createCommit(
      { state: theirs.state, cipherSuite: cs },
      { wireAsPublicMessage: suite === 2 },
    );
    const received = await agent.process(encodeMlsMessage(update.commit));
    expect(received).toMatchObject({ kind: 'commit', epoch: 2, senderIdentity: PHONE });
    state = update.newState;
    const own = pendingOf(await agent.update());
    const followed = await foreignProcess(cs, state, own.commit);
    await own.apply();
    expect(followed.newState.keySchedule.epochAuthenticator).toEqual(agent.epochAuthenticator);
  });

  test('we join its group from its Welcome and talk both ways', async () => {
    const engine = testEngine({ suite });
    const { cs, keyPackage, secrets } = await foreignClient(suite, AGENT);
    const lone = await createGroup(text('conversation'), keyPackage, secrets, [], cs);
    const own = await engine.generateKeyPackage(PHONE, { lifetimeSeconds: TWENTY_YEARS_SECONDS });
    const offered = decode(own.keyPackage);
    if (offered.wireformat !== 'mls_key_package') throw new Error(offered.wireformat);
    const { newState, welcome } = await createCommit(
      { state: lone, cipherSuite: cs },
      {
        ratchetTreeExtension: true,
        extraProposals: [{ proposalType: 'add', add: { keyPackage: offered.keyPackage } }],
      },
    );
    if (welcome === undefined) throw new Error('no Welcome');
    const octets = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome });
    const joined = await engine.joinFromWelcome(octets, [own.private]);
    if (joined.kind === 'refused') throw new Error(`${joined.reason}: ${joined.detail}`);
    const theirs = await foreignEncrypt(cs, newState, 'welcome');
    expect(plaintextOf(await joined.member.process(theirs.octets))).toBe('welcome');
    const answer = await foreignProcess(
      cs,
      theirs.state,
      await joined.member.encrypt(text('thanks')),
    );
    if (answer.kind !== 'applicationMessage') throw new Error(answer.kind);
    expect(read(answer.message)).toBe('thanks');
  });
});

describe('our crypto as a ts-mls provider', () => {
  test('drives ts-mls itself on the suites of RFC 9420, and says no to others', async () => {
    const random = createRandom('provider');
    const provider = createCryptoProvider({ random: (length) => random.bytes(length) });
    for (const suite of SUITE_NUMBERS) {
      const { keyPackage, octets } = await foreignClient(suite, PHONE, provider);
      expect(keyPackage.cipherSuite).toBe(suiteName(suite));
      const engine = testEngine({ suite });
      expect(await engine.checkKeyPackage(octets)).toMatchObject({ identity: PHONE });
    }
    const other = getCiphersuiteFromName('MLS_128_MLKEM512_AES128GCM_SHA256_Ed25519');
    await expect(provider.getCiphersuiteImpl(other)).rejects.toThrow(RangeError);
  });
});
