/** How many pushes one phone may be sent, and how long a sender over it has to wait. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';

const MINUTE_MICROS = 60 * MICROS_PER_SECOND;
const HOUR_MICROS = 3_600 * MICROS_PER_SECOND;
/** Phones that were sent nothing for an hour are forgotten when so many are known. */
const MOST_KNOWN = 10_000;

export interface DeviceLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

interface Window {
  fromMicros: number;
  count: number;
}

interface Counts {
  readonly minute: Window;
  readonly hour: Window;
}

/** A window begins with its first push: "these minutes are not aligned to the clock". */
function taken(window: Window, lengthMicros: number, now: number): number {
  if (now >= window.fromMicros + lengthMicros) {
    window.fromMicros = now;
    window.count = 0;
  }
  return window.count;
}

export interface Quota {
  /** Counts one; µs until the next one is taken, or 0 when this one is. */
  take(key: string, now: number): number;
}

export function createDeviceQuota(limits: DeviceLimits): Quota {
  const known = new Map<string, Counts>();

  const countsOf = (key: string, now: number): Counts => {
    let counts = known.get(key);
    if (counts === undefined) {
      if (known.size >= MOST_KNOWN) {
        for (const [old, { hour }] of known) {
          if (now >= hour.fromMicros + HOUR_MICROS) known.delete(old);
        }
      }
      counts = {
        minute: { fromMicros: now, count: 0 },
        hour: { fromMicros: now, count: 0 },
      };
      known.set(key, counts);
    }
    return counts;
  };

  return {
    take: (key, now) => {
      const { minute, hour } = countsOf(key, now);
      if (taken(hour, HOUR_MICROS, now) >= limits.perHour) {
        return hour.fromMicros + HOUR_MICROS - now;
      }
      if (taken(minute, MINUTE_MICROS, now) >= limits.perMinute) {
        return minute.fromMicros + MINUTE_MICROS - now;
      }
      minute.count++;
      hour.count++;
      return 0;
    },
  };
}

/** All of a project: refilled a minute after the first one. */
export function createProjectQuota(perMinute: number): Quota {
  const minute: Window = { fromMicros: Number.NEGATIVE_INFINITY, count: 0 };
  return {
    take: (_key, now) => {
      if (taken(minute, MINUTE_MICROS, now) >= perMinute) {
        return minute.fromMicros + MINUTE_MICROS - now;
      }
      minute.count++;
      return 0;
    },
  };
}

/**
 * A burst, then one more in each interval (token bucket). Returns when the next may be delivered:
 * now, or as long after as it takes until there is a place.
 */
export function createBurst(burst: number, intervalMicros: number) {
  const buckets = new Map<string, { places: number; atMicros: number }>();
  return {
    /** µs to wait; 0 takes a place. */
    take: (key: string, now: number): number => {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        bucket = { places: burst, atMicros: now };
        buckets.set(key, bucket);
      }
      const refilled = Math.floor((now - bucket.atMicros) / intervalMicros);
      bucket.places = Math.min(burst, bucket.places + refilled);
      bucket.atMicros = bucket.places === burst ? now : bucket.atMicros + refilled * intervalMicros;
      if (bucket.places > 0) {
        bucket.places--;
        return 0;
      }
      return bucket.atMicros + intervalMicros - now;
    },
  };
}
