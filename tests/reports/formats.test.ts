import { XMLParser } from './xml.ts';
import { describe, expect, it } from 'vitest';
import { annotationsOf, github } from '../../reports/formats/github.ts';
import { reporters } from '../../reports/formats/index.ts';
import { json } from '../../reports/formats/json.ts';
import { escapeXml, junit, junitChunks } from '../../reports/formats/junit.ts';
import { escapeMarkdown, markdown } from '../../reports/formats/markdown.ts';
import type { ReporterEntry, RunReport } from '../../reports/model.ts';
import { runReportSchema } from '../../reports/schema.ts';
import { cell } from './cell-fixture.ts';
import { passingReport, report } from './fixture.ts';
import { longReport } from './long-report.ts';
import { keepOutput } from './output.ts';

const fileOf = (entry: ReporterEntry, run: RunReport): string => {
  const kept = keepOutput({});
  entry.create(kept.output).end?.(run);
  return kept.files.get(entry.file ?? '') ?? '';
};

describe.each(Object.entries(reporters))('the registered reporter %s', (key, entry) => {
  it('has its own name, a line of help, and writes the file that it says', () => {
    expect(entry.name).toBe(key);
    expect(entry.doc).toMatch(/\.$/);
    const kept = keepOutput({});
    entry.create(kept.output).end?.(report);
    expect([...kept.files.keys()]).toEqual(entry.file === null ? [] : [entry.file]);
    if (entry.file === null) expect(kept.text()).not.toBe('');
  });

  it.each([
    ['everything', report],
    ['only passes', passingReport],
    ['no cell', { ...passingReport, cells: [] }],
  ])('writes the same bytes twice for a report with %s', (_, run) => {
    const twice = [0, 1].map(() => {
      const kept = keepOutput({});
      entry.create(kept.output).end?.(run);
      return [kept.text(), ...kept.files.values()];
    });
    expect(twice[0]).toEqual(twice[1]);
  });
});

describe('report.json', () => {
  it('is the report itself, and its schema accepts it', () => {
    const read: unknown = JSON.parse(fileOf(json, report));
    expect(read).toEqual(report);
    expect(runReportSchema.parse(read)).toEqual(report);
  });

  it('is JSON without a cell, too', () => {
    const none = { ...passingReport, cells: [] };
    expect(JSON.parse(fileOf(json, none))).toEqual(none);
  });

  it('is refused by its schema when a verdict word is not one of ours', () => {
    const wrong = { ...report, verdict: 'passed' };
    expect(runReportSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('junit.xml', () => {
  it('is as the golden file says', async () => {
    await expect(fileOf(junit, report)).toMatchFileSnapshot('golden/junit.xml');
  });

  it('is well-formed, and its counts are those of its cases', () => {
    const root = new XMLParser(fileOf(junit, report)).root();
    const cases = root.all('testcase');
    expect(root.attributes).toMatchObject({ tests: '9', failures: '1', errors: '2', skipped: '1' });
    expect(cases).toHaveLength(report.cells.length);
    expect(root.all('failure')).toHaveLength(1);
    expect(root.all('error').map(({ attributes }) => attributes['type'])).toEqual([
      'inconclusive',
      'error',
    ]);
    expect(root.all('skipped')).toHaveLength(1);
  });

  it('keeps hostile text as text', () => {
    const why = '<![CDATA[ ]]> & "quoted" \'single\' \u0000 \u001b \ud800 \uffff 🔔 \n end';
    const hostile = {
      ...report,
      cells: [cell({ scenario: 'gate/<x>&"y"' }, { verdict: 'error', why })],
    };
    const root = new XMLParser([...junitChunks(hostile)].join('')).root();
    expect(root.all('testcase')[0]?.attributes['classname']).toBe('gate/<x>&"y"');
    expect(root.all('error')[0]?.attributes['message']).toBe(
      '<![CDATA[ ]]> & "quoted" \'single\' \ufffd \ufffd \ufffd \ufffd 🔔 \n end',
    );
  });

  it('knows no character that XML forbids', () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    // eslint-disable-next-line no-control-regex -- looking for them
    expect(escapeXml(every)).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });
});

describe('summary.md', () => {
  it('is as the golden file says', async () => {
    await expect(fileOf(markdown, report)).toMatchFileSnapshot('golden/summary.md');
  });

  it('lets no text of a report become markup', () => {
    expect(escapeMarkdown('a | b <b> `c` @team [x](y) *z*')).toBe(
      'a \\| b &lt;b> \\`c\\` @\u200bteam \\[x\\](y) \\*z\\*',
    );
  });

  it('stays far below the 1 MiB of a step summary', () => {
    expect(fileOf(markdown, longReport(5_000)).length).toBeLessThan(200_000);
  });
});

describe('GitHub annotations', () => {
  it('tell must findings as errors and the others as warnings, one command a line', () => {
    const lines = annotationsOf(report);
    expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
      '::error',
      '::error',
      '::error',
      '::warning',
      '::warning',
      '::warning',
    ]);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines[0]).toContain('e2ee=on] #42::The SMS centre');
    expect(lines[0]).toContain('platform=ios-26.3%2C e2ee=on');
  });

  it('are at most ten of a kind', () => {
    const kept = keepOutput({});
    github.create(kept.output).end(longReport(2_000));
    expect(kept.text().match(/^::error/gm)).toHaveLength(10);
  });
});
