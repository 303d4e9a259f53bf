import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scanFiles } from '../../harness/implementation/evidence.ts';
import type { Tap } from '../../simulators/network/tap.ts';

/** Writes the files of a work folder (`-> target` is a link) and scans them. */
function scanned(
  files: Readonly<Record<string, string>>,
  patterns: readonly string[] = ['data/**'],
) {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-evidence-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
  const seen: string[] = [];
  const tap: Tap = {
    observer: 'implementation-files',
    where: 'files',
    scan: (bytes) => {
      seen.push(Buffer.from(bytes).toString());
      return [];
    },
    calibrate: () => {},
  };
  const read = scanFiles(folder, patterns, tap);
  return { folder, seen: seen.join('\n'), read };
}

describe('evidence files', () => {
  it.each<[what: string, files: Readonly<Record<string, string>>]>([
    ['a plain file', { 'data/spool.txt': 'SECRET' }],
    ['a hidden file', { 'data/.cache': 'SECRET' }],
    ['a file in a hidden folder', { 'data/a/.spool/b/out.txt': 'SECRET' }],
    ['a linked file', { 'spool.txt': 'SECRET', 'data/spool.txt': '-> ../spool.txt' }],
    ['a linked folder', { 'spool/a/out.txt': 'SECRET', 'data/spool': '-> ../spool' }],
    ['a data folder that is a link', { 'else/out.txt': 'SECRET', data: '-> else' }],
    ['a link through a link', { 'e/out.txt': 'SECRET', d: '-> e', 'data/c': '-> ../d' }],
    ['a file’s name', { 'data/for SECRET': '' }],
    ['a folder’s name', { 'data/for SECRET/empty': '' }],
    ['what a link says that leads nowhere', { 'data/x': '-> SECRET' }],
  ])('are read: %s', (_what, files) => {
    const { seen, read } = scanned(files);
    expect(seen).toContain('SECRET');
    expect(read.unread).toEqual([]);
  });

  it('are those that a pattern fits, and no others', () => {
    const files = {
      'data/a.log': 'one',
      'data/b.txt': 'two',
      'logs/.old/c.log': 'three',
      'policy.json': 'four',
      'data/d/link.log': '-> ../../policy.json',
    };
    expect(scanned(files, ['data/*.log', './logs/**/*.log', 'policy.json']).seen).toMatch(
      /^one\nthree\nfour\n[^]*policy\.json$/,
    );
    expect(scanned(files, ['**/*.txt']).seen).toBe('two\ndata/b.txt');
    expect(scanned(files, ['data/{a,b}.*', 'data/**']).read.files).toBe(3);
  });

  it('behind links that lead in circles end', () => {
    const { seen, read } = scanned({
      'data/a/self': '-> .',
      'data/a/up': '-> ../..',
      'data/a/loop': '-> loop',
      'data/b/a': '-> ../a',
      'data/a/b': '-> ../b',
      'data/a/x': 'SECRET',
    });
    expect(seen).toContain('SECRET');
    expect(read.unread).toEqual([]);
  });

  it('behind a link to more than can be read are told, not left out in silence', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-many-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (let number = 0; number < 300; number++) writeFileSync(join(folder, `f${number}`), '');
    const links = Array.from({ length: 70 }, (_, number) => [`data/l${number}`, `-> ${folder}`]);
    const { read } = scanned(Object.fromEntries(links));
    expect(read.unread).toEqual(['… (more than 20000 entries behind links)']);
  });

  it('that a pattern promises and nobody wrote are told', () => {
    const { read } = scanned({ 'data/a/b.log': '' }, ['data/**', 'logs/**', 'data/*.log', 'data']);
    expect(read).toMatchObject({ files: 1, unmatched: ['logs/**', 'data/*.log', 'data'] });
  });
});
