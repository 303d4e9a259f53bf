import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reporter } from '../../reports/model.ts';
import { multiplex, openReporters } from '../../reports/multiplexer.ts';
import { reportFiles } from '../../reports/report-files.ts';
import { report } from './fixture.ts';
import { keepOutput } from './output.ts';

describe('several reporters', () => {
  const told = (name: string, log: string[]): { name: string; reporter: Reporter } => ({
    name,
    reporter: {
      begin: () => void log.push(`${name} begin`),
      end: () => void log.push(`${name} end`),
    },
  });
  const facts = { cells: 1, implementation: 'x', run: report.run };

  it('are called in their order, each hook of all before the next', () => {
    const log: string[] = [];
    const all = multiplex([told('a', log), told('b', log)], () => {});
    all.begin(facts);
    all.end(report);
    expect(log).toEqual(['a begin', 'b begin', 'a end', 'b end']);
  });

  it('go on without one that throws, which is told about once and left out', () => {
    const log: string[] = [];
    const notes: string[] = [];
    const broken = {
      name: 'broken',
      reporter: {
        begin: () => {
          throw new RangeError('no room');
        },
        end: () => void log.push('broken end'),
      },
    };
    const all = multiplex([broken, told('b', log)], (text) => notes.push(text));
    all.begin(facts);
    all.end(report);
    expect(log).toEqual(['b begin', 'b end']);
    expect(notes).toEqual(['reporter broken left out: it threw in begin: RangeError: no room\n']);
  });

  it('stay with the run when a file cannot be written', () => {
    const notes: string[] = [];
    const kept = keepOutput({
      writeFile: () => {
        throw new Error('disk full');
      },
    });
    const all = openReporters(['terminal', 'json', 'html'], kept.output, (text) =>
      notes.push(text),
    );
    all.end(report);
    expect(notes).toHaveLength(2);
    expect(kept.text()).toContain('verdict: fail (exit code 1)');
  });

  it('know which files the others write, the terminal coming last', () => {
    const kept = keepOutput({ files: [] });
    openReporters(['terminal', 'html'], kept.output, () => {}).end(report);
    expect(kept.text()).toContain('/report.html');
    const alone = keepOutput({});
    openReporters(['terminal'], alone.output, () => {}).end(report);
    expect(alone.text()).not.toContain('/report.html');
  });
});

describe('report files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-reports-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are written whole from chunks, into folders made on the way', () => {
    reportFiles(join(folder, 'deep', 'run'))('report.json', ['a', 'bc', '🔔']);
    expect(readFileSync(join(folder, 'deep', 'run', 'report.json'), 'utf8')).toBe('abc🔔');
  });

  it('are not there at all when writing them fails half-way', () => {
    const write = reportFiles(folder);
    const breaking = function* (): Generator<string> {
      yield 'half';
      throw new Error('broken off');
    };
    expect(() => write('report.html', breaking())).toThrow('broken off');
    expect(readdirSync(folder)).toEqual([]);
  });
});
