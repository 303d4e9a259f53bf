/** `judge` says what the run said, or does not pass: whatever is missing or edited is told. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { bellwether } from './terminal.ts';
import type { Ran } from './terminal.ts';

const REFERENCE = join(PROJECT_FOLDER, 'examples/reference-notifier/implementation.yaml');

const scenario = (name: string, more: string): string => `bellwether: 1
scenario: ${name}
summary: Three notes, and what a test needs beside them.
duration: 10s
world:
  carriers: { northtel: { e2ee: off } }
  people: { ana: { device: android-14, carrier: northtel, app: off } }
policy: gate
traffic:
  notes:
    { to: ana, every: 2s, during: 0s..6s, message: { kind: appointment, sensitivity: low } }
${more}`;

const IMPOSSIBLE = 'expect: [{ delivery: { of: notes, at-least: 100%, within: 1ms } }]\n';
const NEVER_BITES = 'faults: { idle: { outage: carrier/northtel/rcs, during: 8s..9s } }\n';
const ALLOWED = "allow: { pass-rate: '>= 90%', confidence: 95%, at-most: 5 runs }\n";

const registerOf = (name: string): string =>
  `known-failures: [{ scenario: ${name}, cell: '*', rule: expect/delivery, reason: slow, ` +
  'owner: me, expiry: 2099-01-01 }]\n';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (...path: string[]): string => join(folder, ...path);

/** Runs what is written and gives the run's folder. */
async function played(out: string, ...argv: string[]): Promise<Ran> {
  const ran = await bellwether(
    ['run', ...argv, '-i', REFERENCE, '-r', 'json', '--out', `${out}-runs`],
    folder,
  );
  const [id = ''] = readdirSync(at(`${out}-runs`));
  cpSync(at(`${out}-runs`, id), at(out), { recursive: true });
  return ran;
}

/** The same run once more under another name, with something done to it. */
function altered(from: string, name: string, change: (folder: string) => void): string {
  cpSync(at(from), at(name), { recursive: true });
  change(at(name));
  return name;
}

const historyOf = (run: string, word: string): string => {
  const names = readdirSync(run).filter((name) => name.endsWith('.ndjson'));
  return join(run, names.find((name) => name.includes(word)) ?? 'none');
};

function edited(run: string, word: string, change: (lines: string[]) => string[]): void {
  const file = historyOf(run, word);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${change(lines).join('\n')}\n`);
}

const judge = (...argv: string[]): Promise<Ran> => bellwether(['judge', ...argv], folder);

beforeAll(async () => {
  writeFileSync(at('one.yaml'), scenario('one', ''));
  writeFileSync(at('two.yaml'), scenario('two', ''));
  writeFileSync(at('random.yaml'), scenario('random', ALLOWED));
  writeFileSync(at('slow.yaml'), scenario('slow', IMPOSSIBLE));
  writeFileSync(at('idle.yaml'), scenario('idle', NEVER_BITES + IMPOSSIBLE));
  writeFileSync(at('slow-known.yaml'), registerOf('slow'));
  writeFileSync(at('idle-known.yaml'), registerOf('idle'));
  expect((await played('whole', 'one.yaml', 'two.yaml')).code).toBe(0);
});

describe('a run judged again', () => {
  it('is the same again', async () => {
    const { code, out, err } = await judge('whole');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/^pass /gm)).toHaveLength(3);
    expect(out).not.toContain('differs');
  });

  it('does not pass with a cell missing, and names it', async () => {
    const run = altered('whole', 'deleted', (path) => rmSync(historyOf(path, 'two')));
    const { code, out } = await judge(run);
    expect(code).toBe(2);
    expect(out).toMatch(/^inconclusive .*\/two #\d+ +\(missing: /m);
    const [missing] = (await judge(run, '--json')).out.split('\n').slice(2);
    expect(JSON.parse(missing ?? '')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('does not pass with the probe alone, with or without its plan', async () => {
    const only = altered('whole', 'only', (path) => {
      for (const word of ['-one-', '-two-']) rmSync(historyOf(path, word));
    });
    expect((await judge(only)).code).toBe(2);
    for (const name of ['plan.json', 'report.json']) rmSync(at('only', name));
    expect((await judge(only)).code).toBe(2);
  });

  it.each([
    ['left out', (lines: string[]) => lines.toSpliced(6, 1), 7],
    ['blanked', (lines: string[]) => lines.with(6, ''), 7],
    ['written twice', (lines: string[]) => lines.toSpliced(6, 0, lines[6] ?? ''), 8],
  ])('refuses a history with a line %s, with its place', async (what, change, line) => {
    const run = altered('whole', `line ${what}`, (path) => edited(path, 'two', change));
    const { code, err } = await judge(run);
    expect(code).toBe(4);
    expect(err).toContain('JUDGE_HISTORY_DAMAGED');
    expect(err).toContain(`.ndjson:${line}:1`);
  });

  it('takes an empty line at the end for nothing', async () => {
    const run = altered('whole', 'ended', (path) => edited(path, 'two', (all) => [...all, '']));
    expect(await judge(run)).toMatchObject({ code: 0, err: '' });
  });

  it('never passes where it differs from the live run', async () => {
    const run = altered('whole', 'other', (path) => {
      const file = join(path, 'report.json');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll('"verdict":"pass"', '"verdict":"fail"'));
    });
    const { code, out } = await judge(run);
    expect(out).toMatch(/^pass .*differs from the live run!/m);
    expect(code).toBe(2);
  });

  it('judges a history that is named alone for itself', async () => {
    expect((await judge(historyOf(at('whole'), '-one-'))).code).toBe(0);
  });
});

describe('a cell that was run over several seeds', () => {
  it('is one verdict again, and none where runs are missing', async () => {
    expect((await played('random', 'random.yaml', '--no-probe')).code).toBe(0);
    const whole = await judge('random');
    expect(whole.code).toBe(0);
    expect(whole.out).toMatch(/^pass .*\/random #\d+\n$/);
    const gap = altered('random', 'gap', (path) => rmSync(historyOf(path, '-run2')));
    const gapped = await judge(gap, '--json');
    expect(gapped.code).toBe(2);
    expect(JSON.parse(gapped.out)).toMatchObject({ why: 'Histories of its runs are missing: 2.' });
    const ends = altered('random', 'ends', (path) => rmSync(historyOf(path, '-run3')));
    expect((await judge(ends)).code).toBe(2);
  });
});

describe('a known failure', () => {
  it('does not fail the run, and is a failure again to a judge who does not know it', async () => {
    const known = ['--known-failures', 'slow-known.yaml'];
    expect((await played('slow', 'slow.yaml', '--no-probe', ...known)).code).toBe(0);
    const unknown = await judge('slow');
    expect(unknown.code).toBe(1);
    expect(unknown.out).not.toContain('differs');
    const again = await judge('slow', ...known);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^pass .*\(expect\/delivery is known\)/);
  });

  it('leaves a cell inconclusive whose fault hit nothing', async () => {
    const known = ['--known-failures', 'idle-known.yaml'];
    expect((await played('idle', 'idle.yaml', '--no-probe', ...known)).code).toBe(2);
    expect((await judge('idle', ...known)).code).toBe(2);
  });
});
