import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import {
  createPacketCrypto,
  isRefusal,
  keyIdOf,
  readPacket,
} from '../../../simulators/protocol/imessage/packet.ts';
import type { DeviceKeys, Packet } from '../../../simulators/protocol/imessage/packet.ts';

const random = createRandom(7);
const crypto = createPacketCrypto((length) => random.bytes(length));
const [ana, ben, eve] = [crypto.generate(), crypto.generate(), crypto.generate()];
const publicOf = ({ encryption, signature }: DeviceKeys) => ({
  encryption: encryption.publicKey,
  signature: signature.publicKey,
});
const TEXT = 'Grüße QX7ABCDEFGH1';

function packetOf(octets: Uint8Array): Packet {
  const read = readPacket(octets);
  if (isRefusal(read)) throw new Error(read.detail);
  return read;
}

describe('packets between Apple devices', () => {
  const octets = crypto.seal(Buffer.from(TEXT), ana, publicOf(ben));

  test('are opened by the device that they are for, and show nothing on the way', () => {
    const opened = crypto.open(packetOf(octets), ben, publicOf(ana));
    expect(opened.kind === 'opened' && Buffer.from(opened.plaintext).toString()).toBe(TEXT);
    expect(Buffer.from(octets).includes('QX7')).toBe(false);
    expect(packetOf(octets)).toMatchObject({
      from: keyIdOf(ana.signature.publicKey),
      to: keyIdOf(ben.encryption.publicKey),
    });
  });

  test('are refused by another device, from another sender, and when they were changed', () => {
    const packet = packetOf(octets);
    expect(crypto.open(packet, eve, publicOf(ana))).toMatchObject({ reason: 'not-for-this-key' });
    expect(crypto.open(packet, ben, publicOf(eve))).toMatchObject({ reason: 'wrong-signature' });
    const body = Buffer.from(packet.body);
    body[0]! ^= 1;
    const changed = crypto.open({ ...packet, body }, ben, publicOf(ana));
    expect(changed).toMatchObject({ reason: 'wrong-signature' });
    const posing = { encryption: ana.encryption, signature: eve.signature };
    const forged = packetOf(crypto.seal(Buffer.from(TEXT), posing, publicOf(ben)));
    const claimed = { ...forged, from: keyIdOf(ana.signature.publicKey) };
    expect(crypto.open(claimed, ben, publicOf(ana))).toMatchObject({ reason: 'wrong-signature' });
  });

  test('hold their integrity by themselves, whoever signs anew', () => {
    const packet = packetOf(octets);
    const other = packetOf(crypto.seal(Buffer.from('another text!!!'), ana, publicOf(ben)));
    const mixed = { ...packet, body: other.body };
    expect(crypto.open(mixed, ben, publicOf(ana)).kind).toBe('refused');
  });

  test.each([
    ['nothing', 0, 'damaged'],
    ['cut ids', 10, 'damaged'],
    ['a cut length', 21, 'damaged'],
    ['a cut body', 120, 'damaged'],
  ])('%s is refused with an offset', (_what, length, reason) => {
    const read = readPacket(octets.subarray(0, length));
    expect(read).toMatchObject({ kind: 'refused', reason });
    expect(isRefusal(read) && read.offset).toBeLessThanOrEqual(length);
  });

  test('damaged octets are refused, never thrown and never opened', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: octets.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const damaged = Buffer.from(octets);
          damaged[at]! ^= by;
          const read = readPacket(damaged);
          if (isRefusal(read)) return;
          expect(crypto.open(read, ben, publicOf(ana)).kind).toBe('refused');
        },
      ),
      { numRuns: 500 },
    );
  });
});
