/**
 * How a client of the Vonage Messages API says who it is: a JWT of the application (RS256), or
 * the account's key and secret (https://developer.vonage.com/en/getting-started/concepts/
 * authentication).
 */
import { createSecretCheck } from '../jwt/hmac.ts';
import { createRs256Verifier } from '../jwt/verify.ts';

export interface VonageAccount {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly applicationId: string;
  /** PEM of the application's public key. */
  readonly publicKeyPem: string;
}

export type VonageAuthorization =
  | { readonly kind: 'jwt' | 'basic' }
  | { readonly kind: 'refused'; readonly why: string; readonly expired: boolean };

/** A JWT may live this long; without exp it ends 15 minutes after iat. */
const LONGEST_LIFE_SECONDS = 86_400;
const DEFAULT_LIFE_SECONDS = 900;
/** How far the two clocks may be apart. */
const SKEW_SECONDS = 60;

function refused(why: string, expired = false): VonageAuthorization {
  return { kind: 'refused', why, expired };
}

const BASIC: VonageAuthorization = Object.freeze({ kind: 'basic' });

/** Checks one Authorization header. `nowSeconds`: since the Unix epoch, of the API's clock. */
export function createVonageAuthorization(
  account: VonageAccount,
): (header: string | undefined, nowSeconds: number) => VonageAuthorization {
  const verify = createRs256Verifier(account.publicKeyPem);
  const basic = Buffer.from(`${account.apiKey}:${account.apiSecret}`).toString('base64');
  const isKnown = createSecretCheck(basic);
  const isKnownHeader = createSecretCheck(`Basic ${basic}`);

  const bearer = (token: string, nowSeconds: number): VonageAuthorization => {
    const verified = verify(token);
    if (verified.kind !== 'decoded') return refused(`The JWT is ${verified.kind}.`);
    const { application_id: application, iat, exp, jti } = verified.claims;
    if (application !== account.applicationId) return refused('The application is unknown.');
    if (typeof jti !== 'string' || jti === '') return refused('The JWT has no jti.');
    if (typeof iat !== 'number') return refused('The JWT has no iat.');
    if (iat > nowSeconds + SKEW_SECONDS) return refused('The JWT is not valid yet.');
    const ends = typeof exp === 'number' ? exp : iat + DEFAULT_LIFE_SECONDS;
    if (ends <= nowSeconds) return refused('The JWT has expired.', true);
    if (ends - iat > LONGEST_LIFE_SECONDS) return refused('The JWT lives longer than a day.');
    return { kind: 'jwt' };
  };

  return (header, nowSeconds) => {
    if (header === undefined) return refused('There is no Authorization header.');
    if (isKnownHeader(header)) return BASIC;
    const [scheme, credentials = ''] = header.split(' ', 2);
    switch (scheme?.toLowerCase()) {
      case 'bearer':
        return bearer(credentials, nowSeconds);
      case 'basic':
        return isKnown(credentials) ? BASIC : refused('The key or the secret is wrong.');
      default:
        return refused('The scheme is neither Bearer nor Basic.');
    }
  };
}
