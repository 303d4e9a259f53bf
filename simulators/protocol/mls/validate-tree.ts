import type { CiphersuiteImpl, ClientConfig, RatchetTree } from 'ts-mls';
import { validateRatchetTree } from 'ts-mls/clientState.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { sameBytes } from './crypto/bytes.ts';

/** Of ts-mls: it asks this of the nodes above the parent, too, and for equal lists. */
const TOO_STRICT = /non-blank intermediate node/;
const LATER_CHECKS = /verify (parent|tree) hash/;

/**
 * RFC 9420 §12.4.3.1: an unmerged leaf of a parent is a leaf below it, and every non-blank node
 * between the two lists it as well.
 */
function unmergedLeavesHold(tree: RatchetTree): boolean {
  const width = leafWidth(tree.length);
  return tree.every((node, index) => {
    if (node?.nodeType !== 'parent') return true;
    return node.parent.unmergedLeaves.every((leaf) => {
      const nodeIndex = leafToNodeIndex(toLeafIndex(leaf));
      const path: readonly number[] = directPath(nodeIndex, width);
      const above = path.indexOf(index);
      if (above === -1 || tree[nodeIndex]?.nodeType !== 'leaf') return false;
      return path.slice(0, above).every((between) => {
        const other = tree[between];
        return other?.nodeType !== 'parent' || other.parent.unmergedLeaves.includes(leaf);
      });
    });
  });
}

/**
 * What is wrong with a ratchet tree from outside, or undefined. ts-mls 1.6.4 refuses valid trees
 * in which two parents of one path have different unmerged leaves (docs/discoveries/ts-mls.md);
 * for those its other checks are asked with the lists taken out, and these are checked here.
 */
export async function treeProblem(
  tree: RatchetTree,
  groupContext: GroupContext,
  { lifetimeConfig, authService }: ClientConfig,
  cs: CiphersuiteImpl,
): Promise<Error | undefined> {
  const ask = (asked: RatchetTree): Promise<Error | undefined> =>
    validateRatchetTree(
      asked,
      groupContext,
      lifetimeConfig,
      authService,
      groupContext.treeHash,
      cs,
    );
  const problem = await ask(tree);
  if (problem === undefined || !TOO_STRICT.test(problem.message)) return problem;
  if (!unmergedLeavesHold(tree)) return problem;
  const withoutLists = tree.map((node) =>
    node?.nodeType === 'parent'
      ? { ...node, parent: { ...node.parent, unmergedLeaves: [] } }
      : node,
  );
  const other = await ask(withoutLists);
  // Without the lists the hashes cannot hold; whatever is wrong before them still shows.
  if (other !== undefined && !LATER_CHECKS.test(other.message)) return other;
  if (!(await verifyParentHashes(tree, cs.hash))) return new Error('parent hash does not verify');
  const hash = await treeHashRoot(tree, cs.hash);
  return sameBytes(hash, groupContext.treeHash)
    ? undefined
    : new Error('tree hash does not verify');
}
