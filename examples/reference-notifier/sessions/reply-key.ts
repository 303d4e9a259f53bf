import { createPrivateKey } from 'node:crypto';
import type { ModulePorts, ModuleStore } from 'bellwether/module';
import { createP256KeyPair, readJwe } from 'bellwether/protocol';
import type { P256Jwk } from 'bellwether/protocol';
import type { Vault } from '../seal.ts';

/** The key to which a gateway seals what people answer; made once, kept sealed. */
export interface ReplyKey {
  readonly publicJwk: P256Jwk;
  /** Null when it is not sealed to this key. */
  open(jwe: string): string | null;
}

interface StoredKey {
  readonly publicJwk: P256Jwk;
  readonly sealed: string;
}

const PLACE = 'session-reply-key';

export function createReplyKey(
  store: ModuleStore,
  vault: Vault,
  random: ModulePorts['random'],
): ReplyKey {
  const make = (): StoredKey => {
    const { publicJwk, secret } = createP256KeyPair(random);
    const sealed = vault.seal(Buffer.from(secret).toString('base64url'), PLACE);
    const made = { publicJwk, sealed };
    store.set(PLACE, made);
    return made;
  };
  const { publicJwk, sealed } = (store.get(PLACE) as StoredKey | undefined) ?? make();
  const jwk = { ...publicJwk, d: vault.open(sealed, PLACE) };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    publicJwk,
    open: (jwe) => {
      const read = readJwe(jwe);
      if (read.kind === 'refused') return null;
      const opened = read.open(privateKey);
      return opened.kind === 'refused' ? null : Buffer.from(opened.plaintext).toString('utf8');
    },
  };
}
