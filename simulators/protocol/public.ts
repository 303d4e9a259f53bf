/**
 * The public entry `bellwether/protocol`: wire formats that an implementation may use as it would
 * any other library. Nothing of the world or the harness is reachable from here.
 */
export { createMlsEngine } from './mls/engine.ts';
export { inspect as inspectMlsMessage } from './mls/inspect.ts';
export type {
  InspectedFrame,
  InspectedGroupInfo,
  InspectedKeyPackage,
  InspectedWelcome,
  Inspection,
} from './mls/inspect.ts';
export type * from './mls/types.ts';
export {
  createLeafVerifier,
  LEAF_LIFETIME_SECONDS,
  LEAF_MINIMUM_LEFT_SECONDS,
} from './mls/x509/verify-leaf.ts';
export type { LeafCheck, LeafRefusal, LeafVerdict, TrustAnchors } from './mls/x509/verify-leaf.ts';
export type { IdentityProof, LeafCertificate } from './mls/x509/leaf-certificate.ts';
export { verificationCode } from './mls/x509/verification-code.ts';
export type { VerifiedParty } from './mls/x509/verification-code.ts';
export type { SuiteNumber } from './mls/crypto/cipher-suite.ts';
export type { RandomBytes, SigningMode } from './mls/crypto/curve.ts';
export { decodeJwt } from './jwt/decode.ts';
export type { DecodedJwt, JwtAlgorithm, JwtClaims, JwtHeader, MalformedJwt } from './jwt/decode.ts';
export { createEs256Signer, createHs256Signer, createRs256Signer } from './jwt/sign.ts';
export type { JwtSigner } from './jwt/sign.ts';
export { createEs256Verifier, createHs256Verifier, createRs256Verifier } from './jwt/verify.ts';
export type { JwtVerification, JwtVerifier } from './jwt/verify.ts';
export { readJwe, sealJwe } from './jose/jwe.ts';
export type { JweHeader, JweOpened, JweRefusal, JweRefused, ReadJwe } from './jose/jwe.ts';
export { readDetachedJws } from './jose/detached-jws.ts';
export type { JwsHeader, ReadDetached } from './jose/detached-jws.ts';
export { createP256KeyPair, readP256Jwk, thumbprintOf } from './jose/p256-key.ts';
export type { P256Jwk, P256KeyPair } from './jose/p256-key.ts';
export { createHmacSigner, hmacBase64, sameSignature } from './jwt/hmac.ts';
export type { HmacHash, HmacSigner } from './jwt/hmac.ts';
export { createSmppClient } from './smpp/client.ts';
export type {
  BindMode,
  SmppClient,
  SmppClientClock,
  SmppClientOptions,
  SmppCredentials,
  SmppDelivery,
  SmppOutcome,
} from './smpp/client.ts';
export { COMMAND_STATUS, statusName } from './smpp/status.ts';
export type { MessageBody, MessageState, Tlv } from './smpp/pdu.ts';
export type { ReadReceipt } from './smpp/receipt.ts';
export { relativeTime } from './smpp/time.ts';
export { decodeText } from './sms-text/data-coding.ts';
export { segmentText } from './sms-text/segment.ts';
export type { TextPart } from './sms-text/segment.ts';
export { signedHeaders, signedUrl } from './s3/signature.ts';
export type { StoreCredentials } from './s3/signature.ts';
export { digestOf, sealObject } from './attachment/descriptor.ts';
export type { AttachmentDescriptor, PartDescriptor } from './attachment/descriptor.ts';
export { writeFileMessage } from './attachment/envelope.ts';
