import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import {
  BASELINE_FILE,
  baselineText,
  compareWithBaseline,
  readBaseline,
} from '../../harness/launch/selftest/baseline.ts';
import type { MutantRow } from '../../harness/launch/selftest/selftest.ts';
import { loadVariants, loadWorldMutants } from '../../harness/launch/selftest/variant.ts';

const row = (id: string, rule: string, result: MutantRow['result'] = 'killed'): MutantRow => ({
  id,
  rule,
  result,
  scenario: 'sms-outage',
  caught: 3,
  seeds: 3,
  beyond: [],
  detail: '',
});

const BASELINE = { 'late-sms': 'fallback/late', 'two-copies': 'fallback/duplicate' };
const BOTH = [row('two-copies', 'fallback/duplicate'), row('late-sms', 'fallback/late')];

describe('the baseline of the selftest', () => {
  it('holds while every mutant of it is killed by its rule', () => {
    expect(compareWithBaseline(BASELINE, BOTH)).toEqual({ problems: [], added: [] });
  });

  it('misses a mutant that disappeared, by name', () => {
    expect(compareWithBaseline(BASELINE, BOTH.slice(0, 1)).problems).toEqual([
      'late-sms: there is no such mutant any more (fallback/late killed it)',
    ]);
  });

  it.each(['survived', 'stale', 'failed'] as const)('sees one that is %s now', (result) => {
    const rows = [BOTH[0]!, row('late-sms', 'fallback/late', result)];
    expect(compareWithBaseline(BASELINE, rows).problems).toEqual([
      `late-sms: was killed by fallback/late, and is ${result} now`,
    ]);
  });

  it('sees one whose rule was changed, even when that rule kills it', () => {
    const rows = [BOTH[0]!, row('late-sms', 'delivery/late')];
    expect(compareWithBaseline(BASELINE, rows).problems).toEqual([
      'late-sms: was killed by fallback/late, and now names delivery/late',
    ]);
  });

  it('names new mutants, which are no problem', () => {
    const rows = [...BOTH, row('new-one', 'delivery/lost', 'survived')];
    expect(compareWithBaseline(BASELINE, rows)).toEqual({ problems: [], added: ['new-one'] });
  });

  it('does not miss what --only left out', () => {
    expect(compareWithBaseline(BASELINE, BOTH.slice(0, 1), 'two-').problems).toEqual([]);
    expect(compareWithBaseline(BASELINE, [], 'two-').problems).toHaveLength(1);
  });

  it('is written sorted, and read back as it was written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-baseline-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, BASELINE_FILE);
    writeFileSync(file, baselineText(BOTH));
    expect(Object.keys(readBaseline(file))).toEqual(['late-sms', 'two-copies']);
    expect(readBaseline(file)).toEqual(BASELINE);
    writeFileSync(file, '{ "late-sms": 3 }');
    expect(() => readBaseline(file)).toThrow(/cannot read the selftest's baseline/);
  });

  it('that is committed names mutants that exist, with the rules that they name', () => {
    const reference = join(PROJECT_FOLDER, 'examples/reference-notifier');
    const file = join(reference, BASELINE_FILE);
    const phones = join(PROJECT_FOLDER, 'examples/device-client');
    const all = [...loadVariants(reference), ...loadWorldMutants(phones)];
    const rules = new Map(all.map(({ id, rule }) => [id, rule]));
    const entries = Object.entries(readBaseline(file));
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.filter(([id, rule]) => rules.get(id) !== rule)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(
      baselineText(entries.map(([id, rule]) => row(id, rule))),
    );
  });
});
