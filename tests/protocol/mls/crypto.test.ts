import { createPublicKey, verify } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { bytesOfHex, hexOf } from '../../../simulators/protocol/mls/crypto/bytes.ts';
import { createX25519Dh } from '../../../simulators/protocol/mls/crypto/curve25519.ts';
import { createHpke } from '../../../simulators/protocol/mls/crypto/hpke.ts';
import { createHashing } from '../../../simulators/protocol/mls/crypto/hashing.ts';
import { createNistSignature } from '../../../simulators/protocol/mls/crypto/nist-curves.ts';
import { createP256Dh, createP256Signature } from '../../../simulators/protocol/mls/crypto/p256.ts';
import { createEs256 } from '../../../simulators/protocol/mls/crypto/rfc6979.ts';
import { createSha256 } from '../../../simulators/protocol/mls/crypto/sha256.ts';
import { text } from './group.ts';

const un = bytesOfHex;
const sha256 = createSha256();

describe('ECDSA P-256 with the nonce of RFC 6979', () => {
  // RFC 6979 A.2.5, SHA-256.
  const secret = un('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
  test.each([
    [
      'sample',
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    ],
    [
      'test',
      'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
      '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    ],
  ])('signs %j as the RFC does', (message, r, s) => {
    expect(hexOf(createEs256(secret)(text(message)))).toBe(r + s);
  });

  test('equals @noble/curves byte for byte, and OpenSSL accepts it', () => {
    const random = createRandom('ecdsa');
    const curve = createP256Signature((n) => random.bytes(n), sha256, 'deterministic');
    const options = { prehash: true, format: 'der', lowS: false } as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        const keys = curve.generate();
        const signature = curve.sign(keys.secretKey, message);
        expect(hexOf(signature)).toBe(hexOf(p256.sign(message, keys.secretKey, options)));
        const plain = p256.sign(message, keys.secretKey, { lowS: false });
        expect(hexOf(createEs256(keys.secretKey)(message))).toBe(hexOf(plain));
        const point = Buffer.from(keys.publicKey);
        const jwk = {
          kty: 'EC',
          crv: 'P-256',
          x: point.subarray(1, 33).toString('base64url'),
          y: point.subarray(33).toString('base64url'),
        };
        const key = createPublicKey({ key: jwk, format: 'jwk' });
        expect(verify('sha256', message, key, signature)).toBe(true);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test.each([
    ['P-384', p384, 'sha384'],
    ['P-521', p521, 'sha512'],
  ] as const)(
    'on %s, too: as @noble/curves has it, and OpenSSL accepts it',
    (name, noble, hash) => {
      const random = createRandom(name);
      const source = (length: number): Uint8Array => random.bytes(length);
      const curve = createNistSignature(name, source, createHashing(hash), 'deterministic');
      const openssl = createNistSignature(name, source, createHashing(hash), 'random');
      const options = { prehash: true, format: 'der', lowS: false } as const;
      for (let length = 0; length < 40; length += 3) {
        const message = random.bytes(length);
        const keys = curve.generate();
        const signature = curve.sign(keys.secretKey, message);
        expect(hexOf(signature)).toBe(hexOf(noble.sign(message, keys.secretKey, options)));
        expect(openssl.verify(keys.publicKey, message, signature)).toBe(true);
        const other = openssl.sign(keys.secretKey, message);
        expect(curve.verify(keys.publicKey, message, other)).toBe(true);
        expect(curve.verify(noble.getPublicKey(keys.secretKey, true), message, other)).toBe(true);
      }
    },
  );

  test('`random` signatures verify and differ from one another', () => {
    const random = createRandom('ecdsa');
    const curve = createP256Signature((n) => random.bytes(n), sha256, 'random');
    const keys = curve.generate();
    const [a, b] = [curve.sign(keys.secretKey, text('m')), curve.sign(keys.secretKey, text('m'))];
    expect(hexOf(a)).not.toBe(hexOf(b));
    for (const s of [a, b]) expect(curve.verify(keys.publicKey, text('m'), s)).toBe(true);
    expect(curve.verify(keys.publicKey, text('n'), a)).toBe(false);
    expect(curve.verify(text('no point'), text('m'), a)).toBe(false);
    expect(curve.verify(p256.getPublicKey(keys.secretKey, true), text('m'), a)).toBe(true);
  });
});

describe('HPKE base mode', () => {
  const info = un('4f6465206f6e2061204772656369616e2055726e');
  const aad = un('436f756e742d30');
  const plaintext = un('4265617574792069732074727574682c20747275746820626561757479');
  // RFC 9180 A.1.1 (X25519) and A.3.1 (P-256), both HKDF-SHA256 and AES-128-GCM.
  test.each([
    {
      name: 'DHKEM(X25519)',
      dh: createX25519Dh(),
      ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
      ikmR: '6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037',
      enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
      ct:
        'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea' +
        '87e13c512a',
      exported: '3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee',
    },
    {
      name: 'DHKEM(P-256)',
      dh: createP256Dh(),
      ikmE: '4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e',
      ikmR: '668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550',
      enc:
        '04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4' +
        'b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4',
      ct:
        '5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab252' +
        '3f39513434',
      exported: '5e9bc3d236e1911d95e65b576a8a86d478fb827e8bdfe77b741b289890490d4d',
    },
  ])('$name as RFC 9180 lists it', ({ dh, ikmE, ikmR, enc, ct, exported }) => {
    const hpke = createHpke(dh, sha256, () => un(ikmE));
    const recipient = hpke.deriveKeyPair(un(ikmR));
    const sealed = hpke.seal(recipient.publicKey, info, aad, plaintext);
    expect(hexOf(sealed.enc)).toBe(enc);
    expect(hexOf(sealed.ciphertext)).toBe(ct);
    const opened = hpke.open(recipient.secretKey, sealed.enc, info, aad, sealed.ciphertext);
    expect(opened).toEqual(plaintext);
    const sent = hpke.sendExport(recipient.publicKey, info, new Uint8Array(0), 32);
    expect(hexOf(sent.secret)).toBe(exported);
    const got = hpke.receiveExport(recipient.secretKey, sent.enc, info, new Uint8Array(0), 32);
    expect(got).toEqual(sent.secret);
    const forged = Uint8Array.from(sealed.ciphertext);
    forged[0] = (forged[0] ?? 0) ^ 1;
    expect(() => hpke.open(recipient.secretKey, sealed.enc, info, aad, forged)).toThrow();
    expect(() => hpke.open(recipient.secretKey, text('junk'), info, aad, forged)).toThrow();
  });

  test('HMAC and HKDF agree with node:crypto at every length', async () => {
    const { createHmac, hkdfSync } = await import('node:crypto');
    const random = createRandom('hmac');
    for (const length of [0, 1, 31, 32, 63, 64, 65, 200, 5000]) {
      const key = random.bytes(Math.min(length, 200));
      const data = random.bytes(length);
      const expected = createHmac('sha256', key).update(data).digest('hex');
      expect(hexOf(sha256.mac(key, data))).toBe(expected);
      const prk = sha256.extract(data, key);
      const out = sha256.expand(prk, data.subarray(0, 900), 100);
      const okm = hkdfSync('sha256', key, data, data.subarray(0, 900), 100);
      expect(hexOf(out)).toBe(Buffer.from(okm).toString('hex'));
    }
  });
});
