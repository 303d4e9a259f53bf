import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import {
  generateKeyPackage,
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  verifyKeyPackage,
} from 'ts-mls/keyPackage.js';
import type { Capabilities, KeyPackage, PrivateKeyPackage } from 'ts-mls';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import { suiteName } from './crypto/cipher-suite.ts';
import { hexOf, sameBytes } from './crypto/bytes.ts';
import { basicCredential, certificatesOf, identityOf, x509Credential } from './credential.ts';
import type { EngineContext } from './engine-context.ts';
import { inspect } from './inspect.ts';
import { readFields, writeFields } from './octet-fields.ts';
import { decodeWhole, RefusalError, refusalOf, refused } from './refusal.ts';
import type {
  CheckedKeyPackage,
  GeneratedKeyPackage,
  KeyPackageOptions,
  KeyPackageSecrets,
  Refused,
} from './types.ts';

/** last_resort (draft-ietf-mls-extensions): the package may be used more than once. */
const EXTENSION_LAST_RESORT = 0x000a;
/** GroupContext extensions of RCC.16 that every leaf here declares it understands. */
export const EXTENSION_RCS_ERA = 0xf001;
export const EXTENSION_RCS_END_MLS = 0xf002;

/** RCC.16: a leaf lives at most 76 days. Back-dated by an hour for peers whose clock is late. */
const BACKDATE_SECONDS = 3600;
const DEFAULT_LIFETIME_SECONDS = 76 * 86400 - BACKDATE_SECONDS;

/** "BWK1" */
const SECRETS_MAGIC = 0x42574b31;
const SECRETS_FIELDS = 4;

export interface OwnKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly secrets: PrivateKeyPackage;
}

function encodeKeyPackageMessage(keyPackage: KeyPackage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
}

/** A key package of our own with fresh keys (RFC 9420 §10); no GREASE, so seeds stay seeds. */
export async function makeKeyPackage(
  context: EngineContext,
  identity: string,
  options: KeyPackageOptions = {},
): Promise<OwnKeyPackage> {
  const now = BigInt(Math.floor(context.nowSeconds()));
  const lifetime = BigInt(options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS);
  const capabilities: Capabilities = {
    versions: ['mls10'],
    ciphersuites: [suiteName(context.suite)],
    extensions: [EXTENSION_LAST_RESORT, EXTENSION_RCS_ERA, EXTENSION_RCS_END_MLS],
    proposals: [],
    credentials: ['basic', 'x509'],
  };
  const validity = { notBefore: now - BigInt(BACKDATE_SECONDS), notAfter: now + lifetime };
  const extensions =
    options.lastResort === true
      ? [{ extensionType: EXTENSION_LAST_RESORT, extensionData: new Uint8Array(0) }]
      : [];
  const { cipherSuite } = context;
  const { leaf } = options;
  const made =
    leaf === undefined
      ? await generateKeyPackage(
          basicCredential(identity),
          capabilities,
          validity,
          extensions,
          cipherSuite,
        )
      : await generateKeyPackageWithKey(
          x509Credential(leaf.certificates),
          capabilities,
          validity,
          extensions,
          { signKey: leaf.secretKey, publicKey: leaf.publicKey },
          cipherSuite,
        );
  return { keyPackage: made.publicPackage, secrets: made.privatePackage };
}

export async function referenceOf(context: EngineContext, keyPackage: KeyPackage): Promise<string> {
  return hexOf(await makeKeyPackageRef(keyPackage, context.cipherSuite.hash));
}

export async function generate(
  context: EngineContext,
  identity: string,
  options: KeyPackageOptions,
): Promise<GeneratedKeyPackage> {
  const { keyPackage, secrets } = await makeKeyPackage(context, identity, options);
  const message = encodeKeyPackageMessage(keyPackage);
  return {
    keyPackage: message,
    reference: await referenceOf(context, keyPackage),
    private: writeFields(SECRETS_MAGIC, [
      message,
      secrets.initPrivateKey,
      secrets.hpkePrivateKey,
      secrets.signaturePrivateKey,
    ]),
  };
}

/** Our own stored secrets, or undefined when the octets are not ours. */
export function readSecrets(stored: KeyPackageSecrets): OwnKeyPackage | undefined {
  const fields = readFields(SECRETS_MAGIC, SECRETS_FIELDS, stored);
  const [message, initPrivateKey, hpkePrivateKey, signaturePrivateKey] = fields ?? [];
  if (message === undefined || initPrivateKey === undefined) return undefined;
  if (hpkePrivateKey === undefined || signaturePrivateKey === undefined) return undefined;
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== 'mls_key_package') return undefined;
  const secrets = { initPrivateKey, hpkePrivateKey, signaturePrivateKey };
  return { keyPackage: decoded.keyPackage, secrets };
}

