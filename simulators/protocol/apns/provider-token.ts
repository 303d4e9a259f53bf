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
 * Apple counts per connection, and a new connection may bring a new token. Where there are none (in
 * memory), a few tokens (restarts, several processes) are taken before it is called too many.
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
  /**
   * Why this Authorization header is refused, or undefined. `connection`: the same object for all
   * requests of one connection. `validFrom`: tokens issued before this second count as expired.
   */
  check(
    authorization: string | undefined,
    connection?: object,
    validFrom?: number,
  ): ApnsReason | undefined;
}

interface KnownToken {
  readonly issuedAt: number;
  readonly firstSeen: number;
}

/** The token that a connection uses, and since when. */
interface ConnectionToken {
  readonly token: string;
  readonly issuedAt: number;
  readonly since: number;
}

export function createProviderTokens(options: ProviderTokensOptions): ProviderTokens {
  /** Good tokens: their signature is checked once. */
  const seen = new Map<string, KnownToken>();
  const connections = new WeakMap<object, ConnectionToken>();

  /** The last header and its token: requests of one connection bring the same text again. */
  let last: readonly [authorization: string, token: string | undefined] = ['', undefined];

  const tokenOf = (authorization: string): string | undefined => {
    if (last[0] !== authorization) {
      last = [authorization, /^bearer +(\S+)$/i.exec(authorization)?.[1]];
    }
    return last[1];
  };

  const issuedAt = (token: string): number | undefined => {
    const verified = options.verify(token);
    if (verified.kind !== 'decoded') return undefined;
    const { iss, iat } = verified.claims;
    const ours = verified.header.kid === options.keyId && iss === options.teamId;
    return ours && typeof iat === 'number' ? iat : undefined;
  };

  /** How many tokens are younger than the window; those that are of no use are forgotten. */
  const recent = (now: number): number => {
    let count = 0;
    for (const [old, { firstSeen, issuedAt: oldIssued }] of seen) {
      if (firstSeen > now - UPDATE_WINDOW_SECONDS) count++;
      else if (oldIssued < now - LONGEST_AGE_SECONDS) seen.delete(old);
    }
    return count;
  };

  const known = (token: string, now: number): KnownToken | ApnsReason => {
    const before = seen.get(token);
    if (before !== undefined) return before;
    const issued = issuedAt(token);
    if (issued === undefined || issued > now + SKEW_SECONDS) return 'InvalidProviderToken';
    return { issuedAt: issued, firstSeen: now };
  };

  /** One connection: a new token at most every 20 minutes, unless the old one is of no use. */
  const onConnection = (
    connection: object,
    token: string,
    issued: number,
    now: number,
    oldest: number,
  ): ApnsReason | undefined => {
    const used = connections.get(connection);
    if (used?.token === token) return undefined;
    const tooSoon = used !== undefined && now - used.since < UPDATE_WINDOW_SECONDS;
    if (tooSoon && used.issuedAt >= oldest) return 'TooManyProviderTokenUpdates';
    connections.set(connection, { token, issuedAt: issued, since: now });
    return undefined;
  };

  return {
    check: (authorization, connection, validFrom = 0) => {
      const token = tokenOf(authorization ?? '');
      if (token === undefined) return 'MissingProviderToken';
      const now = options.now();
      const oldest = Math.max(validFrom, now - LONGEST_AGE_SECONDS);
      const found = known(token, now);
      if (typeof found === 'string') return found;
      if (found.issuedAt < oldest) return 'ExpiredProviderToken';
      const isNew = !seen.has(token);
      const tooMany =
        connection === undefined
          ? isNew && recent(now) >= UPDATES_ALLOWED
            ? 'TooManyProviderTokenUpdates'
            : undefined
          : onConnection(connection, token, found.issuedAt, now, oldest);
      if (tooMany !== undefined) return tooMany;
      if (isNew) {
        recent(now);
        seen.set(token, found);
      }
      return undefined;
    },
  };
}
