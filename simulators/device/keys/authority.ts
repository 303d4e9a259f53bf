/**
 * Who vouches for devices: each carrier's configuration server attests SIM and platform and signs
 * the identity proof, each client provider's key distribution service issues leaf certificates.
 */
import type { Random } from '../../kernel/random.ts';
import { createP256Signature } from '../../protocol/mls/crypto/p256.ts';
import { createSha256 } from '../../protocol/mls/crypto/sha256.ts';
import type { SignatureCurve } from '../../protocol/mls/crypto/curve.ts';
import type { CertifiedLeaf } from '../../protocol/mls/types.ts';
import {
  encodeLeafCertificate,
  identityProofInput,
  possessionInput,
} from '../../protocol/mls/x509/leaf-certificate.ts';
import type { TrustAnchors } from '../../protocol/mls/x509/verify-leaf.ts';
import { LEAF_LIFETIME_SECONDS } from '../../protocol/mls/x509/verify-leaf.ts';

export interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Client providers and their vendorId (RCC.16: 1 = Apple, 2 = Google). */
export const PROVIDERS = { apple: 1, google: 2 } as const;
export type Provider = keyof typeof PROVIDERS;

export interface Certification {
  readonly msisdn: string;
  readonly deviceId: string;
  readonly carrier: string;
  readonly provider: Provider;
  /** The long-lived identity key of the device. */
  readonly participant: KeyPair;
  /** SIM and platform are what they claim; else no configuration server signs. */
  readonly attested: boolean;
}

export interface IssuedLeaf extends CertifiedLeaf {
  /** Unix seconds. */
  readonly notAfterSeconds: number;
}

export interface CredentialAuthority {
  /** A fresh key pair of a device. */
  keyPair(random: Random): KeyPair;
  /** A new leaf key with its certificate, valid from now for 76 days. */
  certify(request: Certification, random: Random): IssuedLeaf;
  /** What clients are configured with. */
  readonly anchors: TrustAnchors;
}

export interface AuthorityOptions {
  readonly carriers: readonly string[];
  readonly random: Random;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
}

/** Back-dated by an hour for peers whose clock is late. */
const BACKDATE_SECONDS = 3_600;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The issuer's name in certificates. */
function serviceName(provider: Provider): string {
  return `kds.${provider}.example`;
}

export function createAuthority(options: AuthorityOptions): CredentialAuthority {
  const { carriers, random, nowSeconds } = options;
  const curveFor = (source: Random): SignatureCurve =>
    createP256Signature((length) => source.bytes(length), createSha256(), 'deterministic');
  const keyPair = (source: Random): KeyPair => curveFor(source).generate();
  const signer = curveFor(random);
  const servers = new Map(
    carriers.map((carrier) => [carrier, keyPair(random.fork(`configuration-server/${carrier}`))]),
  );
  const services = Object.fromEntries(
    Object.keys(PROVIDERS).map((name) => [name, keyPair(random.fork(`key-service/${name}`))]),
  ) as Readonly<Record<Provider, KeyPair>>;

  return {
    keyPair,
    anchors: {
      services: Object.fromEntries(
        Object.entries(services).map(([name, { publicKey }]) => [
          serviceName(name as Provider),
          hex(publicKey),
        ]),
      ),
      configurationServers: [...servers.values()].map(({ publicKey }) => hex(publicKey)),
    },
    certify: (request, source) => {
      const { msisdn, deviceId, carrier, provider, participant, attested } = request;
      const { publicKey, secretKey } = keyPair(source);
      const notBeforeSeconds = nowSeconds() - BACKDATE_SECONDS;
      const notAfterSeconds = notBeforeSeconds + LEAF_LIFETIME_SECONDS;
      const claim = {
        msisdn,
        deviceId,
        participantKey: participant.publicKey,
        homeService: provider,
        notAfterSeconds,
      };
      // Whoever nobody vouches for can only vouch for himself.
      const server = attested ? servers.get(carrier) : participant;
      const proof = signer.sign((server ?? participant).secretKey, identityProofInput(claim));
      const input = possessionInput(msisdn, deviceId, publicKey, notAfterSeconds);
      const certificate = encodeLeafCertificate(
        {
          msisdn,
          deviceId,
          publicKey,
          notBeforeSeconds,
          notAfterSeconds,
          issuer: serviceName(provider),
          vendorId: PROVIDERS[provider],
          participantKey: participant.publicKey,
          possession: signer.sign(participant.secretKey, input),
          proof: { ...claim, signature: proof },
        },
        services[provider].secretKey,
        signer,
      );
      return { certificates: [certificate], publicKey, secretKey, notAfterSeconds };
    },
  };
}