/** Stored secrets from their parts, for a client whose keys were made elsewhere (test vectors). */
export function packSecrets(
  keyPackageMessage: Uint8Array,
  secrets: PrivateKeyPackage,
): KeyPackageSecrets {
  return writeFields(SECRETS_MAGIC, [
    keyPackageMessage,
    secrets.initPrivateKey,
    secrets.hpkePrivateKey,
    secrets.signaturePrivateKey,
  ]);
}

/** RFC 9420 §7.3: the lifetime of a leaf that came in a key package, by the caller's clock. */
export function checkLifetime(context: EngineContext, keyPackage: KeyPackage): void {
  const leaf = keyPackage.leafNode;
  if (leaf.leafNodeSource !== 'key_package') return;
  const now = BigInt(Math.floor(context.nowSeconds()));
  const { notBefore, notAfter } = leaf.lifetime;
  if (notBefore > now || notAfter < now) {
    const detail = `lifetime ${notBefore}…${notAfter} does not include now, ${now}`;
    throw new RefusalError('expired-credential', detail);
  }
}

/** Both HPKE keys are points of the curve; throws what the curve finds wrong. */
export async function checkHpkeKeys(context: EngineContext, keyPackage: KeyPackage): Promise<void> {
  const { hpke } = context.cipherSuite;
  await hpke.importPublicKey(keyPackage.initKey);
  await hpke.importPublicKey(keyPackage.leafNode.hpkePublicKey);
}

/** Decodes a claimed key package; throws `RefusalError`. Signatures are checked by the commit. */
export function decodeKeyPackage(context: EngineContext, message: Uint8Array): KeyPackage {
  const seen = inspect(message);
  if (seen.kind === 'refused') throw new RefusalError(seen.reason, seen.detail, seen.offset);
  if (seen.wireFormat !== 'key-package') {
    throw new RefusalError(
      'unexpected-message',
      `${seen.wireFormat} where a key package should be`,
    );
  }
  if (seen.suite !== context.suite) {
    throw new RefusalError('unsupported-suite', `cipher suite ${seen.suite}, not ${context.suite}`);
  }
  const decoded = decodeWhole(message);
  if (decoded.wireformat !== 'mls_key_package') {
    throw new RefusalError('unexpected-message', decoded.wireformat);
  }
  return decoded.keyPackage;
}

/** RFC 9420 §10.1: version, suite, both signatures, distinct keys, lifetime. */
export async function check(
  context: EngineContext,
  message: Uint8Array,
): Promise<CheckedKeyPackage | Refused> {
  try {
    const keyPackage = decodeKeyPackage(context, message);
    const leaf = keyPackage.leafNode;
    // The decoder types it so, and reads whatever source the octets say.
    const source: string = leaf.leafNodeSource;
    if (source !== 'key_package') {
      return refused('invalid-key-package', `leaf node source ${source}`);
    }
    const { signature } = context.cipherSuite;
    if (sameBytes(keyPackage.initKey, leaf.hpkePublicKey)) {
      return refused('invalid-key-package', 'init key and encryption key are the same');
    }
    if (!(await verifyLeafNodeSignatureKeyPackage(leaf, signature))) {
      return refused('invalid-key-package', 'leaf node signature does not verify');
    }
    if (!(await verifyKeyPackage(keyPackage, signature))) {
      return refused('invalid-key-package', 'key package signature does not verify');
    }
    await checkHpkeKeys(context, keyPackage);
    checkLifetime(context, keyPackage);
    const identity = identityOf(leaf.credential);
    if (
      !(await context.clientConfig.authService.validateCredential(
        leaf.credential,
        leaf.signaturePublicKey,
      ))
    ) {
      return refused('invalid-credential', `credential of ${identity} is not accepted`);
    }
    return {
      kind: 'key-package',
      identity,
      reference: await referenceOf(context, keyPackage),
      suite: context.suite,
      lastResort: keyPackage.extensions.some((e) => e.extensionType === EXTENSION_LAST_RESORT),
      notBeforeSeconds: Number(leaf.lifetime.notBefore),
      notAfterSeconds: Number(leaf.lifetime.notAfter),
      signaturePublicKey: Uint8Array.from(leaf.signaturePublicKey),
      certificates: certificatesOf(leaf.credential).map((one) => Uint8Array.from(one)),
    };
  } catch (error) {
    return refusalOf(error, 'invalid-key-package');
  }
}
