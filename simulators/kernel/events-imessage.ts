/** What happens to keys and messages of Apple's service (docs/person-to-person.md, simulated). */

/** `key` names a device's public encryption key: 8 octets of its digest, hex. */
interface DeviceKey {
  readonly person: string;
  readonly device: string;
  readonly key: string;
}

export type ImessageEventKinds = {
  /** The directory has this key of this device from now on. */
  'imessage.registered': DeviceKey & { readonly thief?: true };
  /** It gives it out no more. */
  'imessage.deregistered': DeviceKey & { readonly why: 'left' | 'key-changed' };
  /** A phone encrypted a message, for each of these devices by itself. */
  'imessage.sealed': {
    readonly wire: string;
    /** The sender's. */
    readonly device: string;
    readonly message?: string;
    /** The people that it is for. */
    readonly people: readonly string[];
    readonly to: readonly DeviceKey[];
  };
  /** A phone opened it. `verified`: it held the signature against the sender's key. */
  'imessage.opened': {
    readonly wire: string;
    readonly device: string;
    readonly person: string;
    readonly key: string;
    readonly verified: boolean;
    readonly message?: string;
  };
  'imessage.refused': {
    readonly wire: string;
    readonly device: string;
    readonly reason:
      'damaged' | 'wrong-signature' | 'not-for-this-key' | 'wrong-integrity' | 'unknown-sender';
    readonly message?: string;
  };
  /** Contact key verification: the person was told that keys of another have changed. */
  'imessage.keys-changed': {
    readonly device: string;
    readonly of: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
};
