import { applyUpdatePathSecret } from 'ts-mls/createCommit.js';
import { deriveSecret } from 'ts-mls/crypto/kdf.js';
import { pathToRoot } from 'ts-mls/pathSecrets.js';
import { mergePrivateKeyPaths, toPrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import { decodeProposal } from 'ts-mls/proposal.js';
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  removeLeafNode,
  updateLeafNode,
} from 'ts-mls/ratchetTree.js';
import type { RatchetTree } from 'ts-mls';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafToNodeIndex, leafWidth, root, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { applyUpdatePath, decodeUpdatePath } from 'ts-mls/updatePath.js';
import { describe, expect, test } from 'vitest';
import { suiteName } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import { needs } from '../../support/needs.ts';
import { hex, SUITES, testCipherSuite, un, vectorsOf } from './vector-files.ts';
import type { SuiteVector } from './vector-files.ts';

const vectors = needs('mls-vectors');
const title = 'RFC 9420 tree vectors';

interface TreeKem extends SuiteVector {
  readonly confirmed_transcript_hash: string;
  readonly epoch: number;
  readonly group_id: string;
  readonly ratchet_tree: string;
  readonly leaves_private: readonly {
    readonly index: number;
    readonly encryption_priv: string;
    readonly path_secrets: readonly { readonly node: number; readonly path_secret: string }[];
  }[];
  readonly update_paths: readonly {
    readonly sender: number;
    readonly commit_secret: string;
    readonly path_secrets: readonly (string | null)[];
    readonly tree_hash_after: string;
    readonly update_path: string;
  }[];
}

interface TreeOperation extends SuiteVector {
  readonly proposal: string;
  readonly proposal_sender: number;
  readonly tree_before: string;
  readonly tree_after: string;
  readonly tree_hash_before: string;
  readonly tree_hash_after: string;
}

function treeOf(octets: string): RatchetTree {
  const tree = decodeRatchetTree(un(octets), 0)?.[0];
  if (tree === undefined) throw new Error('no ratchet tree');
  return tree;
}

describe.each(SUITES)('suite %i', (suite) => {
  vectors(title, () => {
    const cs = testCipherSuite(suite);

    test('treekem: every member opens every update path to the same commit secret', async () => {
      let opened = 0;
      for (const v of vectorsOf<TreeKem>('treekem.json', suite)) {
        for (const update of v.update_paths) {
          const path = decodeUpdatePath(un(update.update_path), 0)?.[0];
          if (path === undefined) throw new Error('no update path');
          const sender = toLeafIndex(update.sender);
          const tree = await applyUpdatePath(treeOf(v.ratchet_tree), sender, path, cs.hash);
          expect(hex(await treeHashRoot(tree, cs.hash))).toBe(update.tree_hash_after);
          const groupContext = {
            version: 'mls10' as const,
            cipherSuite: suiteName(suite),
            groupId: un(v.group_id),
            epoch: BigInt(v.epoch),
            treeHash: un(update.tree_hash_after),
            confirmedTranscriptHash: un(v.confirmed_transcript_hash),
            extensions: [],
          };
          for (const own of v.leaves_private) {
            const expected = update.path_secrets[own.index];
            if (expected === undefined || expected === null) continue;
            const nodes = own.path_secrets.map((entry) => [entry.node, un(entry.path_secret)]);
            const privatePath = mergePrivateKeyPaths(
              await toPrivateKeyPath(Object.fromEntries(nodes), own.index, cs),
              {
                leafIndex: own.index,
                privateKeys: {
                  [leafToNodeIndex(toLeafIndex(own.index))]: un(own.encryption_priv),
                },
              },
            );
            const found = await applyUpdatePathSecret(
              tree,
              privatePath,
              sender,
              groupContext,
              path,
              [],
              cs,
            );
            expect(hex(found.pathSecret)).toBe(expected);
            const node = toNodeIndex(found.nodeIndex);
            const secrets = await pathToRoot(tree, node, found.pathSecret, cs.kdf);
            const top = secrets[root(leafWidth(tree.length))];
            if (top === undefined) throw new Error('no secret at the root');
            expect(hex(await deriveSecret(top, 'path', cs.kdf))).toBe(update.commit_secret);
            opened++;
          }
        }
      }
      expect(opened).toBeGreaterThan(10);
    });
  });
});

vectors(title, () => {
  test('tree-operations: add, update and remove give the listed trees', async () => {
    const cs = testCipherSuite(1);
    for (const v of vectorsOf<TreeOperation>('tree-operations.json', 1)) {
      const before = treeOf(v.tree_before);
      expect(hex(await treeHashRoot(before, cs.hash))).toBe(v.tree_hash_before);
      const proposal = decodeProposal(un(v.proposal), 0)?.[0];
      const after =
        proposal?.proposalType === 'add'
          ? addLeafNode(before, proposal.add.keyPackage.leafNode)[0]
          : proposal?.proposalType === 'update'
            ? updateLeafNode(before, proposal.update.leafNode, toLeafIndex(v.proposal_sender))
            : proposal?.proposalType === 'remove'
              ? removeLeafNode(before, toLeafIndex(proposal.remove.removed))
              : undefined;
      if (after === undefined) throw new Error('no proposal that changes the tree');
      expect(hex(encodeRatchetTree(after))).toBe(v.tree_after);
      expect(hex(await treeHashRoot(after, cs.hash))).toBe(v.tree_hash_after);
    }
  });
});
