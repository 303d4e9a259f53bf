import type { FramedContent, Proposal } from 'ts-mls';
import { identityOf } from './credential.ts';
import { decodeWhole } from './refusal.ts';

/** Who lets itself into a group by an external Commit (RFC 9420 §12.4.3.2). Nothing is verified. */
export interface Joiner {
  /** As its leaf says: `tel:+E164/device` of a certificate or a Basic credential. */
  readonly identity: string;
  readonly signaturePublicKey: Uint8Array;
  /** The leaf that it takes out: its own old one, if it keeps to the rules. */
  readonly removes?: number;
}

/** Undefined for everything but a Commit of one who is no member. */
export function joinerIn(content: FramedContent): Joiner | undefined {
  if (content.contentType !== 'commit') return undefined;
  if (content.sender.senderType !== 'new_member_commit') return undefined;
  const { path, proposals } = content.commit;
  if (path === undefined) return undefined;
  const removed = proposals
    .map((entry): Proposal | undefined =>
      entry.proposalOrRefType === 'proposal' ? entry.proposal : undefined,
    )
    .find((proposal) => proposal?.proposalType === 'remove');
  const { credential, signaturePublicKey } = path.leafNode;
  return {
    identity: identityOf(credential),
    signaturePublicKey: Uint8Array.from(signaturePublicKey),
    ...(removed?.proposalType === 'remove' && { removes: removed.remove.removed }),
  };
}

/** Of an MLSMessage; undefined also for octets that are none. */
export function joinerOf(message: Uint8Array): Joiner | undefined {
  try {
    const decoded = decodeWhole(Uint8Array.from(message));
    if (decoded.wireformat !== 'mls_public_message') return undefined;
    return joinerIn(decoded.publicMessage.content);
  } catch {
    // Whoever asked sees by inspect() that it cannot be read; here there is just nobody.
    return undefined;
  }
}
