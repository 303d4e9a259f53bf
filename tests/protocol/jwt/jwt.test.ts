import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeJwt } from '../../../simulators/protocol/jwt/decode.ts';
import {
  createHmacSigner,
  hmacBase64,
  sameSignature,
} from '../../../simulators/protocol/jwt/hmac.ts';
import {
  createEs256Signer,
  createHs256Signer,
  createRs256Signer,
} from '../../../simulators/protocol/jwt/sign.ts';
import {
  createEs256Verifier,
  createHs256Verifier,
  createRs256Verifier,
} from '../../../simulators/protocol/jwt/verify.ts';
import { serviceAccount } from '../../../simulators/protocol/oauth/service-account-key.ts';

/** The public key of RFC 7515 A.3. */
const RFC7515_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const RFC7515_ES256 =
  'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog' +
  'Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
  'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';

const SERVICE_ACCOUNT_PRIVATE_KEY_PEM = serviceAccount('p', 't').private_key;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecPem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('JSON Web Tokens', () => {
  it('verify the example of RFC 7515 A.3', () => {
    const verify = createEs256Verifier(createPublicKey({ key: RFC7515_KEY, format: 'jwk' }));
    expect(verify(RFC7515_ES256)).toMatchObject({ kind: 'decoded', claims: { iss: 'joe' } });
  });

  it('signed with ES256 are the same every time and hold for OpenSSL', () => {
    const signer = createEs256Signer(ecPem);
    const verify = createEs256Verifier(ecPem);
    for (let number = 0; number < 30; number++) {
      const token = signer({ iss: 'TEAM', iat: number }, { kid: 'KEY' });
      expect(signer({ iss: 'TEAM', iat: number }, { kid: 'KEY' })).toBe(token);
      expect(verify(token)).toMatchObject({
        kind: 'decoded',
        header: { alg: 'ES256', kid: 'KEY' },
      });
    }
  });

  it('signed with RS256 equal what OpenSSL signs', () => {
    const token = createRs256Signer(SERVICE_ACCOUNT_PRIVATE_KEY_PEM)({ a: 1 });
    const [header, claims, signature] = token.split('.');
    const expected = sign(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      SERVICE_ACCOUNT_PRIVATE_KEY_PEM,
    );
    expect(signature).toBe(expected.toString('base64url'));
    expect(createRs256Verifier(SERVICE_ACCOUNT_PRIVATE_KEY_PEM)(token).kind).toBe('decoded');
  });

  it('are refused when a byte of claims or signature differs', () => {
    const token = createHs256Signer('secret')({ admin: false });
    const [header, , signature] = token.split('.');
    const forged = `${header}.${Buffer.from('{"admin":true}').toString('base64url')}.${signature}`;
    expect(createHs256Verifier('secret')(token).kind).toBe('decoded');
    expect(createHs256Verifier('secret')(forged).kind).toBe('bad-signature');
    expect(createHs256Verifier('other')(token).kind).toBe('bad-signature');
    expect(createHs256Verifier('secret')(`${header}.e30.`).kind).toBe('bad-signature');
  });

  it('never choose their own algorithm', () => {
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
    const confused = createHs256Signer(ecPem)({});
    expect(createEs256Verifier(ecPem)(none)).toEqual({ kind: 'wrong-algorithm', alg: 'none' });
    expect(createEs256Verifier(ecPem)(confused)).toEqual({ kind: 'wrong-algorithm', alg: 'HS256' });
  });

  it.each([
    ['', 'token'],
    ['a.b', 'token'],
    ['!.e30.', 'header'],
    ['e30.e30.', 'header'],
    ['bnVsbA.e30.', 'header'],
    ['eyJhbGciOiJFUzI1NiJ9.W10.', 'claims'],
    ['eyJhbGciOiJFUzI1NiJ9.e30.a=', 'signature'],
  ])('say which part of %j cannot be read', (token, part) => {
    expect(decodeJwt(token)).toMatchObject({ kind: 'malformed', part });
  });

  it('refuse a key of the wrong kind with a code', () => {
    const code = (make: () => unknown): unknown => {
      try {
        return make();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(() => createEs256Signer(SERVICE_ACCOUNT_PRIVATE_KEY_PEM))).toBe('WIRE_JWT_KEY');
    expect(code(() => createRs256Signer(ecPem))).toBe('WIRE_JWT_KEY');
    expect(code(() => createRs256Signer('no key'))).toBe('WIRE_JWT_KEY');
  });
});

describe('webhook signatures', () => {
  it('are HMACs in base64 (RFC 4231, test case 2)', () => {
    const data = 'what do ya want for nothing?';
    expect(Buffer.from(hmacBase64('sha512', 'Jefe', data), 'base64').toString('hex')).toBe(
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554' +
        '9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    );
    expect(sameSignature('abc', 'abc')).toBe(true);
    expect(sameSignature('abc', 'abd')).toBe(false);
    expect(sameSignature('abc', 'ab')).toBe(false);
  });

  it.each(['sha1', 'sha256', 'sha512'] as const)(
    'are what createHmac makes (%s), for keys and data of any length, one after the other',
    (algorithm) => {
      for (const keyBytes of [0, 1, 63, 64, 65, 128, 129, 300]) {
        const key = Buffer.alloc(keyBytes, 'k');
        const signed = createHmacSigner(algorithm, key);
        for (const bytes of [5_000, 0, 3, 1_024, 1_025, 20_000, 7]) {
          const data = Buffer.alloc(bytes, 'ü');
          const expected = createHmac(algorithm, key).update(data).digest('base64');
          expect(signed(data)).toBe(expected);
          expect(signed(data.toString())).toBe(
            createHmac(algorithm, key).update(data.toString()).digest('base64'),
          );
        }
      }
    },
  );
});
