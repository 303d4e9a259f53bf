import type { CellReport, RunReport } from './model.ts';
import type { CellCounts, Finding, Protection } from '../simulators/kernel/finding.ts';
import type { Channel, Verdict } from '../simulators/kernel/words.ts';

/** The kernel's order, worst first; a missing word does not compile. */
const severity = {
  fail: 0,
  error: 1,
  inconclusive: 2,
  pass: 3,
  'not-applicable': 4,
} as const satisfies Record<Verdict, number>;

/** Verdict words, worst first. */
export const verdictWords = Object.keys(severity) as Verdict[];

/** Sorts by verdict, worst first; the order among equals stays. */
export const worstFirst = <T extends { readonly verdict: Verdict }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => severity[a.verdict] - severity[b.verdict]);

/** `1 cell`, `2 cells`; a plural that adds no s is given. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`;

/** `12,345`: the same on every machine. */
export const thousands = (value: number): string =>
  String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Event numbers of a finding that are printed; the JSON report has them all. */
const FIRST_EVENTS = 9;
const LAST_EVENTS = 3;

/** `#118 #121 … #15979 (1,066 in all)`: where a finding begins and how it ends, never a flood. */
export const eventsText = (seqs: readonly number[]): string => {
  const hashed = (some: readonly number[]): string => some.map((seq) => `#${seq}`).join(' ');
  if (seqs.length <= FIRST_EVENTS + LAST_EVENTS) return hashed(seqs);
  const first = hashed(seqs.slice(0, FIRST_EVENTS));
  const last = hashed(seqs.slice(-LAST_EVENTS));
  return `${first} … ${last} (${thousands(seqs.length)} in all)`;
};

/** Milliseconds as people say them: `0 ms`, `820 ms`, `3.2 s`, `4 min 5 s`, `2 h 3 min`. */
export const durationOf = (ms: number): string => {
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

/** A cell's own clock: `00:03.250`, `1:02:03.000`. */
export const clockOf = (micros: number): string => {
  const ms = Math.floor(micros / 1000);
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const rest = `${pad(minutes, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** `97.3 %`; never rounds up to a full hundred. `–` when nothing was judged. */
export const percentOf = (part: number, whole: number): string => {
  if (whole === 0) return '–';
  if (part === whole) return '100 %';
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
};

/** `platform=ios-26.3, e2ee=on` */
export const matrixText = (matrix: Readonly<Record<string, string>>): string =>
  Object.entries(matrix)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(', ');

/** `gate/rcs-outage`: a scenario's own name is unique within its suite only. */
export const scenarioName = ({
  suite,
  scenario,
}: Pick<CellReport, 'suite' | 'scenario'>): string =>
  suite === '' || scenario.startsWith(`${suite}/`) ? scenario : `${suite}/${scenario}`;

/** `rcs-e2ee 41 · sms 3`, most used first. */
export const channelsText = (counts: Readonly<Partial<Record<Channel, number>>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([channel, count]) => `${channel} ${thousands(count)}`)
    .join(' · ');

/** Who held the keys, in words. */
const protectionWords = {
  'own-mls-client': 'own MLS client',
  'gateway-session': 'gateway-managed session',
} as const satisfies Record<Protection, string>;

const protections = Object.keys(protectionWords) as Protection[];

/** `own MLS client 34; gateway-managed session 50, readable for gateway 50`; empty: none. */
export const protectionText = (counts: readonly CellCounts['protection'][]): string =>
  protections
    .flatMap((word) => {
      const own = counts.flatMap((count) => count?.[word] ?? []);
      const messages = own.reduce((total, one) => total + one.messages, 0);
      const readers = channelsText(sumCounts(own.map(({ readableFor }) => readableFor)));
      if (messages === 0) return [];
      const read = readers === '' ? '' : `, readable for ${readers}`;
      return [`${protectionWords[word]} ${thousands(messages)}${read}`];
    })
    .join('; ');

/** Findings of a cell that no `ignore` took out, in the order of its rules. */
export const findingsOf = (cell: CellReport): Finding[] =>
  cell.verdict.rules.flatMap((rule) => (rule.ignored === undefined ? rule.findings : []));

/** Is this one of the failures that the register of known failures names for the cell? */
export const isKnown = ({ verdict }: CellReport, { rule, level }: Finding): boolean =>
  level === 'must' && verdict.known?.failures.some((each) => each.rule === rule) === true;

/** Would this cell fail without the register of known failures? */
export const failsKnown = ({ verdict }: CellReport): boolean =>
  verdict.known !== undefined && verdict.verdict !== 'fail';

/** `fallback/late is known: the vendor mends it (dana, until 2027-03-31)` */
export const knownTexts = ({ verdict }: CellReport): string[] =>
  (verdict.known?.failures ?? []).map(
    ({ rule, reason, owner, expiry }) => `${rule} is known: ${reason} (${owner}, until ${expiry})`,
  );

/** `1 fail, 3 pass (2 with known failures)` */
export const cellsText = ({ cells, totals }: RunReport): string => {
  const known = cells.filter(failsKnown).map(({ verdict }) => verdict.verdict);
  return verdictWords
    .filter((word) => totals.cells[word] > 0)
    .map((word) => {
      const own = known.filter((each) => each === word).length;
      const how = own === 0 ? '' : ` (${thousands(own)} with known failures)`;
      return `${thousands(totals.cells[word])} ${word}${how}`;
    })
    .join(', ');
};

/** Every `a → b` of a record of counts summed over many. */
export const sumCounts = (
  records: readonly Readonly<Partial<Record<string, number>>>[],
): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const record of records) {
    for (const [key, count] of Object.entries(record)) sums[key] = (sums[key] ?? 0) + (count ?? 0);
  }
  return sums;
};

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** How this run's reader calls Bellwether: as its commands do, else by the npm script. */
const programOf = (command: string): string => {
  const typed = /^(.*?\bbellwether(?: --(?= ))?) /.exec(`${command} `)?.[1];
  if (typed !== undefined) return typed;
  return /^npm\b/.test(command) ? 'npm run -s bellwether --' : 'bellwether';
};

/** The command that tells a message's story; the cell is named where the run has several. */
export const explainCommand = (report: RunReport, cell: CellReport, message: string): string => {
  const where = report.cells.length > 1 ? ` --cell ${shellWord(cell.id)}` : '';
  const { folder } = report.run;
  return `${programOf(cell.replay)} explain ${shellWord(folder)} ${shellWord(message)}${where}`;
};

/** `reference-notifier 1.0.0`; of runs without one, that none took part. */
export const implementationText = ({ name, version, role }: RunReport['implementation']): string =>
  role === 'none' ? 'no implementation took part' : `${name} ${version}`.trim();

/** The same, with what it is and how it was started. */
export const implementationFacts = (implementation: RunReport['implementation']): string => {
  const { role, start } = implementation;
  const who = implementationText(implementation);
  return role === 'none' ? who : `${who} (${role}, ${start})`;
};
