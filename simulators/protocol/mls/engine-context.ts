import type { CiphersuiteImpl, ClientConfig, Credential } from 'ts-mls';
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js';
import { createCipherSuite } from './crypto/cipher-suite.ts';
import type { SuiteNumber } from './crypto/cipher-suite.ts';
import { certificatesOf, createIdentify } from './credential.ts';
import type { MlsEngineOptions } from './types.ts';

/** What every part of one engine shares; made once, never changed. */
export interface EngineContext {
  readonly suite: SuiteNumber;
  readonly cipherSuite: CiphersuiteImpl;
  readonly clientConfig: ClientConfig;
  readonly identify: (credential: Credential) => string;
  readonly nowSeconds: () => number;
  readonly retainEpochs: number;
  readonly maximumMessageBytes: number;
  readonly refusePrivateHandshake: boolean;
}

const DEFAULT_RETAIN_EPOCHS = 4;
const DEFAULT_RETAIN_GENERATIONS = 64;
const DEFAULT_FORWARD_STEPS = 1024;
const DEFAULT_MAXIMUM_MESSAGE_BYTES = 1 << 20;
/** Short messages all look alike on the wire (RFC 9420 §15.1). */
const PAD_TO_BYTES = 256;

export function createEngineContext(options: MlsEngineOptions): EngineContext {
  const suite = options.suite ?? 2;
  const retainEpochs = options.retainEpochs ?? DEFAULT_RETAIN_EPOCHS;
  const accept = options.acceptCredential ?? (() => true);
  const identify = createIdentify();
  return {
    suite,
    cipherSuite: createCipherSuite(suite, {
      random: options.random,
      ...(options.signing === undefined ? {} : { signing: options.signing }),
    }),
    clientConfig: {
      keyRetentionConfig: {
        // ts-mls keeps everything for 0; member.ts erases the last one itself.
        retainKeysForEpochs: Math.max(1, retainEpochs),
        retainKeysForGenerations: options.retainGenerations ?? DEFAULT_RETAIN_GENERATIONS,
        maximumForwardRatchetSteps: options.maximumForwardSteps ?? DEFAULT_FORWARD_STEPS,
      },
      // Its check reads the machine's clock; ours (key-package.ts) reads the caller's.
      lifetimeConfig: { maximumTotalLifetime: 1n << 62n, validateLifetimeOnReceive: false },
      keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
      paddingConfig: { kind: 'padUntilLength', padUntilLength: PAD_TO_BYTES },
      authService: {
        validateCredential: async (credential, signaturePublicKey) =>
          accept(identify(credential), signaturePublicKey, certificatesOf(credential)),
      },
    },
    identify,
    nowSeconds: options.nowSeconds,
    retainEpochs,
    maximumMessageBytes: options.maximumMessageBytes ?? DEFAULT_MAXIMUM_MESSAGE_BYTES,
    refusePrivateHandshake: options.privateHandshake === 'refuse',
  };
}
