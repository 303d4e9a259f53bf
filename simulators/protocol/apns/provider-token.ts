/**
 * Provider tokens (Apple, "Establishing a token-based connection to APNs"): an ES256 JWT with
 * `kid`, `iss` (the team) and `iat`, younger than an hour, renewed at most once in 20 minutes.
 */
import type { JwtVerifier } from '../jwt/verify.ts';
import type { ApnsReason } from './reasons.ts';

const LONGEST_AGE_SECONDS = 3_600;
const SKEW_SECONDS = 300;
const UPDATE_WINDOW_SECONDS = 1_200;
/**
 * Apple counts per connection, and a new connection may bring a new token. A door does not know
 * connections, so a few tokens (restarts, several processes) are taken before it calls it too many.
 */
const UPDATES_ALLOWED = 5;

export interface ProviderTokensOptions {
  readonly verify: JwtVerifier;
  readonly keyId: string;
  readonly teamId: string;
  /** Seconds since the Unix epoch. */
  readonly now: () => number;
}

export interface ProviderTokens {
  /** Why this Authorization header is refused, or undefined. */
  check(authorization: string | undefined): ApnsReason | undefined;
}

export function createProviderTokens(options: ProviderTokensOptions): ProviderTokens {
  /** Good tokens (their signature is checked once) → when they were issued and first seen. */
  const seen = new Map<string, { readonly issuedAt: number; readonly firstSeen: number }>();

  const issuedAt = (token: string): number | undefined => {
    const verified = options.verify(token);
    if (verified.kind !== 'decoded') return undefined;
    const { iss, iat } = verified.claims;
    const ours = verified.header.kid === options.keyId && iss === options.teamId;
    return ours && typeof iat === 'number' ? iat : undefined;
  };

  const admit = (token: string, now: number): ApnsReason | undefined => {
    const issued = issuedAt(token);
    if (issued === undefined || issued > now + SKEW_SECONDS) return 'InvalidProviderToken';
    if (issued < now - LONGEST_AGE_SECONDS) return 'ExpiredProviderToken';
    let recent = 0;
    for (const [old, { firstSeen, issuedAt: oldIssued }] of seen) {
      if (firstSeen > now - UPDATE_WINDOW_SECONDS) recent++;
      else if (oldIssued < now - LONGEST_AGE_SECONDS) seen.delete(old);
    }
    if (recent >= UPDATES_ALLOWED) return 'TooManyProviderTokenUpdates';
    seen.set(token, { issuedAt: issued, firstSeen: now });
    return undefined;
  };

  return {
    check: (authorization) => {
      const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return 'MissingProviderToken';
      const now = options.now();
      const known = seen.get(token);
      if (known === undefined) return admit(token, now);
      return known.issuedAt < now - LONGEST_AGE_SECONDS ? 'ExpiredProviderToken' : undefined;
    },
  };
}
