import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../../../examples/reference-notifier/process-journal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILE = 'journal.ndjson';

test('what was set is there without a close, what was deleted is not', () => {
  const journal = openJournal(folder);
  journal.set('a', { n: 1 });
  journal.set('b', 'gone');
  journal.set('a', { n: 2 });
  journal.delete('b');
  // A kill: nobody closes it.
  const again = openJournal(folder);
  expect(again.get('a')).toEqual({ n: 2 });
  expect(again.get('b')).toBeUndefined();
  expect(again.keys('')).toEqual(['a']);
  again.close();
});

test('a torn last line is dropped, the lines before it count', () => {
  const journal = openJournal(folder);
  journal.set('a', 1);
  journal.close();
  appendFileSync(join(folder, FILE), '["b",{"half');
  const again = openJournal(folder);
  expect(again.keys('')).toEqual(['a']);
  again.set('c', 3);
  again.close();
  const last = openJournal(folder);
  expect(last.keys('')).toEqual(['a', 'c']);
  last.close();
});

test('opening writes the file anew, so that it does not grow without end', () => {
  const journal = openJournal(folder);
  for (let n = 0; n < 100; n++) journal.set('a', n);
  journal.close();
  openJournal(folder).close();
  expect(readFileSync(join(folder, FILE), 'utf8').trim().split('\n')).toEqual(['["a",99]']);
});

test('keys come in the order in which they were first set', () => {
  const journal = openJournal(folder);
  for (const key of ['m/2', 'm/1', 'x', 'm/3']) journal.set(key, 0);
  journal.set('m/2', 1);
  expect(journal.keys('m/')).toEqual(['m/2', 'm/1', 'm/3']);
  journal.close();
});
