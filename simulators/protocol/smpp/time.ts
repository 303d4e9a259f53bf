/** SMPP time formats, §7.1.1: `YYMMDDhhmmsstnnp`, p is `+`, `-` (quarters of an hour) or `R`. */

const FORMAT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+R-])$/;
const DAY_SECONDS = 86_400;

/**
 * Microseconds from `nowMillis` (Unix) until the time that the text names; never below 0.
 * `undefined` for a text that is no SMPP time. Relative months and years are 30 and 365 days.
 */
export function smppDelayMicros(text: string, nowMillis: number): number | undefined {
  const match = FORMAT.exec(text);
  if (match === null) return undefined;
  const [years, months, days, hours, minutes, seconds, tenths, quarters] = match
    .slice(1, 9)
    .map(Number) as [number, number, number, number, number, number, number, number];
  if (match[9] === 'R') {
    const wholeDays = years * 365 + months * 30 + days;
    return (wholeDays * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds) * 1_000_000;
  }
  if (months < 1 || months > 12 || days < 1 || days > 31) return undefined;
  if (hours > 23 || minutes > 59 || seconds > 59 || quarters > 48) return undefined;
  const local = Date.UTC(2000 + years, months - 1, days, hours, minutes, seconds, tenths * 100);
  const offsetMillis = quarters * 900_000 * (match[9] === '-' ? -1 : 1);
  return Math.max(0, local - offsetMillis - nowMillis) * 1_000;
}

/** A relative time for validity_period: `000000001500000R` is 15 minutes. At most 99 days. */
export function relativeTime(micros: number): string {
  const seconds = Math.min(99 * DAY_SECONDS, Math.max(1, Math.round(micros / 1_000_000)));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  // Months stay 00 and the days carry everything: what a month means differs between centres.
  return (
    `0000${two(seconds / DAY_SECONDS)}${two((seconds % DAY_SECONDS) / 3600)}` +
    `${two((seconds % 3600) / 60)}${two(seconds % 60)}000R`
  );
}

/** An absolute time in UTC: `260102030405000+`. */
export function absoluteTime(millis: number): string {
  const digits = new Date(millis).toISOString().replaceAll(/[-:T.Z]/g, '');
  // Tenths of a second, then no offset.
  return `${digits.slice(2, 15)}00+`;
}
