import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  timingSafeEqual,
} from 'node:crypto';
import type { ModulePorts } from 'bellwether/module';

/** Encryption at rest and the comparisons that must not tell by their duration. */
export interface Vault {
  /** AES-256-GCM; base64 of nonce ‖ tag ‖ ciphertext. `context` is bound as associated data. */
  seal(text: string, context: string): string;
  /** Throws when the octets or the context were changed. */
  open(sealed: string, context: string): string;
  /** A keyed digest, for secrets that are only ever compared. */
  digest(secret: string): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_NAME = 'at-rest-key';

/** The key is `AT_REST_KEY` (64 hex digits), else made once and kept in the store. */
export function createVault(ports: Pick<ModulePorts, 'env' | 'random' | 'store'>): Vault {
  // Octets would be made a key again for each call.
  const key = createSecretKey(readKey(ports));
  return {
    seal: (text, context) => {
      const nonce = ports.random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open: (sealed, context) => {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    },
    digest: (secret) => createHmac('sha256', key).update(secret).digest('hex'),
  };
}

function readKey({ env, random, store }: Pick<ModulePorts, 'env' | 'random' | 'store'>): Buffer {
  const given = env['AT_REST_KEY'] ?? '';
  if (given !== '') {
    const key = Buffer.from(given, 'hex');
    if (key.length !== 32) throw new Error('AT_REST_KEY must be 64 hex digits');
    return key;
  }
  const kept = store.get(KEY_NAME);
  if (typeof kept === 'string') return Buffer.from(kept, 'base64');
  const made = Buffer.from(random(32));
  store.set(KEY_NAME, made.toString('base64'));
  return made;
}

/** Compares two texts in constant time. */
export function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
