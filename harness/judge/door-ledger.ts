import type { EventOf } from '../../simulators/kernel/events.ts';
import type { Mark } from './records.ts';

/** Consecutive refusals of requests that were sent inside a pause that had been told. */
export interface IgnoredPause {
  count: number;
  worst: number;
  worstSeqs: readonly number[];
  seqs: number[];
  pauseFrom: number;
  pauseUntil: number;
}

export interface TokenGiven {
  /** Until when fetching another is early; null: until nobody knows when. */
  readonly goodUntil: number | null;
}

/** What one component was asked, counted. */
export interface DoorCounts {
  sends: number;
  tokens: number;
  throttled: number;
  readonly tokenSeqs: number[];
  /** Fetched while the one before was still good. */
  tokensEarly: number;
  /** The token that was given out last. */
  lastToken: TokenGiven | null;
  /** The first refusal of an expired token that nothing has followed yet. */
  expired: Mark | null;
  /** First refusals of expired tokens. */
  expiries: number;
  /** Requests with a token whose refusal was known, with that refusal. */
  readonly staleUses: number[];
  staleUsed: number;
  readonly pause: IgnoredPause;
}

/** Traffic that no door understood, per component and request line. */
export interface Unexpected {
  readonly component: string;
  readonly what: string;
  count: number;
  readonly seqs: number[];
}

/** Seqs kept per aggregated finding. */
const KEPT = 10;
/** RFC 6585 §4 leaves Retry-After optional; without it the doors mean a second. */
const DEFAULT_PAUSE_MICROS = 1_000_000;
/** A window of requests that was on its way when the refusal came could not have known of it. */
const REACTION_MICROS = 100_000;

/** Whoever renews a token in the last quarter of its life renews it in good time. */
const KEPT_SHARE = 0.75;

function isStillGood(token: TokenGiven | null, at: number): boolean {
  return token !== null && (token.goodUntil === null || at < token.goodUntil);
}

function tokenAnswered(
  counts: DoorCounts,
  request: EventOf<'door.request'>,
  event: EventOf<'door.answered'>,
): void {
  if (request.operation === 'token') {
    const { tokenLifeMicros: life } = event;
    if (event.outcome !== 'accepted' || event.handedAt === null) counts.lastToken = null;
    else if (life !== undefined) {
      counts.lastToken = { goodUntil: event.handedAt + life * KEPT_SHARE };
    }
    return;
  }
  if (event.outcome === 'unauthorized') counts.lastToken = null;
  const { expired } = counts;
  if (event.tokenExpired !== true) {
    if (expired !== null && request.t > expired.at) counts.expired = null;
    return;
  }
  if (expired === null) {
    if (event.handedAt === null) return;
    counts.expired = { at: event.handedAt, seq: event.seq };
    counts.expiries++;
  } else if (request.t > expired.at + REACTION_MICROS) {
    counts.staleUsed++;
    if (counts.staleUses.length < KEPT) counts.staleUses.push(expired.seq, request.seq);
  }
}

/** Counts per door: hammering, token abuse, unexpected traffic. */
export class DoorLedger {
  readonly doors = new Map<string, DoorCounts>();
  readonly unexpected = new Map<string, Unexpected>();
  requests = 0;

  #of(component: string): DoorCounts {
    let counts = this.doors.get(component);
    if (counts === undefined) {
      counts = {
        sends: 0,
        tokens: 0,
        throttled: 0,
        tokenSeqs: [],
        tokensEarly: 0,
        lastToken: null,
        expired: null,
        expiries: 0,
        staleUses: [],
        staleUsed: 0,
        pause: { count: 0, worst: 0, worstSeqs: [], seqs: [], pauseFrom: 0, pauseUntil: 0 },
      };
      this.doors.set(component, counts);
    }
    return counts;
  }

  requested(event: EventOf<'door.request'>): void {
    this.requests++;
    const counts = this.#of(event.component);
    if (event.operation === 'send') counts.sends++;
    if (event.operation === 'token') {
      counts.tokens++;
      if (isStillGood(counts.lastToken, event.t)) counts.tokensEarly++;
      counts.lastToken = { goodUntil: null };
      counts.expired = null;
      if (counts.tokenSeqs.length < KEPT) counts.tokenSeqs.push(event.seq);
    }
    if (event.operation === 'unexpected') this.#unexpected(event);
  }

  /** It may have forgotten its tokens, and what was said of them. */
  implementationStarted(): void {
    for (const counts of this.doors.values()) {
      counts.lastToken = null;
      counts.expired = null;
    }
  }

  #unexpected(event: EventOf<'door.request'>): void {
    const key = `${event.component} ${event.what}`;
    const known = this.unexpected.get(key);
    if (known === undefined) {
      this.unexpected.set(key, {
        component: event.component,
        what: event.what,
        count: 1,
        seqs: [event.seq],
      });
      return;
    }
    known.count++;
    if (known.seqs.length < KEPT) known.seqs.push(event.seq);
  }

  answered(request: EventOf<'door.request'>, event: EventOf<'door.answered'>): void {
    const counts = this.#of(request.component);
    const { pause } = counts;
    tokenAnswered(counts, request, event);
    if (event.outcome !== 'throttled') {
      if (event.outcome === 'accepted' && request.operation === 'send') {
        pause.count = 0;
        pause.seqs = [];
      }
      return;
    }
    counts.throttled++;
    const reacted = pause.pauseFrom + REACTION_MICROS;
    const sentInPause = request.t > reacted && request.t < pause.pauseUntil;
    if (sentInPause) {
      pause.count++;
      if (pause.seqs.length < KEPT) pause.seqs.push(request.seq);
      if (pause.count > pause.worst) {
        pause.worst = pause.count;
        pause.worstSeqs = pause.seqs;
      }
    }
    if (event.handedAt === null || event.handedAt < pause.pauseUntil) return;
    pause.pauseFrom = event.handedAt;
    pause.pauseUntil = event.handedAt + (event.retryAfterMicros ?? DEFAULT_PAUSE_MICROS);
  }
}
