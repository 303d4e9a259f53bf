import type { RandomBytes, SigningMode } from './crypto/curve.ts';
import type { SuiteNumber } from './crypto/cipher-suite.ts';
import type { Joiner } from './joiner.ts';

/**
 * The MLS engine as phones, gateways and notifiers see it: octets in, octets and plain values out.
 * Nothing of the library behind it appears here. What a peer sent is never an exception: it is
 * `Refused`. What the caller did wrong (removing nobody, applying a stale commit) is a
 * `BellwetherError` with a code that starts with `MLS_`.
 */

/**
 * Why octets from a peer were not accepted. Where RCC.16 has a word (client and server failure
 * reasons of the negative-delivery IMDN), it is that word.
 */
export type RefusalReason =
  | 'unparsable'
  | 'oversized'
  | 'unsupported-version'
  | 'unsupported-suite'
  | 'unexpected-message'
  | 'mls-group-not-found'
  | 'incorrect-epoch'
  | 'replayed'
  | 'own-message'
  | 'failed-to-decrypt'
  | 'message-from-non-member'
  | 'invalid-credential'
  | 'expired-credential'
  | 'invalid-key-package'
  | 'no-matching-key-package'
  | 'invalid-welcome'
  | 'invalid-group-info'
  | 'invalid-commit'
  | 'invalid-proposal'
  | 'mismatched-confirmation-tag'
  | 'commit-in-privatemessage'
  | 'not-a-member';

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** One sentence for a trace; never contains key material. */
  readonly detail: string;
  /** Octet offset into the input, for `unparsable`, `oversized` and `unsupported-version`. */
  readonly offset?: number;
  /** With `incorrect-epoch`: a larger `messageEpoch` means the message is early, not wrong. */
  readonly messageEpoch?: number;
  readonly memberEpoch?: number;
}

export interface MemberIdentity {
  /** The Basic credential's UTF-8 identity: `agent:ID`, `tel:+E164/device`. */
  readonly identity: string;
  readonly leafIndex: number;
}

export interface GeneratedKeyPackage {
  /** An MLSMessage of wire format mls_key_package (RFC 9420 §6, §10). */
  readonly keyPackage: Uint8Array;
  /** KeyPackageRef (RFC 9420 §5.2), lower-case hex. */
  readonly reference: string;
  /** Opaque, storable: what `joinFromWelcome` needs. Erase it after the join unless last-resort. */
  readonly private: KeyPackageSecrets;
}

/** Serialised secrets of one key package. Treat as a key. */
export type KeyPackageSecrets = Uint8Array;

export interface KeyPackageOptions {
  /** From now; default 76 days less the back-dating, the longest that RCC.16 allows. */
  readonly lifetimeSeconds?: number;
  /** Marks the package as reusable (last_resort extension 0x000A). */
  readonly lastResort?: boolean;
  /** An X.509 credential with the key that it certifies; default: Basic, with a fresh key. */
  readonly leaf?: CertifiedLeaf;
}

