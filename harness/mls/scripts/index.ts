import * as commits from './commits.ts';
import * as damage from './damage.ts';
import * as joining from './joining.ts';
import type { MlsScript } from './script.ts';
import * as successors from './successors.ts';
import * as talking from './talking.ts';

/** Every script by the name that reports show. */
export const SCRIPTS = {
  'join/welcome': joining.welcome,
  'join/welcome-external-tree': joining.welcomeExternalTree,
  'join/welcome-with-path': joining.welcomeWithPath,
  'join/external': joining.external,
  'join/external-resync': joining.externalResync,
  'join/external-psk': joining.externalPsk,
  'join/external-signer': joining.externalSigner,
  'join/new-member-proposal': joining.newMemberProposal,
  'commit/empty': commits.empty,
  'commit/add-by-reference': commits.addByReference,
  'commit/update': commits.update,
  'commit/remove': commits.remove,
  'commit/external-psk': commits.externalPsk,
  'commit/resumption-psk': commits.resumptionPsk,
  'commit/context-extensions': commits.contextExtensions,
  'commit/context-without-extensions': commits.contextWithoutExtensions,
  'talk/order': talking.order,
  'talk/sizes': talking.sizes,
  'talk/replay': talking.replay,
  'successor/branch': successors.branch,
  'successor/branch-external-tree': successors.branchExternalTree,
  'successor/re-init': successors.reInit,
  'damage/ciphertext': damage.ciphertext,
  'damage/ciphertext-then-true': damage.ciphertextThenTrue,
  'damage/commit': damage.commit,
  'damage/commit-then-true': damage.commitThenTrue,
  'damage/welcome': damage.welcome,
  'damage/key-package': damage.keyPackage,
  'damage/other-group': damage.otherGroup,
} as const satisfies Record<string, MlsScript>;
