/** The scenarios of files over sockets, past the end of the URLs; all is four times as soon. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { judged, mustFindings, ROOT } from '../examples/judged.ts';

const TIMES_AS_SOON = 4;
const MILLIS = { ms: 1, s: 1_000, m: 60_000 } as const;
/** What is promised, what the world needs and how slow a fault makes the store stay as it is. */
const KEPT = new Set(['expect', 'world', 'delay']);

const sooner = (text: string): string =>
  text.replaceAll(/(\d+)(ms|s|m)\b/g, (_, count: string, unit: keyof typeof MILLIS) => {
    const millis = (Number(count) * MILLIS[unit]) / TIMES_AS_SOON;
    return `${Math.round(millis)}ms`;
  });

function shortened(value: unknown, key = ''): unknown {
  if (KEPT.has(key)) return value;
  // A shorter story has fewer hits.
  if (key === 'hits') return '>= 1';
  if (typeof value === 'string') return key === 'summary' ? value : sooner(value);
  if (Array.isArray(value)) return value.map((each) => shortened(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, shortened(each, name)]),
  );
}

test('files are fetched, refreshed and judged to the end in wall time, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-attachments-'));
  try {
    const suite = join(folder, 'attachments');
    mkdirSync(suite);
    const from = join(ROOT, 'scenarios/attachments');
    const files = readdirSync(from).filter((file) => file.endsWith('.yaml'));
    for (const file of files) {
      const scenario = parse(readFileSync(join(from, file), 'utf8')) as Record<string, unknown>;
      writeFileSync(join(suite, file), stringify(shortened(scenario)));
    }
    const notifier = 'examples/reference-notifier/implementation.process.yaml';
    const { report, shown } = await judged([suite], notifier, ['--jobs', '4']);
    const played = report.cells.filter(({ suite: name }) => name === 'attachments');
    expect(mustFindings(report), shown).toEqual({});
    expect(played).toHaveLength(files.length);
    for (const { scenario, wire, verdict } of played) {
      expect([scenario, wire, verdict.verdict], shown).toEqual([scenario, 'sockets', 'pass']);
    }
    const judgedBy = (rule: string): number =>
      played
        .flatMap(({ verdict }) => verdict.rules)
        .filter((one) => one.rule === rule)
        .reduce((sum, one) => sum + one.judged, 0);
    // Shown, asked for without its signature, and after the URL's end.
    for (const rule of ['unreadable', 'open-to-all', 'outlives-its-url', 'wrong-digest']) {
      expect(judgedBy(`attachment/${rule}`), rule).toBeGreaterThan(20);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
