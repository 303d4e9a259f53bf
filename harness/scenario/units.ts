/**
 * The small words of the scenario language: durations, rates, shares, comparisons, switches and
 * windows. Each is a zod type that reads what an author writes and gives the base unit (µs, per
 * second, ratio), and that still says its input shape to the JSON Schema.
 */
import { z } from 'zod';
import type { Comparison } from '../../simulators/kernel/plan.ts';

const UNIT_MICROS: Readonly<Record<string, number>> = {
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};
const RATE_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const RATE = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
const SHARE = /^(\d+(?:\.\d+)?)%$/;
const COMPARISON = /^(<=|>=|==|<|>)\s*(\S+)$/;

/** A world that lasts longer ends in no time that anybody waits for. */
const LONGEST_DAYS = 366;

/** µs, or undefined when the text is no duration, or one of more than 366 days. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  const unit = UNIT_MICROS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const micros = Math.round(Number(match[1]) * unit);
  return micros > LONGEST_DAYS * 86_400_000_000 ? undefined : micros;
}

/** Per second, or undefined. */
function parseRate(text: string): number | undefined {
  const match = RATE.exec(text.trim());
  const seconds = RATE_SECONDS[match?.[2] ?? ''];
  return match === null || seconds === undefined ? undefined : Number(match[1]) / seconds;
}

/** A ratio 0…1, or undefined. */
function parseShare(text: string): number | undefined {
  const match = SHARE.exec(text.trim());
  const percent = Number(match?.[1] ?? Number.NaN);
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}

function parseCount(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A comparison whose value `parse` reads: a duration for times, a whole number for counts. */
function parseComparison(
  text: string,
  parse: (value: string) => number | undefined,
): Comparison | undefined {
  const match = COMPARISON.exec(text.trim());
  const value = match === null ? undefined : parse(match[2] ?? '');
  return match === null || value === undefined
    ? undefined
    : { op: match[1] as Comparison['op'], value };
}

/** The two ends of `from..until`, or undefined. */
function parseEnds(text: string): readonly [number, number] | undefined {
  const [from, until, ...more] = text.split('..').map((part) => parseDuration(part));
  return from === undefined || until === undefined || more.length > 0 ? undefined : [from, until];
}

function positive(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

function readText<T>(parse: (text: string) => T | undefined, pattern: RegExp, expected: string) {
  return z
    .string({ error: `expected ${expected}` })
    .regex(pattern, { error: `expected ${expected}` })
    .transform((text, context): T => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}`, input: text });
      return z.NEVER;
    });
}

export const duration = readText(
  parseDuration,
  DURATION,
  'a duration with its unit, such as 250ms, 30s, 5m or 2h, at most 366d',
);
/** Of what must take time: a scenario, the pause between two messages. */
export const positiveDuration = readText(
  (text) => positive(parseDuration(text)),
  DURATION,
  'a duration longer than zero with its unit, such as 250ms, 30s, 5m or 2h, at most 366d',
);
export const rate = readText(
  (text) => positive(parseRate(text)),
  RATE,
  'a rate above zero with its unit, such as 20/s, 5/m or 100/h',
);
/** Where a ramp begins or ends. */
export const rateOrZero = readText(
  parseRate,
  RATE,
  'a rate with its unit, such as 0/s, 20/s, 5/m or 100/h',
);
export const share = readText(parseShare, SHARE, 'a share between 0% and 100%, such as 70%');
export const countComparison = readText(
  (text) => parseComparison(text, parseCount),
  COMPARISON,
  'a quoted comparison with a whole number, such as ">= 100"',
);
export const durationComparison = readText(
  (text) => parseComparison(text, parseDuration),
  COMPARISON,
  'a quoted comparison with a duration and its unit, such as "< 5s"',
);

/** `">= 98%"` or plain `98%`: both mean at least. */
export const atLeastShare = readText(
  (text) => parseShare(text) ?? shareOfComparison(text),
  /^(>=\s*)?\d+(\.\d+)?%$/,
  'a share such as 99% (or ">= 99%")',
);

function shareOfComparison(text: string): number | undefined {
  const parsed = parseComparison(text, parseShare);
  return parsed?.op === '>=' ? parsed.value : undefined;
}

/** on/off; YAML 1.1 tools may have turned them into booleans, so those are taken as well. */
export const onOff = z
  .union([z.enum(['on', 'off']), z.boolean()], { error: 'expected on or off' })
  .transform((value) => value === true || value === 'on');

export interface Window {
  readonly startMicros: number;
  readonly endMicros: number;
}

/** `60s..3m` */
export const window = readText(
  (text): Window | undefined => {
    const ends = parseEnds(text);
    if (ends === undefined || ends[1] <= ends[0]) return undefined;
    return { startMicros: ends[0], endMicros: ends[1] };
  },
  /^\S+\.\.\S+$/,
  'a window from..until with the later time second, such as 60s..3m',
);

/** `2s` or `1s..4s`, as [min, max] in µs. */
export const durationRange = readText(
  (text): readonly [number, number] | undefined => {
    const fixed = parseDuration(text);
    if (fixed !== undefined) return [fixed, fixed];
    const ends = parseEnds(text);
    return ends === undefined || ends[1] < ends[0] ? undefined : ends;
  },
  /^\S+$/,
  'a duration such as 2s, or a range such as 1s..4s',
);
