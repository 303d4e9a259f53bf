/**
 * The identity service of iMessage (IDS): which devices of a number have it, with which public
 * keys. A number stays registered until its device says otherwise or is found to be gone, also when
 * its SIM has moved to a phone of another kind: what is sent to it meanwhile reaches nobody (Apple,
 * “Deregister iMessage”).
 */
import type { History } from '../kernel/history.ts';
import type { Directory, Handset, ImessageDevice } from '../network/bearer.ts';
import type { PublicKeys } from '../protocol/imessage/packet.ts';
import { keyIdOf } from '../protocol/imessage/packet.ts';

export interface ImessageDirectory {
  /** The devices of a number, as registered now; empty when it has none. */
  devicesOf(msisdn: string): readonly ImessageDevice[];
  /** By `keyIdOf` a signature key that was ever registered: packets may be older than a change. */
  bySignature(id: string): (PublicKeys & { readonly number: string }) | undefined;
  handset(path: string): Handset | undefined;
}

interface Number {
  readonly devices: Map<string, ImessageDevice>;
  readonly watched: Set<string>;
}

export function createImessageDirectory(
  people: () => Directory,
  history: History,
): ImessageDirectory {
  const numbers = new Map<string, Number>();
  const signatures = new Map<string, PublicKeys & { readonly number: string }>();
  const handsets = new Map<string, Handset>();

  const leave = (number: Number, device: ImessageDevice, why: 'left' | 'key-changed'): void => {
    number.devices.delete(device.path);
    const { person, path, keys } = device;
    const key = keyIdOf(keys.encryption);
    history.append({ kind: 'imessage.deregistered', person, device: path, key, why });
  };

  const enter = (number: Number, msisdn: string, handset: Handset, keys: PublicKeys): void => {
    const { path, person } = handset;
    number.devices.set(path, { path, person, keys });
    handsets.set(path, handset);
    signatures.set(keyIdOf(keys.signature), { ...keys, number: msisdn });
    const key = keyIdOf(keys.encryption);
    history.append({ kind: 'imessage.registered', person, device: path, key });
  };

  /** Holds what is registered against what the devices have. */
  const refresh = (msisdn: string): Number | undefined => {
    const subscriber = people().byMsisdn(msisdn);
    if (subscriber === undefined) return undefined;
    let number = numbers.get(msisdn);
    if (number === undefined) {
      numbers.set(msisdn, (number = { devices: new Map(), watched: new Set() }));
      subscriber.onNewHandset?.(() => void refresh(msisdn));
    }
    for (const device of number.devices.values()) {
      const now = handsets.get(device.path)?.imessageKeys?.();
      if (now === undefined) leave(number, device, 'left');
      else if (!Buffer.from(now.encryption).equals(device.keys.encryption)) {
        leave(number, device, 'key-changed');
      }
    }
    for (const handset of subscriber.handsets) {
      const keys = handset.imessageKeys?.();
      if (keys === undefined || number.devices.has(handset.path)) continue;
      enter(number, msisdn, handset, keys);
    }
    for (const handset of subscriber.handsets) {
      if (handset.imessageKeys === undefined || number.watched.has(handset.path)) continue;
      number.watched.add(handset.path);
      handset.onChange(() => void refresh(msisdn));
    }
    return number;
  };

  return {
    devicesOf: (msisdn) => [...(refresh(msisdn)?.devices.values() ?? [])],
    bySignature: (id) => signatures.get(id),
    handset: (path) => handsets.get(path),
  };
}
