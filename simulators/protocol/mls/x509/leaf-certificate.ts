/**
 * The X.509-style leaf of an RCS client (GSMA RCC.16 as far as it is known without its text; see
 * docs/e2ee.md for the evidence): P-256, ecdsa-with-SHA256, SAN URI `tel:+E164`, key usage digital
 * signature, extended key usage id-kp-rcsMlsClient, the participant's proof of possession
 * (critical) and the configuration server's identity proof.
 */
import { concatBytes, hexOf, sameBytes, utf8 } from '../crypto/bytes.ts';
import type { SignatureCurve } from '../crypto/curve.ts';
import { digest } from '../crypto/sha256.ts';
import {
  der,
  derBits,
  DerError,
  derOid,
  derP256Key,
  DerReader,
  derTime,
  derUtf8,
  ECDSA_WITH_SHA256,
  readP256Key,
  readTime,
  sameOid,
  serialOf,
  TAG,
} from './der.ts';
import type { DerValue } from './der.ts';

const ARC = '2.23.146.2.1';
const OID = {
  policy: derOid(`${ARC}.2`),
  rcsMlsClient: derOid(`${ARC}.3`),
  participantInformation: derOid(`${ARC}.4`),
  acsParticipantInformation: derOid(`${ARC}.5`),
  vendorId: derOid(`${ARC}.6`),
  commonName: derOid('2.5.4.3'),
  serialNumber: derOid('2.5.4.5'),
  subjectAltName: derOid('2.5.29.17'),
  keyUsage: derOid('2.5.29.15'),
  extendedKeyUsage: derOid('2.5.29.37'),
  certificatePolicies: derOid('2.5.29.32'),
} as const;
type OidName = keyof typeof OID;
/** uniformResourceIdentifier of a GeneralName (RFC 5280 §4.2.1.6). */
const URI_NAME = 0x86;
const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
/** BIT STRING with the first bit, seven unused (RFC 5280 §4.2.1.3). */
const DIGITAL_SIGNATURE = Uint8Array.of(0x03, 0x02, 0x07, 0x80);
const VERSION_3 = Uint8Array.of(0xa0, 0x03, 0x02, 0x01, 0x02);

/** Signing and verifying with P-256; `crypto/p256.ts` has both. */
export type CertificateSigner = Pick<SignatureCurve, 'sign' | 'verify'>;

/** The configuration server's word for a participant key (SignedEncryptionIdentityProof). */
export interface IdentityProof {
  readonly msisdn: string;
  readonly deviceId: string;
  readonly participantKey: Uint8Array;
  /** Whose key distribution service the client uses: `google`, `apple`. */
  readonly homeService: string;
  /** Unix seconds. */
  readonly notAfterSeconds: number;
  readonly signature: Uint8Array;
}

export interface LeafCertificate {
  /** E.164 with plus sign. */
  readonly msisdn: string;
  readonly deviceId: string;
  /** Uncompressed P-256 point: the leaf's signature key. */
  readonly publicKey: Uint8Array;
  /** Unix seconds. */
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
  readonly issuer: string;
  readonly vendorId: number;
  /** ParticipantInformation: the long-lived identity key, and its signature over this leaf. */
  readonly participantKey: Uint8Array;
  readonly possession: Uint8Array;
  readonly proof: IdentityProof;
  readonly signature: Uint8Array;
  /** The octets under the issuer's signature. */
  readonly signed: Uint8Array;
}

const seconds = (value: number): Uint8Array => derTime(value);

/** What the configuration server signs. */
export function identityProofInput(proof: Omit<IdentityProof, 'signature'>): Uint8Array {
  return der(
    TAG.sequence,
    derUtf8(`tel:${proof.msisdn}`),
    derUtf8(proof.deviceId),
    derP256Key(proof.participantKey),
    derUtf8(proof.homeService),
    seconds(proof.notAfterSeconds),
  );
}

/** What a participant signs to prove that it holds its identity key, for this leaf. */
export function possessionInput(
  msisdn: string,
  deviceId: string,
  leafKey: Uint8Array,
  notAfterSeconds: number,
): Uint8Array {
  return der(
    TAG.sequence,
    derUtf8(`tel:${msisdn}`),
    derUtf8(deviceId),
    derP256Key(leafKey),
    seconds(notAfterSeconds),
  );
}

function extension(oid: Uint8Array, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? der(TAG.boolean, Uint8Array.of(0xff)) : new Uint8Array(0);
  return der(TAG.sequence, oid, flag, der(TAG.octetString, value));
}

function name(...parts: readonly (readonly [Uint8Array, string])[]): Uint8Array {
  const sets = parts.map(([oid, text]) => der(TAG.set, der(TAG.sequence, oid, derUtf8(text))));
  return der(TAG.sequence, ...sets);
}

