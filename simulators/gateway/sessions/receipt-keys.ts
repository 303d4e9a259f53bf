/** The keys that sign receipts: which have signed, and so stand in the published key set. */
import type { Random } from '../../kernel/random.ts';
import { createP256KeyPair, thumbprintOf } from '../../protocol/jose/p256-key.ts';
import type { P256KeyPair } from '../../protocol/jose/p256-key.ts';
import { keySet, receiptKey } from '../../protocol/sessions/notifications.ts';
import type { ReceiptKey } from '../../protocol/sessions/notifications.ts';

/** How the callback queue names a key. */
export type KeyName = 'first' | 'next' | 'foreign';

export interface ReceiptKeys {
  /**
   * The key of this name, from now on in the key set. A foreign one never is: it calls itself what
   * the account's is called.
   */
  readonly signing: (name: string) => ReceiptKey;
  /** RFC 7517 §5: every key that signs or has signed, so that old and new overlap. */
  readonly published: () => string;
  /** The public key of this name as JSON (RFC 7517), for programs that are given it beforehand. */
  readonly shown: (name: 'first' | 'next') => string;
}

export function createReceiptKeys(random: Random): ReceiptKeys {
  const pairOf = (name: KeyName): P256KeyPair => {
    const own = random.fork(name);
    return createP256KeyPair((length) => own.bytes(length));
  };
  const pairs: Readonly<Record<KeyName, P256KeyPair>> = {
    first: pairOf('first'),
    next: pairOf('next'),
    foreign: pairOf('foreign'),
  };
  const keyOf = (name: KeyName, kid: string): ReceiptKey =>
    receiptKey(kid, pairs[name].publicJwk, pairs[name].secret);
  const first = keyOf('first', thumbprintOf(pairs.first.publicJwk));
  const next = keyOf('next', thumbprintOf(pairs.next.publicJwk));
  const foreign = keyOf('foreign', first.kid);
  const known = new Map([[first.kid, first]]);
  return {
    signing: (name) => {
      if (name === 'foreign') return foreign;
      const key = name === 'next' ? next : first;
      known.set(key.kid, key);
      return key;
    },
    published: () => keySet(known.values()),
    shown: (name) => {
      const { kid, publicJwk } = name === 'next' ? next : first;
      return JSON.stringify({ ...publicJwk, kid, use: 'sig', alg: 'ES256' });
    },
  };
}
