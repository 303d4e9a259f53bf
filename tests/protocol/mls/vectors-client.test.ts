import { decodeMlsMessage } from 'ts-mls';
import type { GroupContext } from 'ts-mls';
import { decodeCommit, encodeCommit } from 'ts-mls/commit.js';
import { protectApplicationData } from 'ts-mls/messageProtection.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { encodeProposal } from 'ts-mls/proposal.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import type { RatchetTree } from 'ts-mls';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { suiteName } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import type { SuiteNumber } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import { createMlsEngine } from '../../../simulators/protocol/mls/engine.ts';
import { inspect } from '../../../simulators/protocol/mls/inspect.ts';
import { packSecrets } from '../../../simulators/protocol/mls/key-package.ts';
import { needs } from '../../support/needs.ts';
import { hex, readVectors, SUITES, testCipherSuite, un, vectorsOf } from './vector-files.ts';
import type { SuiteVector } from './vector-files.ts';

const vectors = needs('mls-vectors');
const title = 'RFC 9420 client vectors';
const NOW_SECONDS = 1_767_225_600;

interface PassiveClient extends SuiteVector {
  readonly external_psks: readonly { readonly psk_id: string; readonly psk: string }[];
  readonly key_package: string;
  readonly signature_priv: string;
  readonly encryption_priv: string;
  readonly init_priv: string;
  readonly welcome: string;
  readonly ratchet_tree: string | null;
  readonly initial_epoch_authenticator: string;
  readonly epochs: readonly {
    readonly proposals: readonly string[];
    readonly commit: string;
    readonly epoch_authenticator: string;
  }[];
}

/** Plays one passive client on our engine; returns how many epochs it followed. */
async function play(v: PassiveClient, suite: SuiteNumber): Promise<number> {
  const random = createRandom('passive');
  const engine = createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => NOW_SECONDS,
    suite,
  });
  const externalPsks = v.external_psks.map((p) => ({ id: un(p.psk_id), secret: un(p.psk) }));
  const secrets = packSecrets(un(v.key_package), {
    initPrivateKey: un(v.init_priv),
    hpkePrivateKey: un(v.encryption_priv),
    signaturePrivateKey: un(v.signature_priv),
  });
  const joined = await engine.joinFromWelcome(un(v.welcome), [secrets], {
    externalPsks,
    ...(v.ratchet_tree === null ? {} : { ratchetTree: un(v.ratchet_tree) }),
  });
  if (joined.kind === 'refused') throw new Error(`${joined.reason}: ${joined.detail}`);
  let { member } = joined;
  expect(hex(member.epochAuthenticator)).toBe(v.initial_epoch_authenticator);
  for (const [index, epoch] of v.epochs.entries()) {
    // An idle member is kept serialised; half of the epochs begin from such a state.
    if (index % 2 === 1) member = engine.deserialize(member.serialize());
    for (const proposal of epoch.proposals) {
      expect(await member.process(un(proposal))).toMatchObject({ kind: 'proposal' });
    }
    const received = await member.process(un(epoch.commit), { externalPsks });
    expect(received).toMatchObject({ kind: 'commit' });
    expect(hex(member.epochAuthenticator)).toBe(epoch.epoch_authenticator);
  }
  return v.epochs.length;
}

