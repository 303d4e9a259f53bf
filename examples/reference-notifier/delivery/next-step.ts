import { currentAttempt, isSettled } from '../message.ts';
import type { Attempt, Channel, Message } from '../message.ts';
import type { Policy } from '../policy.ts';

/** What is known about one channel to one person at this moment. */
export interface Belief {
  /** `unknown`: nobody asked yet, or the answer is too old. */
  readonly says: 'available' | 'unavailable' | 'busy' | 'unknown';
  /** Until when `unavailable` or `busy` holds; epoch milliseconds. */
  readonly untilMs: number;
}

/** Channels that are not configured are absent. */
export type Beliefs = Readonly<Partial<Record<Channel, Belief>>>;

export type Step =
  /** Nothing to do until something is heard. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Ask what the person's phone can do before choosing. */
  | { readonly kind: 'learn' }
  /** Take back the earlier copy, where there is one, then send on this channel. */
  | { readonly kind: 'try'; readonly channel: Channel; readonly takeBack: Attempt | null }
  /** No way is left: tell the caller. */
  | { readonly kind: 'give-up' };

/** A channel that failed is tried again after 5 s, 10 s, 20 s … at most every minute. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

/** When a new copy on this channel makes sense, by what became of earlier ones. */
function retryAtMs(message: Message, channel: Channel, { backOffMs }: Policy): number {
  const earlier = message.attempts.filter((attempt) => attempt.channel === channel);
  const last = earlier.at(-1);
  if (last === undefined) return 0;
  // A copy that can neither be taken back nor is known to be lost would arrive twice.
  const revocable = channel !== 'sms' && channel !== 'app-push';
  const gone = last.state === 'refused' || (last.state === 'withdrawn' && revocable);
  if (!gone || last.endedAtMs === null) return Number.POSITIVE_INFINITY;
  // Where services count as broken for a short time only, a retry need not wait longer.
  const first = Math.min(FIRST_RETRY_MS, backOffMs / 4);
  const pause = Math.min(LONGEST_RETRY_MS, first * 2 ** (earlier.length - 1));
  return last.endedAtMs + pause;
}

/** The end of an attempt, a moment later when a device has just fetched what it is to show. */
function attemptEndMs(attempt: Attempt, { patienceMs }: Policy): number | null {
  if (attempt.endsAtMs === null) return null;
  return Math.max(attempt.endsAtMs, (attempt.fetchedAtMs ?? 0) + patienceMs);
}

/**
 * The whole decision of the notifier, as a pure function: what to do next for one message, given
 * what is known of its person's channels. Preference order; only what the policy allows for the
 * class; each channel once before any of them again; an attempt keeps its time; what is known to be
 * unavailable or busy is passed over unless it comes back within the policy's patience.
 */
export function nextStep(message: Message, beliefs: Beliefs, policy: Policy, nowMs: number): Step {
  if (isSettled(message)) return { kind: 'rest' };
  const current = currentAttempt(message);
  if (current !== undefined) {
    const endMs = attemptEndMs(current, policy);
    if (endMs === null) return { kind: 'rest' };
    if (nowMs < endMs) return { kind: 'wait', untilMs: endMs };
  }
  let earliestMs = Number.POSITIVE_INFINITY;
  let again: Channel | undefined;
  for (const channel of policy.preference) {
    const belief = beliefs[channel];
    if (belief === undefined || !policy.allowed[message.sensitivity].includes(channel)) continue;
    if (channel === current?.channel) continue;
    const blocked = belief.says === 'unavailable' || belief.says === 'busy';
    const readyMs = Math.max(retryAtMs(message, channel, policy), blocked ? belief.untilMs : 0);
    const untried = !message.attempts.some((attempt) => attempt.channel === channel);
    if (readyMs > nowMs) {
      if (untried && belief.says === 'busy' && readyMs - nowMs <= policy.patienceMs) {
        return { kind: 'wait', untilMs: readyMs };
      }
      earliestMs = Math.min(earliestMs, readyMs);
      continue;
    }
    if (nowMs >= message.expiresAtMs) continue;
    if (belief.says === 'unknown') return { kind: 'learn' };
    if (untried) return { kind: 'try', channel, takeBack: current ?? null };
    again ??= channel;
  }
  if (again !== undefined) return { kind: 'try', channel: again, takeBack: current ?? null };
  if (earliestMs < message.expiresAtMs) return { kind: 'wait', untilMs: earliestMs };
  // What a bearer has accepted and keeps may still arrive; its receipt, or its expiry, will tell.
  const kept = message.attempts.some(({ state }) => state === 'sending' || state === 'accepted');
  return kept ? { kind: 'rest' } : { kind: 'give-up' };
}
