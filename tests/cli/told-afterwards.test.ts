/** What is told of a run afterwards, and runs that a program of its own asks for. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { run } from '../../harness/index.ts';
import { temporaryFolder } from '../implementation/stage.ts';
import { bellwether } from './terminal.ts';

const REFERENCE = join(PROJECT_FOLDER, 'examples/reference-notifier/implementation.yaml');
const OUTAGE = join(PROJECT_FOLDER, 'scenarios/gate/sms-outage.yaml');

describe('explain of a message', () => {
  it('tells its story in time order, and why it was judged so', async () => {
    const folder = temporaryFolder();
    const argv = ['run', OUTAGE, '-i', REFERENCE, '--no-probe', '-r', 'json'];
    expect((await bellwether(argv, folder)).code).toBe(0);
    const runs = join('.bellwether', 'runs');
    const [id] = readdirSync(join(folder, runs));
    const told = await bellwether(['explain', join(runs, id!), 'reminders-5'], folder);
    expect(told.err).toBe('');
    expect(told.code).toBe(0);
    const [cell, ...lines] = told.out.split('\n');
    expect(cell).toMatch(/^gate\/sms-outage/);
    const times = lines.flatMap((line) => {
      const [, minutes, seconds] = /^ *#\d+ +(\d+):(\d+\.\d+) /.exec(line) ?? [];
      return seconds === undefined ? [] : [Number(minutes) * 60 + Number(seconds)];
    });
    expect(times.length).toBeGreaterThan(3);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const why = told.out.slice(told.out.indexOf('WHY IT WAS JUDGED SO'));
    expect(why).toContain('✓ No rule found anything wrong with it.');
    expect(told.out).toMatch(/✓ Shown on person\/ana\/device\/1 by readable SMS/);
  });

  it('names the nearest message when there is none of that name', async () => {
    const folder = temporaryFolder();
    const argv = ['run', OUTAGE, '-i', REFERENCE, '--no-probe', '-r', 'json', '--out', 'runs'];
    await bellwether(argv, folder);
    const [id] = readdirSync(join(folder, 'runs'));
    const told = await bellwether(['explain', join('runs', id!), 'reminder-5'], folder);
    expect(told.code).toBe(3);
    expect(told.err).toContain('Did you mean reminders-5?');
  });
});

describe('run() as a library', () => {
  it('gives the report, tells of cells, keeps histories, and leaves no listener', async () => {
    const folder = temporaryFolder();
    const before = process.listenerCount('unhandledRejection');
    const seen: string[] = [];
    const report = await run({
      scenarios: [OUTAGE],
      implementation: REFERENCE,
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      folder,
      workingDirectory: PROJECT_FOLDER,
      onCell: ({ id }) => seen.push(id),
    });
    expect(report.verdict).toBe('pass');
    expect(report.exitCode).toBe(0);
    expect(report.cells.map(({ id }) => id)).toEqual(seen);
    expect(seen).toHaveLength(13);
    for (const { history } of report.cells) expect(existsSync(join(folder, history!))).toBe(true);
    // More than ten left behind would be a MaxListenersExceededWarning.
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });

  it('throws what its caller has to mend', async () => {
    const asked = run({ scenarios: ['no/such.yaml'], implementation: REFERENCE });
    await expect(asked).rejects.toMatchObject({ code: 'SCENARIO_UNREADABLE', blame: 'author' });
  });
});
