/** Paths and words that people get wrong: what is wrong, where, and what to do, in one message. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/project.ts';
import { bellwether } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-wrong-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REFERENCE = join(PROJECT_FOLDER, 'examples/reference-notifier/implementation.yaml');
const SCENARIO = 'scenarios/gate/android-e2ee-on.yaml';
const run = (...argv: string[]) => bellwether(argv, folder);

/** A copy of the run in `runs`, its history changed. */
function changed(name: string, change: (history: string) => string): void {
  const [from = ''] = readdirSync(join(folder, 'runs'));
  const files = readdirSync(join(folder, 'runs', from));
  const [history = ''] = files.filter((file) => file.endsWith('.ndjson'));
  mkdirSync(join(folder, name));
  const text = readFileSync(join(folder, 'runs', from, history), 'utf8');
  writeFileSync(join(folder, name, history), change(text));
}

beforeAll(async () => {
  const words = ['--no-probe', '-i', REFERENCE, '-r', 'json', '--out', 'runs'];
  expect(await run('run', SCENARIO, ...words)).toMatchObject({ code: 0 });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'a-file'), '');
  changed('no-first-line', (text) => text.slice(0, 100));
  changed('cut', (text) => text.slice(0, text.length / 2));
  changed('edited', (text) => text.replace('\n{', '\n{not json}\n{'));
});

/** One message, no stack, in these words. */
function saysOnce(err: string, says: RegExp): void {
  expect(err).toMatch(says);
  expect(err.match(/^error /gm)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(err).not.toMatch(/\n\s+at .*:\d+/);
}

describe('a path that is wrong', () => {
  it.each<[what: string, argv: string[], code: number, says: RegExp]>([
    ['a run without scenarios', ['run', 'empty'], 2, /there is no scenario in empty: name/],
    ['a check without scenarios', ['lint', 'empty'], 2, /there is no scenario in empty: name/],
    ['a world without scenarios', ['env', 'empty'], 2, /there is no scenario in empty: name/],
    ['a timeline of nothing', ['explain', 'empty'], 3, /no history in empty/],
    ['a filter without cells', ['env', SCENARIO, '--only', 'zz'], 2, /has zz in its id: .* plan/],
    ['a suite misspelt', ['plan', 'scenarios/gatee'], 3, /Did you mean scenarios\/gate\?/],
    ['a folder that is a file', ['plan', 'a-file/x'], 3, /a file stands where a folder should/],
    ['a file as a run', ['judge', 'a-file'], 3, /a-file is no run[\s\S]*\.ndjson/],
    ['a file as a run to explain', ['explain', 'a-file', 'm-1'], 3, /a-file is no run/],
    ['the folder of all runs', ['judge', 'runs'], 3, /such as runs\/\d{4}-/],
    ['a run misspelt', ['judge', 'emtpy'], 3, /Did you mean empty\?/],
    ['a run that is not there', ['explain', 'nothing-like-it'], 3, /there is no run at/],
    ['a history without its plan', ['judge', 'no-first-line'], 4, /no-first-line\/.*:1:1/],
    ['a history that was edited', ['judge', 'edited'], 4, /edited\/.*ndjson:2:1/],
    ['the same, explained', ['explain', 'edited', 'alerts-1'], 4, /edited\/.*ndjson:2:1/],
    [
      'a register that is a folder',
      ['run', SCENARIO, '-i', REFERENCE, '--known-failures', 'empty'],
      3,
      /cannot read the register empty \(it is a folder\)/,
    ],
    [
      'a place for runs that is a file',
      ['run', SCENARIO, '-i', REFERENCE, '--out', 'a-file'],
      4,
      /a file stands where a folder should/,
    ],
    ['a stack that is not there', ['mls', '-i', 'none.yaml'], 3, /none\.yaml \(there is no such/],
  ])('%s', async (_what, argv, code, says) => {
    const { code: ended, err } = await run(...argv);
    expect(ended).toBe(code);
    saysOnce(err, says);
  });

  it('a history that was cut is judged as far as it goes, and explained', async () => {
    expect(await run('judge', 'cut')).toMatchObject({ code: 2, err: '' });
    expect(await run('explain', 'cut', 'alerts-1')).toMatchObject({ code: 0, err: '' });
  });

  it('one damaged history does not keep the others from being judged', async () => {
    const from = join(folder, 'cut');
    const [name = ''] = readdirSync(from);
    mkdirSync(join(folder, 'two'));
    writeFileSync(join(folder, 'two', '0000-empty.ndjson'), '');
    writeFileSync(join(folder, 'two', name), readFileSync(join(from, name)));
    const { code, out, err } = await run('judge', 'two');
    expect(code).toBe(4);
    saysOnce(err, /0000-empty\.ndjson:1:1/);
    expect(out).toMatch(/^inconclusive /);
  });

  it('a damaged report is not compared with', async () => {
    changed('unreported', (text) => text.slice(0, text.length / 2));
    writeFileSync(join(folder, 'unreported', 'report.json'), '{');
    const { code, err } = await run('judge', 'unreported');
    expect(code).toBe(2);
    saysOnce(err, /report\.json is damaged/);
  });
});

describe('words that are wrong', () => {
  it.each<[what: string, argv: string[], says: RegExp]>([
    ['a cell that a run has not', ['--cell', 'zz'], /no cell of .* has zz in its id[\s\S]*It has/],
    ['a message that a run has not', [], /no message called zz-1 .*[\s\S]*It has alerts-1/],
  ])('%s', async (_what, more, says) => {
    const [name = ''] = readdirSync(join(folder, 'runs'));
    const { code, err } = await run('explain', `runs/${name}`, 'zz-1', ...more);
    expect(code).toBe(3);
    saysOnce(err, says);
  });

  it.each<[what: string, argv: string[], says: RegExp]>([
    ['no seeds', ['--seeds', '0'], /--seeds 0: expected a whole number from 1/],
    ['seeds that are no number', ['--healthy', 'many'], /--healthy many: expected a whole number/],
    ['no mutant', ['--only', 'no-such-mutant'], /no mutant has that in its id/],
  ])('a selftest of nothing is refused: %s', async (_what, argv, says) => {
    const { code, err } = await run('selftest', ...argv);
    expect(code).toBe(3);
    saysOnce(err, says);
  });

  it.each<[what: string, argv: string[], says: RegExp]>([
    ['a port, by its own name', ['--port', 'x'], /--port x: expected a whole number/],
    ['a seed of no scenario', ['--seed', '4'], /--seed chooses a scenario's cell, and none is/],
    ['a program that a run starts', ['-i', REFERENCE], /is started by a run, and serve starts/],
  ])('serve: %s', async (_what, argv, says) => {
    const { code, err } = await run('serve', ...argv);
    expect(code).toBe(3);
    saysOnce(err, says);
  });

  it('serve: a file that cannot be written ends it, with every port given back', async () => {
    const { code, err } = await run('serve', '--port', '19300', '--write-env', 'empty');
    expect(code).toBe(3);
    saysOnce(err, /cannot write empty \(it is a folder\)/);
    const open = () => process.getActiveResourcesInfo();
    await vi.waitFor(() => expect(open()).not.toContain('TCPServerWrap'), 30_000);
  });
});
