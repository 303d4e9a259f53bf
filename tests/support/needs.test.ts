import { expect, it } from 'vitest';
import { closingLine } from './closing-line.ts';
import { judgeNeeds, needMarker, requiredNeeds } from './needs.ts';

const nothing = (): undefined => undefined;
const everything = (): string => '/usr/bin/it';

it('runs a suite whose needs are all there', () => {
  expect(judgeNeeds(['kannel', 'redis'], everything, new Set())).toEqual({ kind: 'run' });
});

it('skips a suite by the name of what is missing', () => {
  const outcome = judgeNeeds(['kannel'], nothing, new Set());
  expect(outcome).toMatchObject({ kind: 'skip', missing: 'kannel' });
});

it('fails a suite whose need was promised, even beside another missing one', () => {
  const outcome = judgeNeeds(['docker', 'kannel'], nothing, new Set(['kannel']));
  expect(outcome).toMatchObject({ kind: 'fail', missing: 'kannel' });
});

it('refuses a promise that it does not know, since that would skip in silence', () => {
  expect(() => requiredNeeds('kannel,chrome')).toThrow(/"chrome"/);
  expect(requiredNeeds('kannel,chromium')).toEqual(new Set(['kannel', 'chromium']));
  expect(requiredNeeds('').size).toBe(0);
});

it('reads the reason back from a skipped suite', () => {
  const found = needMarker.exec('Kannel falls back (needs kannel: no bearerbox (Debian: x))');
  expect(found?.slice(1)).toEqual(['kannel', 'no bearerbox (Debian: x)']);
});

it('closes with one line, naming skips only where there are any', () => {
  const skippedBy = new Map<string, number>();
  expect(closingLine({ passed: 12, failed: 0, skipped: 0, skippedBy })).toBe('12 passed, 0 failed');
  expect(closingLine({ passed: 12, failed: 1, skipped: 2, skippedBy })).toBe(
    '12 passed, 1 failed, 2 skipped',
  );
});
