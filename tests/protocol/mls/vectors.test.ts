import { decodeMlsMessage, mlsExporter } from 'ts-mls';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js';
import { decodeGroupContext } from 'ts-mls/groupContext.js';
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import { updatePskSecret } from 'ts-mls/presharedkey.js';
import { decodeRatchetTree, resolution } from 'ts-mls/ratchetTree.js';
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from 'ts-mls/secretTree.js';
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js';
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js';
import { treeHash } from 'ts-mls/treeHash.js';
import { leafToNodeIndex, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';
import { verifyLeafNodeSignature } from 'ts-mls/leafNode.js';
import { describe, expect, test } from 'vitest';
import { needs } from '../../support/needs.ts';
import { hex, readVectors, SUITES, testCipherSuite, un, vectorsOf } from './vector-files.ts';
import { createWireReader } from '../../../simulators/protocol/mls/wire-reader.ts';

const vectors = needs('mls-vectors');
const title = 'RFC 9420 vectors';

type Hexes<K extends string> = Readonly<Record<K, string>>;
/** The vector files are JSON of many shapes; each test reads the fields it names. */
// oxlint-disable-next-line typescript/no-explicit-any
type AnyVector = any;

describe.each(SUITES)('suite %i', (suite) => {
  vectors(title, () => {
    const cs = testCipherSuite(suite);

    test('crypto-basics: labels, hashes, signatures and HPKE', async () => {
      for (const v of vectorsOf<AnyVector>('crypto-basics.json', suite)) {
        expect(hex(await refhash(v.ref_hash.label, un(v.ref_hash.value), cs.hash))).toBe(
          v.ref_hash.out,
        );
        const e = v.expand_with_label;
        const expanded = await expandWithLabel(
          un(e.secret),
          e.label,
          un(e.context),
          e.length,
          cs.kdf,
        );
        expect(hex(expanded)).toBe(e.out);
        const d = v.derive_secret;
        expect(hex(await deriveSecret(un(d.secret), d.label, cs.kdf))).toBe(d.out);
        const t = v.derive_tree_secret;
        const treeSecret = deriveTreeSecret(un(t.secret), t.label, t.generation, t.length, cs.kdf);
        expect(hex(await treeSecret)).toBe(t.out);
        const s = v.sign_with_label;
        const isSigned = (sig: Uint8Array) =>
          verifyWithLabel(un(s.pub), s.label, un(s.content), sig, cs.signature);
        expect(await isSigned(un(s.signature))).toBe(true);
        const own = await signWithLabel(un(s.priv), s.label, un(s.content), cs.signature);
        expect(await isSigned(own)).toBe(true);
        const w = v.encrypt_with_label;
        const key = await cs.hpke.importPrivateKey(un(w.priv));
        const open = (kem: Uint8Array, ct: Uint8Array) =>
          decryptWithLabel(key, w.label, un(w.context), kem, ct, cs.hpke);
        expect(hex(await open(un(w.kem_output), un(w.ciphertext)))).toBe(w.plaintext);
        const to = await cs.hpke.importPublicKey(un(w.pub));
        const sealed = await encryptWithLabel(to, w.label, un(w.context), un(w.plaintext), cs.hpke);
        expect(hex(await open(sealed.enc, sealed.ct))).toBe(w.plaintext);
      }
    });

    test('key-schedule: every secret of every epoch, exporter and external key', async () => {
      for (const v of vectorsOf<AnyVector>('key-schedule.json', suite)) {
        let initSecret = un(v.initial_init_secret);
        for (const epoch of v.epochs) {
          const groupContext = decodeGroupContext(un(epoch.group_context), 0)?.[0];
          expect(groupContext).toBeDefined();
          if (groupContext === undefined) return;
          const psk = un(epoch.psk_secret);
          const commit = un(epoch.commit_secret);
          const made = await initializeEpoch(initSecret, commit, groupContext, psk, cs.kdf);
          const k = made.keySchedule;
          expect({
            joiner: hex(made.joinerSecret),
            welcome: hex(made.welcomeSecret),
            encryption: hex(made.encryptionSecret),
            init: hex(k.initSecret),
            sender: hex(k.senderDataSecret),
            exporter: hex(k.exporterSecret),
            authenticator: hex(k.epochAuthenticator),
            external: hex(k.externalSecret),
            confirmation: hex(k.confirmationKey),
            membership: hex(k.membershipKey),
            resumption: hex(k.resumptionPsk),
          }).toEqual({
            joiner: epoch.joiner_secret,
            welcome: epoch.welcome_secret,
            encryption: epoch.encryption_secret,
            init: epoch.init_secret,
            sender: epoch.sender_data_secret,
            exporter: epoch.exporter_secret,
            authenticator: epoch.epoch_authenticator,
            external: epoch.external_secret,
            confirmation: epoch.confirmation_key,
            membership: epoch.membership_key,
            resumption: epoch.resumption_psk,
          });
          const external = await cs.hpke.deriveKeyPair(k.externalSecret);
          expect(hex(await cs.hpke.exportPublicKey(external.publicKey))).toBe(epoch.external_pub);
          const x = epoch.exporter;
          const out = await mlsExporter(k.exporterSecret, x.label, un(x.context), x.length, cs);
          expect(hex(out)).toBe(x.secret);
          initSecret = k.initSecret;
        }
      }
    });

    test('secret-tree: sender data and every listed generation of both ratchets', async () => {
      const config = {
        retainKeysForGenerations: 10,
        retainKeysForEpochs: 4,
        maximumForwardRatchetSteps: 1000,
      };
      for (const v of vectorsOf<AnyVector>('secret-tree.json', suite)) {
        const s = v.sender_data;
        const secret = un(s.sender_data_secret);
        expect(hex(await expandSenderDataKey(cs, secret, un(s.ciphertext)))).toBe(s.key);
        expect(hex(await expandSenderDataNonce(cs, secret, un(s.ciphertext)))).toBe(s.nonce);
        const tree = await createSecretTree(v.leaves.length, un(v.encryption_secret), cs.kdf);
        for (const [leaf, generations] of v.leaves.entries()) {
          const node = tree[leafToNodeIndex(toLeafIndex(leaf))];
          expect(node).toBeDefined();
          if (node === undefined) return;
          for (const g of generations) {
            for (const ratchet of ['application', 'handshake'] as const) {
              const [at] = await ratchetUntil(node[ratchet], g.generation, config, cs.kdf);
              expect(hex(await deriveKey(at.secret, g.generation, cs))).toBe(g[`${ratchet}_key`]);
              expect(hex(await deriveNonce(at.secret, g.generation, cs))).toBe(
                g[`${ratchet}_nonce`],
              );
            }
          }
        }
      }
    });

    test('welcome: group secrets and group info open, signature and tag verify', async () => {
      for (const v of vectorsOf<AnyVector>('welcome.json', suite)) {
        const welcome = decodeMlsMessage(un(v.welcome), 0)?.[0];
        const keyPackage = decodeMlsMessage(un(v.key_package), 0)?.[0];
        if (welcome?.wireformat !== 'mls_welcome') throw new Error('no Welcome');
        if (keyPackage?.wireformat !== 'mls_key_package') throw new Error('no KeyPackage');
        const reference = await makeKeyPackageRef(keyPackage.keyPackage, cs.hash);
        const init = await cs.hpke.importPrivateKey(un(v.init_priv));
        const secrets = await decryptGroupSecrets(init, reference, welcome.welcome, cs.hpke);
        if (secrets === undefined) throw new Error('no GroupSecrets');
        const zeroes = new Uint8Array(cs.kdf.size);
        const info = await decryptGroupInfo(welcome.welcome, secrets.joinerSecret, zeroes, cs);
        if (info === undefined) throw new Error('no GroupInfo');
        expect(await verifyGroupInfoSignature(info, un(v.signer_pub), cs.signature)).toBe(true);
        const tag = verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, zeroes, cs);
        expect(await tag).toBe(true);
      }
    });

    test('transcript-hashes: confirmed and interim hash', async () => {
      for (const v of vectorsOf<
        { cipher_suite: number } & Hexes<
          | 'authenticated_content'
          | 'interim_transcript_hash_before'
          | 'confirmed_transcript_hash_after'
          | 'interim_transcript_hash_after'
          | 'confirmation_key'
        >
      >('transcript-hashes.json', suite)) {
        const content = decodeAuthenticatedContent(un(v.authenticated_content), 0)?.[0];
        if (content?.content.contentType !== 'commit' || content.auth.contentType !== 'commit') {
          throw new Error('no commit');
        }
        const { signature, confirmationTag } = content.auth;
        const input = { wireformat: content.wireformat, content: content.content, signature };
        const before = un(v.interim_transcript_hash_before);
        const confirmed = await createConfirmedHash(before, input, cs.hash);
        expect(hex(confirmed)).toBe(v.confirmed_transcript_hash_after);
        const interim = await createInterimHash(confirmed, confirmationTag, cs.hash);
        expect(hex(interim)).toBe(v.interim_transcript_hash_after);
        const key = un(v.confirmation_key);
        expect(await cs.hash.verifyMac(key, confirmationTag, confirmed)).toBe(true);
      }
    });

    test('psk_secret: pre-shared keys accumulate', async () => {
      for (const v of vectorsOf<AnyVector>('psk_secret.json', suite)) {
        let secret: Uint8Array = new Uint8Array(cs.kdf.size);
        for (const [index, psk] of v.psks.entries()) {
          const id = {
            psktype: 'external' as const,
            pskId: un(psk.psk_id),
            pskNonce: un(psk.psk_nonce),
          };
          secret = await updatePskSecret(secret, id, un(psk.psk), index, v.psks.length, cs);
        }
        expect(hex(secret)).toBe(v.psk_secret);
      }
    });

    test('tree-validation: hashes, resolutions, parent hashes and leaf signatures', async () => {
      for (const v of vectorsOf<AnyVector>('tree-validation.json', suite)) {
        const tree = decodeRatchetTree(un(v.tree), 0)?.[0];
        if (tree === undefined) throw new Error('no tree');
        for (const [node, expected] of v.tree_hashes.entries()) {
          expect(hex(await treeHash(tree, toNodeIndex(node), cs.hash))).toBe(expected);
          expect(resolution(tree, toNodeIndex(node))).toEqual(v.resolutions[node]);
        }
        expect(await verifyParentHashes(tree, cs.hash)).toBe(true);
        for (const [node, entry] of tree.entries()) {
          if (entry?.nodeType !== 'leaf') continue;
          const isSigned = verifyLeafNodeSignature(
            entry.leaf,
            un(v.group_id),
            node / 2,
            cs.signature,
          );
          expect(await isSigned).toBe(true);
        }
      }
    });
  });
});

vectors(title, () => {
  test('deserialization: vector lengths of our own reader', () => {
    interface Header {
      readonly vlbytes_header: string;
      readonly length: number;
    }
    const all = readVectors<Header>('deserialization.json');
    expect(all.length).toBeGreaterThan(0);
    for (const v of all) {
      const header = un(v.vlbytes_header);
      const bytes = new Uint8Array(header.length + v.length);
      bytes.set(header);
      expect(createWireReader(bytes).vector().length).toBe(v.length);
    }
  });
});
