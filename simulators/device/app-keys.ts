/** The keys that the organisation's app made on a phone when it was set up. */
import type { Random } from '../kernel/random.ts';
import { readJwe } from '../protocol/jose/jwe.ts';
import { createP256KeyPair } from '../protocol/jose/p256-key.ts';
import type { P256KeyPair } from '../protocol/jose/p256-key.ts';
import type { JsonWebKeyP256 } from './registration.ts';

export class AppKeys {
  /** Bearer token of the app towards the implementation. */
  readonly appToken: string;
  readonly publicJwk: JsonWebKeyP256;
  readonly #keys: P256KeyPair;

  constructor(random: Random) {
    this.appToken = `app_${Buffer.from(random.bytes(24)).toString('base64url')}`;
    this.#keys = createP256KeyPair((length) => random.bytes(length));
    this.publicJwk = this.#keys.publicJwk;
  }

  /**
   * Opens a compact JWE (RFC 7516 §7.1) of ECDH-ES and A256GCM to this device's key. Undefined for
   * anything else: what an implementation sends is never an error of ours.
   */
  open(jwe: string): string | undefined {
    const read = readJwe(jwe);
    if (read.kind === 'refused') return undefined;
    const opened = read.open(this.#keys.privateKey);
    if (opened.kind === 'refused') return undefined;
    return Buffer.from(opened.plaintext).toString('utf8');
  }
}
