// The page's twins of reports/wording.ts; a test holds them to the same words.

/** @param {number} value `12,345` */
export const thousands = (value) => String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many = `${one}s`) =>
  `${thousands(count)} ${count === 1 ? one : many}`;

const FIRST_EVENTS = 9;
const LAST_EVENTS = 3;

/** @param {readonly number[]} seqs `#118 #121 … #15979 (1,066 in all)` */
export const eventsText = (seqs) => {
  /** @param {readonly number[]} some */
  const hashed = (some) => some.map((seq) => `#${seq}`).join(' ');
  if (seqs.length <= FIRST_EVENTS + LAST_EVENTS) return hashed(seqs);
  const first = hashed(seqs.slice(0, FIRST_EVENTS));
  const last = hashed(seqs.slice(-LAST_EVENTS));
  return `${first} … ${last} (${thousands(seqs.length)} in all)`;
};

/** @param {number} ms `820 ms`, `3.2 s`, `4 min 5 s` */
export const durationOf = (ms) => {
  if (ms < 1000) return `${ms < 10 && ms % 1 !== 0 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};

/**
 * Never rounds up to a full hundred.
 *
 * @param {number} part
 * @param {number} whole
 */
export const percentOf = (part, whole) => {
  if (whole === 0) return '–';
  if (part === whole) return '100 %';
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
};

/** @param {Readonly<Record<string, string>>} matrix */
export const matrixText = (matrix) =>
  Object.entries(matrix)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(', ');

/** @param {number} micros `00:03.250`, `1:02:03.000` */
export const clockOf = (micros) => {
  const ms = Math.floor(micros / 1000);
  /**
   * @param {number} value
   * @param {number} width
   */
  const pad = (value, width) => String(value).padStart(width, '0');
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const rest = `${pad(minutes, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** Who held the keys, in words. */
export const protectionWords = {
  'own-mls-client': 'own MLS client',
  'gateway-session': 'gateway-managed session',
};

/** @typedef {import('../page-model.ts').PageData['report']['implementation']} Implementation */

/** @param {Implementation} implementation */
export const implementationFacts = ({ name, version, role, start }) =>
  role === 'none' ? 'no implementation took part' : `${name} ${version} (${role}, ${start})`;
