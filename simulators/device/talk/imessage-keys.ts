/** A phone's keys for iMessage, and what it remembers of other people's. */
import type { ImessageDevice } from '../../network/bearer.ts';
import { createPacketCrypto, keyIdOf } from '../../protocol/imessage/packet.ts';
import type {
  DeviceKeys,
  Opened,
  Packet,
  PacketCrypto,
  PublicKeys,
} from '../../protocol/imessage/packet.ts';
import type { Phone } from '../phone.ts';

export class ImessageKeys {
  readonly crypto: PacketCrypto;
  /** By what the phone had been through when they were made; the newest last. */
  readonly #made = new Map<string, DeviceKeys>();
  /** Key ids of each other person's devices, as last seen. */
  readonly #seen = new Map<string, ReadonlySet<string>>();

  constructor(phone: Phone) {
    const random = phone.context.ambient.random.fork(`${phone.path}/imessage`);
    this.crypto = createPacketCrypto((length) => random.bytes(length));
  }

  /** Of now. A wipe takes all keys, a rotation leaves the old ones for what is under way. */
  current({ keyLosses, keyRotations }: Pick<Phone, 'keyLosses' | 'keyRotations'>): DeviceKeys {
    const stamp = `${keyLosses}.${keyRotations}`;
    const known = this.#made.get(stamp);
    if (known !== undefined) return known;
    this.#forgetWiped(keyLosses);
    const made = this.crypto.generate();
    this.#made.set(stamp, made);
    return made;
  }

  #forgetWiped(keyLosses: number): void {
    for (const old of this.#made.keys()) {
      if (!old.startsWith(`${keyLosses}.`)) this.#made.delete(old);
    }
  }

  /** With whichever of its keys the packet is for. */
  open(phone: Phone, packet: Packet, from: PublicKeys): Opened {
    this.#forgetWiped(phone.keyLosses);
    const own = [...this.#made.values()];
    const fitting = own.find(({ encryption }) => keyIdOf(encryption.publicKey) === packet.to);
    if (fitting === undefined) {
      return { kind: 'refused', reason: 'not-for-this-key', detail: 'no key of this device' };
    }
    return this.crypto.open(packet, fitting, from);
  }

  /** Tells the person when keys of another are not those that they knew (key verification). */
  compare(phone: Phone, of: string, devices: readonly ImessageDevice[]): void {
    const now = new Set(devices.map(({ keys }) => keyIdOf(keys.encryption)));
    const before = this.#seen.get(of);
    this.#seen.set(of, now);
    if (before === undefined) return;
    const added = [...now].filter((key) => !before.has(key));
    const removed = [...before].filter((key) => !now.has(key));
    if (added.length === 0 && removed.length === 0) return;
    const { history } = phone.context.ambient;
    history.append({ kind: 'imessage.keys-changed', device: phone.path, of, added, removed });
  }
}
