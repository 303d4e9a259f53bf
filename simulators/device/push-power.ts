/**
 * What a phone's power saving does to pushes: Doze with its maintenance windows, standby buckets
 * with their daily share of high priority (Android up to 12), and the loss of that priority by apps
 * that show nothing (Android from 13). Sources: Android, "Optimize for Doze and App Standby", "App
 * Standby Buckets"; Firebase, "Set and manage Android message priority".
 */
import type { DevicePlan } from '../kernel/plan.ts';
import type { StandbyBucket } from '../kernel/words.ts';
import { STANDBY_BUCKETS } from '../kernel/words.ts';

const DAY_MICROS = 86_400_000_000;
/** "… 7 days of message behavior are used to determine whether to deprioritize". */
const HISTORY_DAYS = 7;
/** Firebase gives no number; fewer pushes than this say nothing about an app (estimate). */
const LEAST_HISTORY = 10;

/** One Doze that a fault put the phone in. */
export interface Doze {
  readonly bucket: StandbyBucket;
}

const NONE = [] as const;

export type PushPriority = 'high' | 'normal';

export class PushPower {
  readonly #plan: DevicePlan['push'];
  // Most phones of a crowd never have any of these: they share one empty list.
  #dozes: readonly Doze[] = NONE;
  /** When high-priority pushes came, today. */
  #highs: readonly number[] = NONE;
  /** When a push showed the person something last, and when the latest ones showed nothing. */
  #lastShown = Number.NEGATIVE_INFINITY;
  #unshown: readonly number[] = NONE;

  constructor(plan: DevicePlan['push']) {
    this.#plan = plan;
  }

  begin(doze: Doze): void {
    this.#dozes = [...this.#dozes, doze];
  }

  end(doze: Doze): void {
    this.#dozes = this.#dozes.filter((other) => other !== doze);
  }

  get dozing(): boolean {
    return this.#dozes.length > 0;
  }

  /** The most restricted of what the faults say; `active` without any. */
  get bucket(): StandbyBucket {
    let worst = 0;
    for (const { bucket } of this.#dozes) worst = Math.max(worst, STANDBY_BUCKETS.indexOf(bucket));
    return STANDBY_BUCKETS[worst] ?? 'active';
  }

  /** The priority that a push really gets. Asked once for each push: high ones are counted. */
  admit(priority: PushPriority, now: number): PushPriority {
    if (priority === 'normal' || this.#demoted(now)) return 'normal';
    const perDay = this.#plan.highPerDay?.[this.bucket];
    if (perDay === undefined) return 'high';
    const today = this.#highs.filter((at) => at > now - DAY_MICROS);
    const places = today.length < perDay;
    this.#highs = places ? [...today, now] : today;
    return places ? 'high' : 'normal';
  }

  /** What became of a push: did the person see anything of it? */
  ended(shown: boolean, now: number): void {
    if (this.#plan.demotes !== true) return;
    if (shown) this.#lastShown = now;
    else this.#unshown = [...this.#unshown, now].slice(-LEAST_HISTORY);
  }

  #demoted(now: number): boolean {
    const since = now - HISTORY_DAYS * DAY_MICROS;
    const [oldest] = this.#unshown;
    if (this.#unshown.length < LEAST_HISTORY || oldest === undefined) return false;
    return oldest > since && this.#lastShown <= since;
  }
}
