/** What happens to MLS groups, keys and ciphertexts (RFC 9420, GSMA RCC.16). */

/** Why a device's leaf is not to be trusted: see docs/e2ee.md. */
export type AttestationFault = 'platform-failed' | 'sim-swapped' | 'unknown-device';

export type MlsEventKinds = {
  /** A key service handed out a package for somebody to add this device to a group. */
  'mls.claimed': {
    readonly person: string;
    readonly device: string;
    /** KeyPackageRef (RFC 9420 §5.2), lower-case hex. */
    readonly reference: string;
    readonly lastResort: boolean;
    /** Present when the device's attestation did not hold: whoever claimed it was told so. */
    readonly unattested?: AttestationFault;
    /** A fault: this one-time package had been handed out before. */
    readonly again?: true;
  };
  /** A Welcome was accepted for delivery: these packages are used up. */
  'mls.welcomed': {
    readonly group: string;
    /** The epoch that it leads into. */
    readonly epoch: number;
    readonly references: readonly string[];
    readonly wire: string;
    /** The phone, or the gateway, that made it; absent for an implementation. */
    readonly device?: string;
  };
  'mls.joined': {
    readonly device: string;
    readonly group: string;
    readonly epoch: number;
    /** It let itself in by a Commit (RFC 9420 §12.4.3.2), which the delivery service took. */
    readonly byCommit?: true;
  };
  /** A phone followed a Commit, its own or another's, into this epoch. */
  'mls.advanced': {
    readonly device: string;
    readonly group: string;
    readonly epoch: number;
    /** Whom that Commit let in by itself: a device, or what its leaf says where it is none. */
    readonly admitted?: string;
  };
  /** A phone did not follow a Commit by which this one wanted to let itself in. */
  'mls.rejected': {
    readonly device: string;
    readonly group: string;
    readonly epoch: number;
    readonly wire: string;
    readonly rejected: string;
  };
  'mls.encrypted': {
    readonly group: string;
    readonly epoch: number;
    readonly wire: string;
    /** The phone, or the gateway, that encrypted it; absent for an implementation. */
    readonly device?: string;
  };
  'mls.decrypted': {
    readonly device: string;
    readonly group: string;
    readonly epoch: number;
    readonly wire: string;
    readonly message?: string;
    /** The device had been removed: its kept state was fed this ciphertext. */
    readonly afterRevocation?: boolean;
    /** Somebody who is not the person: a device with a stolen number or token, a stolen state. */
    readonly thief?: true;
    /** The phone itself had opened it before its state was stolen. */
    readonly before?: true;
  };
  /**
   * What a ciphertext held that no phone had opened, by an observer with the recipient's keys (kept
   * copies of them after a wipe): evidence about which message it was, never about delivery.
   */
  'mls.identified': { readonly wire: string; readonly message: string };
  'mls.refused': {
    readonly device: string;
    readonly wire: string;
    /** The RCC.16 vocabulary: failed-to-decrypt, incorrect-epoch, … */
    readonly reason: string;
    /** Where in the octets, when that is the reason. */
    readonly offset?: number;
    /** Tried by somebody who is not the person; the phone itself had no part in it. */
    readonly thief?: true;
    readonly before?: true;
  };
  'mls.lost': { readonly device: string };
  /** A fault moved this device's group apart from everybody else's. */
  'mls.diverged': { readonly device: string; readonly fault: string };
  'mls.removed': { readonly device: string; readonly group: string; readonly epoch: number };
  /** The conversation was told to go on without encryption (end_mls, RCC.16). */
  'mls.ended': { readonly device: string; readonly group: string; readonly epoch: number };
  /** A delivery service did not let a message in: its sender's view of the group is old. */
  'mls.conflict': {
    readonly wire: string;
    readonly reason: string;
    /** What the message was of. */
    readonly group: string;
    readonly epoch: number;
    /** What the conversation is in, as the sender was told; absent where there is no group. */
    readonly present?: { readonly group: string; readonly epoch: number; readonly era: number };
    readonly device?: string;
  };
  /** A copy of a device's MLS state was taken by an observer: it is fed every later ciphertext. */
  'mls.stolen': { readonly device: string; readonly fault: string };
};