function extensionsOf(leaf: UnsignedLeaf): Uint8Array {
  const { proof } = leaf;
  return der(
    TAG.sequence,
    extension(OID.keyUsage, DIGITAL_SIGNATURE, true),
    extension(OID.extendedKeyUsage, der(TAG.sequence, OID.rcsMlsClient)),
    extension(OID.certificatePolicies, der(TAG.sequence, der(TAG.sequence, OID.policy))),
    extension(OID.subjectAltName, der(TAG.sequence, der(URI_NAME, utf8(`tel:${leaf.msisdn}`)))),
    extension(
      OID.participantInformation,
      der(TAG.sequence, derP256Key(leaf.participantKey), der(TAG.octetString, leaf.possession)),
      true,
    ),
    extension(
      OID.acsParticipantInformation,
      der(TAG.sequence, identityProofInput(proof), der(TAG.octetString, proof.signature)),
    ),
    extension(OID.vendorId, der(TAG.integer, Uint8Array.of(leaf.vendorId))),
  );
}

export type UnsignedLeaf = Omit<LeafCertificate, 'signature' | 'signed'>;

/** A certificate's DER, signed by its issuer's key. */
export function encodeLeafCertificate(
  leaf: UnsignedLeaf,
  issuerKey: Uint8Array,
  signer: CertificateSigner,
): Uint8Array {
  const subject = name([OID.commonName, leaf.msisdn], [OID.serialNumber, leaf.deviceId]);
  const key = derP256Key(leaf.publicKey);
  const validity = [seconds(leaf.notBeforeSeconds), seconds(leaf.notAfterSeconds)];
  const serial = hexOf(digest(concatBytes(key, ...validity))).slice(0, 32);
  const signed = der(
    TAG.sequence,
    VERSION_3,
    serialOf(serial),
    ECDSA_WITH_SHA256,
    name([OID.commonName, leaf.issuer]),
    der(TAG.sequence, ...validity),
    subject,
    key,
    der(EXTENSIONS, extensionsOf(leaf)),
  );
  const signature = signer.sign(issuerKey, signed);
  return der(TAG.sequence, signed, ECDSA_WITH_SHA256, derBits(signature));
}

const text = (value: DerValue): string => new TextDecoder().decode(value.content);

function readName(reader: DerReader): { commonName?: string; serialNumber?: string } {
  const parts: { commonName?: string; serialNumber?: string } = {};
  const sets = reader.inside(reader.next(TAG.sequence));
  while (!sets.done) {
    const pair = sets.inside(sets.inside(sets.next(TAG.set)).next(TAG.sequence));
    const oid = pair.next(TAG.objectIdentifier);
    const value = pair.next();
    if (sameOid(oid, OID.commonName)) parts.commonName = text(value);
    else if (sameOid(oid, OID.serialNumber)) parts.serialNumber = text(value);
  }
  return parts;
}

type Extensions = ReadonlyMap<OidName, DerReader>;

const KNOWN = Object.keys(OID) as readonly OidName[];

/** Every extension by its OID; a critical one that is not known here is refused (RFC 5280 §4.2). */
function readExtensions(outer: DerReader, value: DerValue): Extensions {
  const found = new Map<OidName, DerReader>();
  const list = outer.inside(value);
  const each = list.inside(list.next(TAG.sequence));
  while (!each.done) {
    const one = each.next(TAG.sequence);
    const parts = each.inside(one);
    const oid = parts.next(TAG.objectIdentifier);
    const critical = parts.optional(TAG.boolean) !== undefined;
    const content = parts.next(TAG.octetString);
    const known = KNOWN.find((candidate) => sameOid(oid, OID[candidate]));
    if (known !== undefined) found.set(known, parts.inside(content));
    else if (critical) throw new DerError('a critical extension that is not known', one.offset);
  }
  return found;
}

function need(extensions: Extensions, oid: OidName, what: string): DerReader {
  const found = extensions.get(oid);
  if (found === undefined) throw new DerError(`no ${what}`, 0);
  return found;
}

function readUri(reader: DerReader): string {
  const uri = text(reader.inside(reader.next(TAG.sequence)).next(URI_NAME));
  if (!/^tel:\+\d{1,15}$/.test(uri)) throw new DerError('the name is no telephone number', 0);
  return uri.slice('tel:'.length);
}