/** A leaf's signature key pair and the chain that certifies it, the leaf's own first. */
export interface CertifiedLeaf {
  readonly certificates: readonly Uint8Array[];
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A key package whose signatures, suite and lifetime hold (RFC 9420 §10.1). */
export interface CheckedKeyPackage {
  readonly kind: 'key-package';
  readonly identity: string;
  readonly reference: string;
  readonly suite: SuiteNumber;
  readonly lastResort: boolean;
  /** Unix seconds. */
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
  readonly signaturePublicKey: Uint8Array;
  /** Of an X.509 credential, the leaf's first; empty for a Basic one. */
  readonly certificates: readonly Uint8Array[];
}

export interface GroupOptions {
  /** RCS era (GroupContext extension 0xF001, uint32); absent when not given. */
  readonly era?: number;
  /** The creator's own leaf, when it has a certificate. */
  readonly leaf?: CertifiedLeaf;
}

export interface ExternalPsk {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
}

export interface JoinOptions {
  /** RFC 9420 §12.4.3.3: the tree as `optional<Node>` vector, when the Welcome carries none. */
  readonly ratchetTree?: Uint8Array;
  readonly externalPsks?: readonly ExternalPsk[];
}

export interface ExternalJoinOptions {
  /** The newcomer's own leaf, when it has a certificate. */
  readonly leaf?: CertifiedLeaf;
  readonly externalPsks?: readonly ExternalPsk[];
}

/** A way in that was made but not yet accepted by the delivery service; else it is just dropped. */
export interface ExternalJoin {
  readonly kind: 'external-join';
  /** MLSMessage, PublicMessage. */
  readonly commit: Uint8Array;
  /** Already in the epoch that the Commit begins. */
  readonly member: MlsMember;
  /** It takes the newcomer's old leaf out (resync). */
  readonly resync: boolean;
}

export interface Joined {
  readonly kind: 'joined';
  readonly member: MlsMember;
  /** Which of the offered key packages was used. */
  readonly reference: string;
}

/** `certificates`: of an X.509 credential, the leaf's first; empty for a Basic one. */
export type AcceptCredential = (
  identity: string,
  signaturePublicKey: Uint8Array,
  certificates: readonly Uint8Array[],
) => boolean;

export interface MlsEngineOptions {
  /** Where every key and nonce comes from: a seeded fork in the simulator, else the system's. */
  readonly random: RandomBytes;
  /** Unix seconds of the caller's clock; the engine never reads another. */
  readonly nowSeconds: () => number;
  /** RFC 9420 §17.1; default 2, the suite of RCC.16. */
  readonly suite?: SuiteNumber;
  /** Default `deterministic`; `random` for keys that matter. */
  readonly signing?: SigningMode;
  /** Past epochs whose application messages can still be read; older keys are erased. Default 4. */
  readonly retainEpochs?: number;
  /** Skipped messages of one sender whose keys are kept for late arrival. Default 64. */
  readonly retainGenerations?: number;
  /** How far one message may jump ahead in a sender's ratchet. Default 1024. */
  readonly maximumForwardSteps?: number;
  /** RCC.16 sends commits as PublicMessage; `refuse` answers `commit-in-privatemessage`. */
  readonly privateHandshake?: 'accept' | 'refuse';
  /** Octets; larger input is refused unread. Default 1 MiB. */
  readonly maximumMessageBytes?: number;
  /** The authentication service (RFC 9420 §5.3.1); default accepts every credential. */
  readonly acceptCredential?: AcceptCredential;
}

export interface MlsEngine {
  readonly suite: SuiteNumber;
  generateKeyPackage(identity: string, options?: KeyPackageOptions): Promise<GeneratedKeyPackage>;
  checkKeyPackage(keyPackage: Uint8Array): Promise<CheckedKeyPackage | Refused>;
  /** A group of one at epoch 0 (RFC 9420 §11). */
  createGroup(groupId: Uint8Array, identity: string, options?: GroupOptions): Promise<MlsMember>;
  /** RFC 9420 §12.4.3.1. */
  joinFromWelcome(
    welcome: Uint8Array,
    keyPackages: readonly KeyPackageSecrets[],
    options?: JoinOptions,
  ): Promise<Joined | Refused>;
  /**
   * RFC 9420 §12.4.3.2: by a Commit of one's own, with a GroupInfo (MLSMessage) that holds tree and
   * external_pub. An old leaf of the same identity is taken out on the way.
   */
  joinByCommit(
    groupInfo: Uint8Array,
    identity: string,
    options?: ExternalJoinOptions,
  ): Promise<ExternalJoin | Refused>;
  /** Brings `MlsMember.serialize()` back; `MLS_STATE_UNREADABLE` when it is not such octets. */
  deserialize(state: Uint8Array): MlsMember;
}

export interface CommitChange {
  /** Key packages as MLSMessage octets, as claimed from a key distribution service. */
  readonly add?: readonly Uint8Array[];
  /** Leaf indexes, or identities (all leaves with that identity). */
  readonly remove?: readonly (string | number)[];
  /** Fresh keys for the committer although only members are added (RFC 9420 §12.4, path). */
  readonly update?: boolean;
  /**
   * Puts RCC.16's `end_mls` (GroupContext extension 0xF002) into the group: from the next epoch on
   * nobody encrypts in it any more.
   */
  readonly endMls?: boolean;
}

/** A commit that was made but not yet accepted by the delivery service. */
export interface PendingCommit {
  readonly kind: 'pending';
  /** MLSMessage, PublicMessage. */
  readonly commit: Uint8Array;
  /** MLSMessage, Welcome for all added members; absent when none was added. */
  readonly welcome?: Uint8Array;
  /** The epoch after the commit. */
  readonly epoch: number;
  readonly added: readonly MemberIdentity[];
  readonly removed: readonly MemberIdentity[];
  /** Of the epoch after it, where the engine knows it although it has no state to show. */
  readonly authenticatorAfter?: Uint8Array;
  /** As `MlsMember.groupInfo`, of the epoch after it: for the delivery service. */
  groupInfoAfter(): Promise<Uint8Array>;
  /** Moves the member to the new epoch; `MLS_COMMIT_STALE` when it has moved otherwise. */
  apply(): Promise<void>;
  /** Forgets the commit and erases its keys; the member stays as it was. */
  discard(): void;
  /**
   * The member as it will be after `apply`, in the form of `MlsMember.serialize`. Stored beside the
   * member before the commit is sent, it lets a client that died in between take up whichever of
   * the two epochs the delivery service says it is in.
   */
  serializeApplied(): Uint8Array;
}

export interface ReceivedApplication {
  readonly kind: 'application';
  readonly plaintext: Uint8Array;
  readonly senderIdentity: string;
  readonly senderLeafIndex: number;
  readonly epoch: number;
  readonly authenticatedData: Uint8Array;
}

export interface ReceivedCommit {
  readonly kind: 'commit';
  /** The member's epoch now; unchanged when it was removed. */
  readonly epoch: number;
  readonly added: readonly MemberIdentity[];
  readonly removed: readonly MemberIdentity[];
  readonly selfRemoved: boolean;
  /** Undefined for an external commit (RFC 9420 §12.4.3.2). */
  readonly senderIdentity: string | undefined;
  /** Of an external commit: who let itself in. */
  readonly joiner?: Joiner;
}

export interface ReceivedProposal {
  readonly kind: 'proposal';
  readonly epoch: number;
}

export type Received = ReceivedApplication | ReceivedCommit | ReceivedProposal | Refused;

export interface ProcessOptions {
  readonly externalPsks?: readonly ExternalPsk[];
  /** May this one let itself in by an external Commit? Default: whose credential is accepted. */
  readonly admits?: (joiner: Joiner) => boolean;
}

/**
 * One leaf of one group. Calls on the same member run one after the other in the order they were
 * made, so that no ratchet key is ever used twice.
 */
export interface MlsMember {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  /** 32 octets, equal for all members of the epoch (RFC 9420 §8.7). */
  readonly epochAuthenticator: Uint8Array;
  readonly leafIndex: number;
  readonly identity: string;
  /** RCS era, when the group has one. */
  readonly era: number | undefined;
  /** False after a commit that removed this member; it can then still read its last epochs. */
  readonly active: boolean;
  /** `end_mls` is in the group: what is said next is not encrypted, and everybody shows that. */
  readonly ended: boolean;
  members(): readonly MemberIdentity[];
  /** Signature keys by identity; of two leaves with one identity, the later. */
  leafKeys(): ReadonlyMap<string, Uint8Array>;
  add(keyPackages: readonly Uint8Array[]): Promise<PendingCommit | Refused>;
  remove(members: readonly (string | number)[]): Promise<PendingCommit | Refused>;
  update(): Promise<PendingCommit | Refused>;
  commit(change: CommitChange): Promise<PendingCommit | Refused>;
  /** MLSMessage: a GroupInfo of the present epoch with tree and external_pub (RFC 9420 §12.4.3). */
  groupInfo(): Promise<Uint8Array>;
  /** MLSMessage, PrivateMessage; `MLS_NOT_A_MEMBER` after removal, `MLS_ENDED` after `end_mls`. */
  encrypt(plaintext: Uint8Array, authenticatedData?: Uint8Array): Promise<Uint8Array>;
  /** Whatever a peer sent; the state changes only when the result is not `refused`. */
  process(message: Uint8Array, options?: ProcessOptions): Promise<Received>;
  /**
   * All secrets of this member, about 1.5 KiB in a small group. Treat as a key. What is stored must
   * be newer than anything sent: a member brought back from before an `encrypt` would use that
   * message key again, so store after `encrypt` and before sending.
   */
  serialize(): Uint8Array;
  /**
   * Puts the member to rest: all that is kept of it are the octets of `serialize`. Whatever is
   * asked of it next wakes it. For those who hold thousands of members of which few speak.
   */
  rest(): Promise<void>;
}
