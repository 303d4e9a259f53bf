import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm, JwtClaims } from './decode.ts';
import { createEs256 } from '../mls/crypto/rfc6979.ts';
import { BellwetherError } from '../../kernel/errors.ts';

/** Signs claims; further header fields such as `kid` stand beside `alg`. */
export type JwtSigner = (claims: JwtClaims, header?: Readonly<Record<string, string>>) => string;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function compact(alg: JwtAlgorithm, signature: (input: string) => Uint8Array): JwtSigner {
  return (claims, header = {}) => {
    const input = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`;
    return `${input}.${Buffer.from(signature(input)).toString('base64url')}`;
  };
}

function privateKey(pem: string, type: 'ec' | 'rsa'): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new BellwetherError('The private key is not readable PEM', {
      code: 'WIRE_JWT_KEY',
      blame: 'author',
      cause,
    });
  }
  const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (key.asymmetricKeyType === type && (type === 'rsa' || isP256)) return key;
  throw new BellwetherError(`The private key is ${key.asymmetricKeyType}, not the kind needed`, {
    code: 'WIRE_JWT_KEY',
    blame: 'author',
    hint: type === 'ec' ? 'ES256 needs a P-256 key' : 'RS256 needs an RSA key',
  });
}

/**
 * ES256 (RFC 7518 §3.4) with the deterministic nonce of RFC 6979, so that the same claims give the
 * same token. `pem` is PKCS#8 or SEC 1. Throws WIRE_JWT_KEY.
 */
export function createEs256Signer(pem: string): JwtSigner {
  const { d } = privateKey(pem, 'ec').export({ format: 'jwk' });
  const es256 = createEs256(Buffer.from(d ?? '', 'base64url'));
  return compact('ES256', (input) => es256(Buffer.from(input)));
}

/** RS256 (RFC 7518 §3.3), deterministic by nature. Throws WIRE_JWT_KEY. */
export function createRs256Signer(pem: string): JwtSigner {
  const key = privateKey(pem, 'rsa');
  return compact('RS256', (input) => sign('sha256', Buffer.from(input), key));
}

/** HS256 (RFC 7518 §3.2). */
export function createHs256Signer(secret: string | Uint8Array): JwtSigner {
  return compact('HS256', (input) => createHmac('sha256', secret).update(input).digest());
}
