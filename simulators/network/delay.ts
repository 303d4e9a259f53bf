import type { Random } from '../kernel/random.ts';
import { BellwetherError } from '../kernel/errors.ts';

/** A delay distribution of a plan, in µs: fixed, uniform, or exponential by its mean. */
export type DelayDistribution =
  | number
  | readonly [number, number]
  | { readonly min: number; readonly max: number }
  | { readonly mean: number };

function isDistribution(value: unknown): value is DelayDistribution {
  if (typeof value === 'number') return value >= 0;
  if (Array.isArray(value)) {
    return value.length === 2 && value.every((part) => typeof part === 'number' && part >= 0);
  }
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>;
  if (typeof record['mean'] === 'number') return true;
  return typeof record['min'] === 'number' && typeof record['max'] === 'number';
}

/** Checks a parameter that a fault's schema let through; a wrong one is our own defect. */
export function delayDistribution(value: unknown): DelayDistribution {
  if (isDistribution(value)) return value;
  throw new BellwetherError(`Not a delay distribution: ${JSON.stringify(value)}`, {
    code: 'WORLD_FAULT_PARAMETER',
    blame: 'harness',
    hint: 'a number of µs, [min, max], { min, max } or { mean }',
  });
}

/** Draws one delay, an integer of µs. */
export function drawDelay(distribution: DelayDistribution, random: Random): number {
  if (typeof distribution === 'number') return Math.round(distribution);
  if ('mean' in distribution) {
    return Math.round(-Math.log(1 - random.float()) * distribution.mean);
  }
  const [min, max] = 'min' in distribution ? [distribution.min, distribution.max] : distribution;
  return random.int(min, max);
}
