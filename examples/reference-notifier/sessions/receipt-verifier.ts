import type { ModuleClock } from 'bellwether/module';
import { readDetachedJws, readP256Jwk } from 'bellwether/protocol';
import type { P256Jwk } from 'bellwether/protocol';
import { z } from 'zod';
import type { SessionClient } from '../vendors/session-client.ts';
import { sleep } from '../within.ts';

/**
 * - `held`: the gateway's own, and fresh; `id` is the same for each repetition
 * - `refused`: somebody else's, changed, or too old
 * - `unsure`: the keys cannot be had now
 */
export type Verdict =
  | { readonly kind: 'held'; readonly id: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unsure' };

export interface ReceiptVerifier {
  /** `body` as it came, octet for octet. */
  verify(body: string, signature: string): Promise<Verdict>;
}

/** The gateway signs anew at each attempt, so what is older than this was recorded. */
const OLDEST_SECONDS = 240;
const AHEAD_SECONDS = 60;
/**
 * Unknown keys may be made up: the set is not fetched for each of them, but for all that came
 * meanwhile. A new key may be a moment old, so none is refused before the set was seen again.
 */
const REFETCH_PAUSE_MS = 2_000;

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

export function createReceiptVerifier(
  clock: ModuleClock,
  client: Pick<SessionClient, 'receiptKeys'>,
): ReceiptVerifier {
  const known = new Map<string, P256Jwk>();
  let fetching: Promise<boolean> | undefined;
  /** Begun so far. */
  let fetches = 0;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;

  const fetchKeys = async (): Promise<boolean> => {
    const pauseMs = fetchedAtMs + REFETCH_PAUSE_MS - clock.epochMillis();
    if (pauseMs > 0) await sleep(clock, pauseMs);
    fetches++;
    const answer = await client.receiptKeys();
    const read = answer.kind === 'ok' ? keySet.safeParse(answer.body) : undefined;
    if (read?.success !== true) return false;
    fetchedAtMs = clock.epochMillis();
    for (const entry of read.data.keys) {
      const key = readP256Jwk(entry);
      if (key !== undefined) known.set(entry.kid, key);
    }
    return true;
  };

  /** The key of this name; never one that the message brings itself. */
  const keyOf = async (kid: string): Promise<P256Jwk | 'unknown' | 'unsure'> => {
    const found = known.get(kid);
    if (found !== undefined) return found;
    // A set that was asked for before this key had signed may lack it.
    const asked = fetches;
    let had: boolean;
    do {
      fetching ??= fetchKeys().finally(() => (fetching = undefined));
      had = await fetching;
    } while (had && !known.has(kid) && fetches === asked);
    return known.get(kid) ?? (had ? 'unknown' : 'unsure');
  };

  return {
    verify: async (body, signature) => {
      const read = readDetachedJws(signature);
      if (read === undefined) return { kind: 'refused' };
      const { kid, iat, jti } = read.header;
      if (typeof kid !== 'string' || typeof iat !== 'number' || typeof jti !== 'string') {
        return { kind: 'refused' };
      }
      const key = await keyOf(kid);
      if (key === 'unsure') return { kind: 'unsure' };
      if (key === 'unknown' || !read.holds(body, key)) return { kind: 'refused' };
      const ageSeconds = clock.epochMillis() / 1000 - iat;
      const fresh = ageSeconds <= OLDEST_SECONDS && ageSeconds >= -AHEAD_SECONDS;
      return fresh ? { kind: 'held', id: jti } : { kind: 'refused' };
    },
  };
}
