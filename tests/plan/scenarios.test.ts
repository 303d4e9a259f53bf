import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { profilesIn, policyFinder } from '../../harness/plan/profiles.ts';

const vocabulary = createVocabulary();
const suites = readdirSync(join(PROJECT_FOLDER, 'scenarios'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'policies')
  .map(({ name }) => name);
const files = suites.flatMap((suite) =>
  readdirSync(join(PROJECT_FOLDER, 'scenarios', suite)).map((file) => `scenarios/${suite}/${file}`),
);
const load = (path: string) => loadPlan([path], { vocabulary, workingDirectory: PROJECT_FOLDER });

describe('the scenarios that come with Bellwether', () => {
  it('are at least twenty, in the five suites', () => {
    expect(files.length).toBeGreaterThanOrEqual(20);
    expect(suites).toEqual(expect.arrayContaining(['e2ee', 'fallback', 'gate', 'push', 'sms']));
  });

  it.each(files)('%s is valid, called as its file, and says which need it tests', (file) => {
    const { cells } = load(file);
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) {
      expect(`scenarios/${cell.suite}`).toBe(dirname(file));
      expect(cell.scenario.endsWith(basename(file, '.yaml'))).toBe(true);
      expect(cell.clauses.length).toBeGreaterThan(0);
      expect(cell.expect.length).toBeGreaterThan(0);
    }
  });

  it.each(files.filter((file) => file.startsWith('scenarios/gate/')))(
    '%s lasts at most 20 s, as everything in the gate',
    (file) => {
      for (const { durationMicros } of load(file).cells) {
        expect(durationMicros).toBeLessThanOrEqual(20_000_000);
      }
    },
  );

  it('have ids of their own, all together', () => {
    const ids = load('scenarios').cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('use every fault of the catalogue', () => {
    const used = new Set(
      load('scenarios').cells.flatMap(({ faults }) => faults.map(({ fault }) => fault)),
    );
    expect(Object.keys(vocabulary.faults).filter((word) => !used.has(word))).toEqual([]);
  });

  it('label what no phone offers yet', () => {
    const labelled = load('scenarios').cells.filter(({ hypothetical }) => hypothetical.length > 0);
    expect(labelled.length).toBeGreaterThan(0);
    const labels = new Set(labelled.flatMap(({ hypothetical }) => hypothetical));
    expect([...labels].toSorted()).toEqual([
      'iOS 26.3 with end-to-end encryption, which Apple shipped with 26.5 only',
      'ios-26.3 with end-to-end encryption',
    ]);
  });
});

describe('the profiles that come with Bellwether', () => {
  it('are all valid, and called as their files', () => {
    const { world } = profilesIn(vocabulary);
    for (const [name, read] of Object.entries(world.devices)) expect(read().device).toBe(name);
    for (const [name, read] of Object.entries(world.carriers)) {
      expect(read()['carrier-profile']).toBe(name);
    }
    expect(Object.keys(world.devices)).toEqual(
      expect.arrayContaining(['android-14', 'android-16', 'ios-26.2', 'ios-26.3', 'ios-26.5']),
    );
  });

  it.each(Object.keys(vocabulary.profiles.policies))('policy %s is valid and complete', (name) => {
    const policy = policyFinder(profilesIn(vocabulary).policies, '.')(name);
    expect(policy?.name).toBe(name);
    expect(policy?.relaxations).toEqual([]);
    for (const limit of Object.values(policy?.deadlineMicros ?? {}))
      expect(limit).toBeGreaterThan(0);
    for (const table of Object.values(policy?.observers ?? {})) {
      expect(Object.keys(table)).toEqual(['low', 'medium', 'high']);
    }
  });
});
