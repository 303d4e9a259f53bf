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
export type { SuiteNumber } from './mls/crypto/cipher-suite.ts';
export type { RandomBytes, SigningMode } from './mls/crypto/curve.ts';
export { decodeJwt } from './jwt/decode.ts';
export type {
  DecodedJwt,
  JwtAlgorithm,
  JwtClaims,
  JwtHeader,
  MalformedJwt,
} from './jwt/decode.ts';
export { createEs256Signer, createHs256Signer, createRs256Signer } from './jwt/sign.ts';
export type { JwtSigner } from './jwt/sign.ts';
export { createEs256Verifier, createHs256Verifier, createRs256Verifier } from './jwt/verify.ts';
export type { JwtVerification, JwtVerifier } from './jwt/verify.ts';
export { hmacBase64, sameSignature } from './jwt/hmac.ts';
