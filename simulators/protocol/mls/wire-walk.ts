import { WireError } from './wire-reader.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * Walks over the structures that `inspect` does not need to understand, so that octets that end
 * too early, or go on too long, are refused at the very offset where they stop making sense.
 */

/** LeafNodeSource (RFC 9420 §7.2). */
const SOURCE_KEY_PACKAGE = 1;
const SOURCE_UPDATE = 2;
const SOURCE_COMMIT = 3;
const LIFETIME_BYTES = 16;
const CREDENTIAL_BASIC = 1;

/** What stands in a leaf in the clear. */
export interface WalkedLeaf {
  /** UTF-8 of a Basic credential; undefined for other kinds and for octets that are not UTF-8. */
  readonly identity: string | undefined;
}

function basicIdentity(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    // Not text: the leaf has no name that could be shown.
    return undefined;
  }
}

/** LeafNode (RFC 9420 §7.2). */
function walkLeafNode(reader: WireReader): WalkedLeaf {
  reader.vector();
  reader.vector();
  const credentialType = reader.uint16();
  const credential = reader.vector();
  for (let list = 0; list < 5; list++) reader.vector();
  const at = reader.offset;
  const source = reader.uint8();
  if (source === SOURCE_KEY_PACKAGE) reader.skip(LIFETIME_BYTES);
  else if (source === SOURCE_COMMIT) reader.vector();
  else if (source !== SOURCE_UPDATE) {
    throw new WireError(`leaf node source ${source} is unknown`, at);
  }
  reader.vector();
  reader.vector();
  const isBasic = credentialType === CREDENTIAL_BASIC;
  return { identity: isBasic ? basicIdentity(credential) : undefined };
}

/** KeyPackage (RFC 9420 §10), after its version. */
export function walkKeyPackage(reader: WireReader): WalkedLeaf & { readonly suite: number } {
  const suite = reader.uint16();
  reader.vector();
  const leaf = walkLeafNode(reader);
  reader.vector();
  reader.vector();
  return { ...leaf, suite };
}

/** Commit (RFC 9420 §12.4): proposals, then an optional UpdatePath. */
export function walkCommit(reader: WireReader): void {
  reader.vector();
  const at = reader.offset;
  const hasPath = reader.uint8();
  if (hasPath > 1) throw new WireError(`optional marker ${hasPath} is neither 0 nor 1`, at);
  if (hasPath === 0) return;
  walkLeafNode(reader);
  reader.vector();
}

export function requireEnd(reader: WireReader): void {
  if (reader.remaining === 0) return;
  throw new WireError(`${reader.remaining} octets after the message`, reader.offset);
}