describe.each(SUITES)('suite %i', (suite) => {
  vectors(title, () => {
    test('passive-client-welcome: joins with and without tree and PSKs', async () => {
      for (const v of vectorsOf<PassiveClient>('passive-client-welcome.json', suite)) {
        await play(v, suite);
      }
    });

    test('passive-client-handling-commit: follows every kind of commit', async () => {
      for (const v of vectorsOf<PassiveClient>('passive-client-handling-commit.json', suite)) {
        expect(await play(v, suite)).toBeGreaterThan(0);
      }
    });

    test('message-protection: opens what others protected, and what it protects', async () => {
      const cs = testCipherSuite(suite);
      interface Protection extends SuiteVector {
        readonly [field: string]: string | number;
      }
      for (const v of vectorsOf<Protection>('message-protection.json', suite)) {
        const bytes = (field: string) => un(String(v[field]));
        const groupContext: GroupContext = {
          version: 'mls10',
          cipherSuite: suiteName(suite),
          groupId: bytes('group_id'),
          epoch: BigInt(v['epoch'] ?? 0),
          treeHash: bytes('tree_hash'),
          confirmedTranscriptHash: bytes('confirmed_transcript_hash'),
          extensions: [],
        };
        const SENDER = 1;
        const tree = await createSecretTree(2, bytes('encryption_secret'), cs.kdf);
        const leaf = { nodeType: 'leaf' } as RatchetTree[number];
        const members: RatchetTree = [leaf, undefined, leaf];
        const config = {
          retainKeysForGenerations: 10,
          retainKeysForEpochs: 4,
          maximumForwardRatchetSteps: 10,
        };
        const open = async (message: Uint8Array) => {
          const decoded = decodeMlsMessage(message, 0)?.[0];
          const key = bytes('signature_pub');
          if (decoded?.wireformat === 'mls_private_message') {
            const opened = await unprotectPrivateMessage(
              bytes('sender_data_secret'),
              decoded.privateMessage,
              tree,
              members,
              groupContext,
              config,
              cs,
              key,
            );
            return opened.content.content;
          }
          if (decoded?.wireformat !== 'mls_public_message') throw new Error('no framed message');
          const membershipKey = bytes('membership_key');
          const { publicMessage } = decoded;
          const opened = await unprotectPublicMessage(
            membershipKey,
            groupContext,
            members,
            publicMessage,
            cs,
            key,
          );
          return opened.content;
        };
        for (const field of ['proposal_priv', 'proposal_pub']) {
          const content = await open(bytes(field));
          if (content.contentType !== 'proposal') throw new Error(content.contentType);
          expect(hex(encodeProposal(content.proposal))).toBe(v['proposal']);
        }
        for (const field of ['commit_priv', 'commit_pub']) {
          const content = await open(bytes(field));
          if (content.contentType !== 'commit') throw new Error(content.contentType);
          expect(hex(encodeCommit(content.commit))).toBe(v['commit']);
          expect(decodeCommit(bytes('commit'), 0)?.[0]).toEqual(content.commit);
        }
        const application = await open(bytes('application_priv'));
        if (application.contentType !== 'application') throw new Error(application.contentType);
        expect(hex(application.applicationData)).toBe(v['application']);
        const own = await protectApplicationData(
          bytes('signature_priv'),
          bytes('sender_data_secret'),
          bytes('application'),
          new Uint8Array(0),
          groupContext,
          tree,
          SENDER,
          { kind: 'padUntilLength', padUntilLength: 256 },
          cs,
        );
        const reopened = await unprotectPrivateMessage(
          bytes('sender_data_secret'),
          own.privateMessage,
          tree,
          members,
          groupContext,
          config,
          cs,
          bytes('signature_pub'),
        );
        expect(reopened.content.content).toMatchObject({ applicationData: bytes('application') });
      }
    });
  });
});

vectors(title, () => {
  test('passive-client-random: two hundred epochs of a random group', async () => {
    for (const v of vectorsOf<PassiveClient>('passive-client-random.json', 1)) {
      expect(await play(v, 1)).toBe(200);
    }
  });

  test('messages: inspection names every wire format and content type', () => {
    const expected = {
      mls_welcome: { wireFormat: 'welcome' },
      mls_group_info: { wireFormat: 'group-info' },
      mls_key_package: { wireFormat: 'key-package' },
      public_message_application: { wireFormat: 'public-message', contentType: 'application' },
      public_message_proposal: { wireFormat: 'public-message', contentType: 'proposal' },
      public_message_commit: { wireFormat: 'public-message', contentType: 'commit' },
      private_message: { wireFormat: 'private-message' },
    } as const;
    type Messages = Record<keyof typeof expected, string>;
    const all = readVectors<Messages>('messages.json');
    expect(all.length).toBeGreaterThan(0);
    for (const v of all) {
      for (const [field, found] of Object.entries(expected)) {
        expect(inspect(un(v[field as keyof Messages])), field).toMatchObject(found);
      }
    }
  });
});
