/** Our JWE and JWS against the RFCs' own numbers and against another implementation of them. */
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  flattenedVerify,
  importJWK,
} from 'jose';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../simulators/kernel/random.ts';
import {
  createDetachedSigner,
  readDetachedJws,
} from '../../simulators/protocol/jose/detached-jws.ts';
import { concatKdf, readJwe, sealJwe } from '../../simulators/protocol/jose/jwe.ts';
import {
  createP256KeyPair,
  readP256Jwk,
  thumbprintOf,
} from '../../simulators/protocol/jose/p256-key.ts';

const random = createRandom(7);
const bytes = (length: number): Uint8Array => random.bytes(length);
const pair = createP256KeyPair(bytes);
const other = createP256KeyPair(bytes);

function openedText(jwe: string, key = pair.privateKey): string {
  const read = readJwe(jwe);
  if (read.kind === 'refused') return `refused: ${read.reason}`;
  const opened = read.open(key);
  if (opened.kind === 'refused') return `refused: ${opened.reason}`;
  return Buffer.from(opened.plaintext).toString('utf8');
}

/** The JWE with one part put in place of its own. */
function withPart(jwe: string, index: number, part: string): string {
  return jwe.split('.').with(index, part).join('.');
}

function headerWith(jwe: string, fields: Record<string, unknown>): string {
  const [first = ''] = jwe.split('.');
  const header = JSON.parse(Buffer.from(first, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...header, ...fields })).toString('base64url');
  return withPart(jwe, 0, changed);
}

/** The same octets, the unused bits of the last character set. */
function respelled(text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = letters.indexOf(text.at(-1) ?? '');
  return text.slice(0, -1) + letters.charAt(last + 1);
}

describe('JWE, ECDH-ES and A256GCM', () => {
  test('derives the key of RFC 7518 Appendix C', () => {
    const alice = {
      kty: 'EC',
      crv: 'P-256',
      x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
      y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
      d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
    };
    const bob = {
      kty: 'EC',
      crv: 'P-256',
      x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
      y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
    };
    const shared = diffieHellman({
      privateKey: createPrivateKey({ key: alice, format: 'jwk' }),
      publicKey: createPublicKey({ key: bob, format: 'jwk' }),
    });
    const header = { apu: 'QWxpY2U', apv: 'Qm9i' };
    // The appendix asks for 128 bits of A128GCM; the length stands inside what is hashed.
    const whole = concatKdf(shared, 'A128GCM', header, 128);
    expect(whole.subarray(0, 16).toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg');
  });

  test('what we seal, another implementation opens', async () => {
    const jwe = sealJwe('Grüße, Ana', pair.publicJwk, { random: bytes, kid: 'k1' });
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, pair.privateKey);
    expect(Buffer.from(plaintext).toString()).toBe('Grüße, Ana');
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'k1' });
  });

  test('what another implementation seals, we open', async () => {
    const key = await importJWK({ ...pair.publicJwk }, 'ECDH-ES');
    const jwe = await new CompactEncrypt(Buffer.from('to the gateway'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'k2' })
      .encrypt(key);
    expect(readJwe(jwe)).toMatchObject({ kind: 'read', kid: 'k2' });
    expect(openedText(jwe)).toBe('to the gateway');
    expect(openedText(jwe, other.privateKey)).toBe('refused: tag-mismatch');
  });

  const good = sealJwe('text', pair.publicJwk, { random: bytes });
  const flipped = withPart(
    good,
    3,
    `${good.split('.')[3]?.startsWith('A') === true ? 'B' : 'A'}${good.split('.')[3]?.slice(1)}`,
  );
  test.each([
    ['three parts', 'a.b.c', 'not-compact'],
    ['other characters', withPart(good, 2, '****************'), 'not-compact'],
    ['a header that is no JSON', withPart(good, 0, 'e30x'), 'header-unreadable'],
    ['another algorithm', headerWith(good, { alg: 'dir' }), 'unsupported-algorithm'],
    ['another cipher', headerWith(good, { enc: 'A128GCM' }), 'unsupported-algorithm'],
    ['compressed content', headerWith(good, { zip: 'DEF' }), 'unsupported-algorithm'],
    ['a critical field', headerWith(good, { crit: ['exp'] }), 'critical-header'],
    ['an encrypted key', withPart(good, 1, 'AAAA'), 'encrypted-key-not-empty'],
    [
      'a point that is not on the curve',
      headerWith(good, { epk: { ...pair.publicJwk, y: pair.publicJwk.x } }),
      'bad-ephemeral-key',
    ],
    ['no ephemeral key', headerWith(good, { epk: undefined }), 'bad-ephemeral-key'],
    ['a short nonce', withPart(good, 2, 'AAAA'), 'bad-length'],
    ['a cut tag', withPart(good, 4, 'AAAA'), 'bad-length'],
    ['a changed header', headerWith(good, { kid: 'another' }), 'tag-mismatch'],
    ['a changed ciphertext', flipped, 'tag-mismatch'],
    ['another spelling of its last bits', respelled(good), 'not-compact'],
    ['nothing', '', 'not-compact'],
  ])('%s is refused with its reason', (_, jwe, reason) => {
    expect(openedText(jwe)).toBe(`refused: ${reason}`);
  });
});

