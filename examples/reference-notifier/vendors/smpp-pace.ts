/**
 * How fast an SMS centre may be fed: as fast as it likes until it says ESME_RTHROTTLED or
 * ESME_RMSGQFUL; then a pause, a slower pace, and back to speed step by step.
 */
export interface Pace {
  /** Before this time nothing is sent; epoch milliseconds. */
  readonly nextAtMs: number;
  take(nowMs: number): void;
  went(): void;
  slowDown(nowMs: number, pauseMs: number): void;
}

const FIRST_GAP_MS = 50;
const LONGEST_GAP_MS = 1_000;
const RECOVERY = 0.5;
const SHORTEST_GAP_MS = 5;
const LONGEST_STREAK = 2;

export function createPace(): Pace {
  let gapMs = 0;
  let nextAtMs = 0;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** Complaints since something last went through: each doubles the pause. */
  let streak = 0;
  return {
    get nextAtMs() {
      return nextAtMs;
    },
    take: (nowMs) => {
      nextAtMs = Math.max(nextAtMs, nowMs + gapMs);
    },
    went: () => {
      streak = 0;
      gapMs = gapMs < SHORTEST_GAP_MS ? 0 : gapMs * RECOVERY;
    },
    slowDown: (nowMs, pauseMs) => {
      // The rest of a window that was on its way is the same complaint, but asks for its own pause.
      if (nowMs < pausedUntilMs) {
        pausedUntilMs = Math.max(pausedUntilMs, nowMs + pauseMs);
        nextAtMs = Math.max(nextAtMs, pausedUntilMs);
        return;
      }
      pausedUntilMs = nowMs + pauseMs * 2 ** Math.min(streak++, LONGEST_STREAK);
      nextAtMs = Math.max(nextAtMs, pausedUntilMs);
      gapMs = Math.min(LONGEST_GAP_MS, Math.max(FIRST_GAP_MS, gapMs * 2));
    },
  };
}
