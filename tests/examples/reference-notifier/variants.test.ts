import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVocabulary } from '../../../harness/compose.ts';
import { RULES } from '../../../harness/judge/rules/index.ts';
import {
  loadVariants,
  loadWorldMutants,
  staleReason,
} from '../../../harness/launch/selftest/variant.ts';
import type { Variant } from '../../../harness/launch/selftest/variant.ts';
import { loadPlan } from '../../../harness/plan/load.ts';

const ROOT = join(import.meta.dirname, '../../..');
const REFERENCE = join(ROOT, 'examples/reference-notifier');
const DEVICE_CLIENT = join(ROOT, 'examples/device-client');
const variants = [...loadVariants(REFERENCE), ...loadWorldMutants(DEVICE_CLIENT)];
/** Where a variant's files are counted from. */
const folderOf = ({ of }: Variant): string => (of === 'world' ? ROOT : REFERENCE);
const mutants = variants.filter(({ kind }) => kind === 'mutant');
const healthy = variants.filter(({ kind }) => kind === 'healthy');

/**
 * Rules without a mutant, and why: no implementation can break them, or only beside a cell.
 * - `evidence/missing` speaks about the scenario;
 * - `contract/probe` is asked in a cell of its own.
 */
const WITHOUT = ['evidence/missing', 'contract/probe'];

describe('mutants and healthy variants are sound data', () => {
  test('ids are unique', () => {
    const ids = variants.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test.each(variants.map((variant) => [variant.id, variant] as const))(
    '%s is not stale',
    (_, one) => {
      expect(staleReason(folderOf(one), one)).toBeUndefined();
    },
  );

  test.each(variants.map((variant) => [variant.id, variant] as const))(
    '%s is still a program',
    (_, variant) => {
      const { edits } = variant;
      const texts = new Map<string, string>();
      for (const { file, find, replace } of edits) {
        const text = texts.get(file) ?? readFileSync(join(folderOf(variant), file), 'utf8');
        texts.set(
          file,
          text.replace(find, () => replace),
        );
      }
      for (const [file, text] of texts) {
        if (file.endsWith('.ts')) expect(stripTypeScriptTypes(text)).not.toBe('');
      }
    },
  );

  test('every mutant names an existing rule and scenario', () => {
    const { cells } = loadPlan(['scenarios'], {
      vocabulary: createVocabulary(),
      workingDirectory: ROOT,
    });
    const scenarios = new Set(cells.map(({ scenario }) => scenario));
    for (const { id, rule, scenario, also } of mutants) {
      expect(scenarios, id).toContain(scenario);
      for (const name of [rule, ...also]) expect(Object.keys(RULES), id).toContain(name);
    }
  });

  test('every gate scenario is where some mutant is caught', () => {
    const { cells } = loadPlan(['scenarios/gate'], {
      vocabulary: createVocabulary(),
      workingDirectory: ROOT,
    });
    const judged = cells.filter(({ worldCheck }) => !worldCheck).map(({ scenario }) => scenario);
    const catching = new Set(mutants.map(({ scenario }) => scenario));
    expect([...new Set(judged)].filter((scenario) => !catching.has(scenario))).toEqual([]);
  });

  test('healthy variants name no rule', () => {
    expect(healthy.length).toBeGreaterThan(10);
    expect(healthy.filter(({ rule }) => rule !== undefined)).toEqual([]);
  });

  test('a healthy variant that names a scenario names one that is there', () => {
    const { cells } = loadPlan(['scenarios'], {
      vocabulary: createVocabulary(),
      workingDirectory: ROOT,
    });
    const scenarios = new Set(cells.map(({ scenario }) => scenario));
    const homes = healthy.flatMap(({ scenario }) => scenario ?? []);
    expect(homes.filter((scenario) => !scenarios.has(scenario))).toEqual([]);
    expect(homes).toEqual(
      expect.arrayContaining(['urls-end-early', 'store-outage', 'commit-lost']),
    );
  });

  test('every rule has a mutant, or a reason to have none', () => {
    const covered = new Set(mutants.map(({ rule }) => rule));
    const missing = Object.keys(RULES).filter((rule) => !covered.has(rule));
    expect(missing.toSorted()).toEqual(WITHOUT.toSorted());
  });
});
