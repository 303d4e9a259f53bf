import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Random } from '../kernel/random.ts';

/** A P-256 key pair from seeded bytes. */
export interface SigningKey {
  /** PKCS#8, as an Apple `.p8` file has it. */
  readonly privateKeyPem: string;
  readonly publicKey: KeyObject;
}

export function createSigningKey(random: Random): SigningKey {
  const ecdh = createECDH('prime256v1');
  const scalar = Buffer.from(random.bytes(32));
  // The order of P-256 begins with ffffffff: without the top bit the scalar is always below it.
  scalar[0] = (scalar[0] ?? 0) & 0x7f;
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey),
  };
}