describe('detached JWS, ES256', () => {
  const sign = createDetachedSigner(pair.secret);
  const body = '{"state":"delivered"}';

  test('another implementation verifies what we sign', async () => {
    const [protectedPart = '', , signature = ''] = sign(body, { kid: 'r1', iat: 1 }).split('.');
    const payload = Buffer.from(body).toString('base64url');
    const jws = { protected: protectedPart, payload, signature };
    const verified = await flattenedVerify(jws, await importJWK({ ...pair.publicJwk }, 'ES256'));
    expect(verified.protectedHeader).toEqual({ alg: 'ES256', kid: 'r1', iat: 1 });
  });

  test('the same content and header sign the same; anything else is refused', () => {
    const jws = sign(body, { kid: 'r1' });
    expect(sign(body, { kid: 'r1' })).toBe(jws);
    const read = readDetachedJws(jws);
    expect(read?.header).toEqual({ alg: 'ES256', kid: 'r1' });
    expect(read?.holds(body, pair.publicJwk)).toBe(true);
    expect(read?.holds(body, other.publicJwk)).toBe(false);
    expect(read?.holds(body.replace('delivered', 'read'), pair.publicJwk)).toBe(false);
  });

  test.each([
    ['content that is not detached', (jws: string) => jws.replace('..', '.e30.')],
    ['another spelling of its last bits', respelled],
    ['no signature', (jws: string) => jws.slice(0, jws.lastIndexOf('.') + 1)],
    ['a short signature', (jws: string) => jws.slice(0, -4)],
    [
      '“none”',
      (jws: string) =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}..${jws.split('.')[2]}`,
    ],
    [
      'a symmetric algorithm',
      (jws: string) =>
        `${Buffer.from('{"alg":"HS256"}').toString('base64url')}..${jws.split('.')[2]}`,
    ],
    ['nothing', () => ''],
  ])('%s is not even read', (_, change) => {
    expect(readDetachedJws(change(sign(body, {})))).toBeUndefined();
  });
});

describe('keys', () => {
  test('have the thumbprint of RFC 7638', async () => {
    expect(thumbprintOf(pair.publicJwk)).toBe(await calculateJwkThumbprint({ ...pair.publicJwk }));
  });

  test.each([
    undefined,
    null,
    'key',
    {},
    { ...pair.publicJwk, crv: 'P-384' },
    { ...pair.publicJwk, x: 'AA' },
  ])('%j is none', (value) => {
    expect(readP256Jwk(value)).toBeUndefined();
  });
});

describe('whatever a peer sends', () => {
  const jwe = sealJwe('text', pair.publicJwk, { random: bytes });
  const jws = createDetachedSigner(pair.secret)('text', { kid: 'k' });
  /** Some characters of a true one replaced, cut out or put in. */
  const damaged = (text: string) =>
    fc
      .tuple(fc.nat(text.length - 1), fc.nat(8), fc.string({ maxLength: 8 }))
      .map(([at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone));

  test('is opened as it was sealed, or refused with a reason, and throws nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged(jwe)), (text) => {
        expect(openedText(text)).toMatch(text === jwe ? /^text$/ : /^refused: [a-z-]+$/);
      }),
      { numRuns: 500 },
    );
  });

  test('is the signature of this content by this key, or holds nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged(jws)), (text) => {
        const holds = readDetachedJws(text)?.holds('text', pair.publicJwk) ?? false;
        expect(holds).toBe(text === jws);
      }),
      { numRuns: 500 },
    );
  });
});