function readProof(reader: DerReader): IdentityProof {
  const outer = reader.inside(reader.next(TAG.sequence));
  const body = outer.inside(outer.next(TAG.sequence));
  const msisdn = text(body.next(TAG.utf8String)).replace(/^tel:/, '');
  const deviceId = text(body.next(TAG.utf8String));
  const participantKey = readP256Key(body.next(TAG.sequence));
  const homeService = text(body.next(TAG.utf8String));
  const notAfterSeconds = readTime(body.next());
  const signature = Uint8Array.from(outer.next(TAG.octetString).content);
  return { msisdn, deviceId, participantKey, homeService, notAfterSeconds, signature };
}

function checkUsage(extensions: Extensions): void {
  const usage = need(extensions, 'keyUsage', 'key usage').next(TAG.bitString);
  if (!sameBytes(usage.whole, DIGITAL_SIGNATURE)) throw new DerError('another key usage', 0);
  const extended = need(extensions, 'extendedKeyUsage', 'extended key usage');
  const purpose = extended.inside(extended.next(TAG.sequence)).next(TAG.objectIdentifier);
  if (!sameOid(purpose, OID.rcsMlsClient)) throw new DerError('not for RCS MLS clients', 0);
}

/** Reads a certificate of this profile; throws `DerError` with the offset for anything else. */
export function decodeLeafCertificate(octets: Uint8Array): LeafCertificate {
  const top = new DerReader(octets);
  const certificate = top.inside(top.next(TAG.sequence));
  top.end();
  const signed = certificate.next(TAG.sequence);
  if (!sameBytes(certificate.next(TAG.sequence).whole, ECDSA_WITH_SHA256)) {
    throw new DerError('not signed by ECDSA with SHA-256', 0);
  }
  const bits = certificate.next(TAG.bitString);
  // X.690 §8.6.2.2: how many bits of the last octet are unused; a signature is whole octets.
  if (bits.content[0] !== 0) throw new DerError('a signature of no whole octets', bits.offset);
  const signature = bits.content.subarray(1);
  certificate.end();
  const body = certificate.inside(signed);
  if (body.optional(VERSION) === undefined) throw new DerError('not an X.509 version 3', 0);
  body.next(TAG.integer);
  body.next(TAG.sequence);
  const issuer = readName(body).commonName ?? '';
  const validity = body.inside(body.next(TAG.sequence));
  const notBeforeSeconds = readTime(validity.next());
  const notAfterSeconds = readTime(validity.next());
  const deviceId = readName(body).serialNumber ?? '';
  const publicKey = readP256Key(body.next(TAG.sequence));
  const extensions = readExtensions(body, body.next(EXTENSIONS));
  checkUsage(extensions);
  const msisdn = readUri(need(extensions, 'subjectAltName', 'subject alternative name'));
  const participant = need(extensions, 'participantInformation', 'ParticipantInformation');
  const information = participant.inside(participant.next(TAG.sequence));
  const participantKey = readP256Key(information.next(TAG.sequence));
  const possession = Uint8Array.from(information.next(TAG.octetString).content);
  const proof = readProof(need(extensions, 'acsParticipantInformation', 'identity proof'));
  const vendor = need(extensions, 'vendorId', 'vendorId').next(TAG.integer).content;
  return {
    msisdn,
    deviceId,
    publicKey,
    notBeforeSeconds,
    notAfterSeconds,
    issuer,
    vendorId: vendor[0] ?? 0,
    participantKey,
    possession,
    proof,
    signature: Uint8Array.from(signature),
    signed: Uint8Array.from(signed.whole),
  };
}

/** Number and device alone: members are named far more often than certificates are checked. */
function readNames(octets: Uint8Array): string {
  const top = new DerReader(octets);
  const certificate = top.inside(top.next(TAG.sequence));
  const body = certificate.inside(certificate.next(TAG.sequence));
  body.optional(VERSION);
  // Serial number, algorithm, issuer, validity.
  for (let skipped = 0; skipped < 4; skipped++) body.next();
  const { serialNumber } = readName(body);
  body.next(TAG.sequence);
  const list = body.inside(body.next(EXTENSIONS));
  const each = list.inside(list.next(TAG.sequence));
  while (!each.done) {
    const parts = each.inside(each.next(TAG.sequence));
    if (!sameOid(parts.next(TAG.objectIdentifier), OID.subjectAltName)) continue;
    parts.optional(TAG.boolean);
    const msisdn = readUri(parts.inside(parts.next(TAG.octetString)));
    return `tel:${msisdn}/${serialNumber ?? ''}`;
  }
  throw new DerError('no subject alternative name', 0);
}

/**
 * `tel:+E164/device` of a certificate of this profile; undefined where no such name stands in the
 * octets. Says nothing about whether they hold: `verify-leaf.ts` does.
 */
export function identityOfCertificate(octets: Uint8Array): string | undefined {
  try {
    return readNames(octets);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
