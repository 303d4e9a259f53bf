import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder, readPage } from './pages.ts';

const ROOMS = [
  'SCENARIO',
  'IMPLEMENTATION',
  'TEMPLATE',
  'MODULE',
  'VERDICT',
  'JUDGE',
  'CLI',
  'HARNESS',
  'HISTORY',
  'SELFTEST',
  'WORLD',
  'WIRE',
  'MLS',
];
const CODE = new RegExp(`(['\`])((?:${ROOMS.join('|')})_[A-Z_]+)\\1`, 'g');
/** Words of the wire that look like codes: callbacks of the gateway's extension. */
const WIRE_WORDS = new Set(['MLS_MESSAGE', 'MLS_FAILURE']);

const codesIn = (text: string): string[] =>
  [...text.matchAll(CODE)].map((match) => match[2] ?? '').filter((code) => !WIRE_WORDS.has(code));

const source = new Set(
  globSync(['{harness,simulators,reports}/**/*.{ts,js}'], { cwd: projectFolder }).flatMap((path) =>
    codesIn(readFileSync(join(projectFolder, path), 'utf8')),
  ),
);
const page = codesIn(readPage('docs/errors.md').text);

describe('docs/errors.md', () => {
  it('explains every code of the source', () => {
    expect(source.size).toBeGreaterThan(40);
    expect([...source].filter((code) => !page.includes(code))).toEqual([]);
  });

  it('explains no code that is not there', () => {
    expect(page.filter((code) => !source.has(code))).toEqual([]);
  });

  it('explains each once', () => {
    expect(page.filter((code, index) => page.indexOf(code) !== index)).toEqual([]);
  });
});
