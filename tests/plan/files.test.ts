import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import {
  folderOf,
  planOfFiles,
  problemsOfFiles,
  replaced,
  SCENARIO,
} from '../scenario/small-scenario.ts';

const named = (name: string): string => replaced('scenario: small', `scenario: ${name}`);
const idsOf = (files: Record<string, string>, paths: string[]): string[] =>
  planOfFiles(files, paths).cells.map(({ id }) => id);
const suite = (body: string): string => `bellwether: 1\nsuite: nightly\n${body}`;

describe('folders', () => {
  it('are walked in one order everywhere, without policies, profiles and hidden files', () => {
    const files = {
      's/b.yaml': named('b'),
      's/Z.yml': named('z'),
      's/a.yaml': named('a'),
      's/deep/c.yaml': named('c'),
      's/policies/own.yaml': 'bellwether: 1',
      's/.hidden.yaml': 'bellwether: 1',
      's/notes.txt': 'no scenario',
    };
    expect(idsOf(files, ['s'])).toEqual(['s/z #42', 's/a #42', 's/b #42', 'deep/c #42']);
  });

  it('and files named twice count once', () => {
    expect(idsOf({ 's/a.yaml': SCENARIO }, ['s', 's/a.yaml', './s'])).toHaveLength(1);
  });

  it('may be empty: then there is nothing to run', () => {
    expect(idsOf({ 's/notes.txt': '' }, ['s'])).toEqual([]);
  });
});

describe('suites', () => {
  it('list scenarios and folders, and name the cells', () => {
    const files = {
      'a.yaml': named('a'),
      'more/b.yaml': named('b'),
      'suites/nightly.yaml': suite('scenarios: [../a.yaml, ../more]\n'),
    };
    expect(idsOf(files, ['suites/nightly.yaml'])).toEqual(['nightly/a #42', 'nightly/b #42']);
  });

  it('share defaults with scenarios that do not say otherwise', () => {
    const files = {
      'a.yaml': named('a'),
      'b.yaml': `${named('b')}level: may\n`,
      'n.yaml': suite(
        'defaults: { level: should, heal: { wait: 7s } }\nscenarios: [a.yaml, b.yaml]\n',
      ),
    };
    const { cells } = planOfFiles(files, ['n.yaml']);
    expect(cells.map(({ level }) => level)).toEqual(['should', 'may']);
    expect(cells.map(({ heal }) => heal.waitMicros)).toEqual([7e6, 7e6]);
  });

  it('may lie in a folder that they list, without going round in circles', () => {
    const files = { 's/a.yaml': named('a'), 's/all.yaml': suite('scenarios: ["."]\n') };
    expect(idsOf(files, ['s/all.yaml'])).toEqual(['nightly/a #42']);
  });

  it.each<[what: string, body: string, says: RegExp, place: string]>([
    [
      'a scenario that is not there',
      'scenarios: [b.yaml]',
      /cannot read b\.yaml.*no such file/,
      'n.yaml:3:13',
    ],
    ['no scenario', 'scenarios: []', /at least 1/, 'n.yaml:3:12'],
    [
      'an unknown default',
      'defaults: { levle: may }\nscenarios: [a.yaml]',
      /unknown key levle/,
      'n.yaml:3:13',
    ],
    ['a wrong default', 'defaults: { level: mey }\nscenarios: [a.yaml]', /level/, 'n.yaml:3:20'],
  ])('that name %s are told where', (_what, body, says, place) => {
    const [problem] = problemsOfFiles({ 'a.yaml': SCENARIO, 'n.yaml': suite(body) }, ['n.yaml']);
    expect(problem?.message).toMatch(says);
    expect(`${problem?.at?.file}:${problem?.at?.line}:${problem?.at?.column}`).toBe(place);
  });
});

describe('files that cannot be used', () => {
  it('are told with the nearest name that is there', () => {
    const [problem] = problemsOfFiles({ 's/outage.yaml': SCENARIO }, ['s/outtage.yaml']);
    expect(problem).toMatchObject({ code: 'SCENARIO_UNREADABLE', blame: 'author' });
    expect(problem?.hint).toBe('Did you mean s/outage.yaml?');
  });

  it('are told when their link leads nowhere', () => {
    const folder = folderOf({});
    mkdirSync(join(folder, 's'));
    symlinkSync(join(folder, 'nowhere.yaml'), join(folder, 's', 'a.yaml'));
    expect(() =>
      loadPlan(['s'], { vocabulary: createVocabulary(), workingDirectory: folder }),
    ).toThrow(expect.objectContaining({ code: 'SCENARIO_UNREADABLE' }));
  });

  it('are all told at once, each by its own name', () => {
    const files = {
      's/a.yaml': named('a').replace('2/s', '2'),
      's/b.yaml': named('b').replace('10m', '10'),
      's/c.yaml': 'a: [1',
      's/d.yaml': named('d'),
    };
    const found = problemsOfFiles(files, ['s']).map(({ at }) => at?.file);
    expect(found).toEqual(['s/a.yaml', 's/b.yaml', 's/c.yaml']);
  });

  it('are refused when two have one name in one suite', () => {
    const [problem] = problemsOfFiles({ 's/a.yaml': SCENARIO, 's/b.yaml': SCENARIO }, ['s']);
    expect(problem?.code).toBe('SCENARIO_DUPLICATE_NAME');
    expect(problem?.message).toBe('s/a.yaml and s/b.yaml are both called s/small');
  });
});

describe('profiles of one’s own', () => {
  const device = `bellwether: 1
device: pinephone
summary: A phone of ours.
platform: android
os: "99"
rcs: on
e2ee: off
push: { provider: fcm, extension: 5s, background-per-hour: 4, delay: 1s }
display: 1s
rekey: 5s
read: 2s
`;

  it('lie in profiles/ beside the scenario', () => {
    const files = {
      's/a.yaml': replaced(
        'device: android-16, carrier: northtel, devices',
        'device: pinephone, carrier: northtel, devices',
      ),
      's/profiles/pinephone.yaml': device,
      's/profiles/careful.yaml': 'bellwether: 1\npolicy: careful\ntolerance: 9s\n',
    };
    const [cell] = planOfFiles(files, ['s']).cells;
    expect(cell?.world.people[0]?.devices[0]).toMatchObject({
      profile: 'pinephone',
      osVersion: '99',
    });
    const strict = { ...files, 's/a.yaml': replaced('seed: 42', 'policy: careful') };
    expect(planOfFiles(strict, ['s']).cells[0]?.policy.toleranceMicros).toBe(9e6);
  });

  it('that are wrong are told by their own name', () => {
    const [wrong] = problemsOfFiles(
      { 's/a.yaml': SCENARIO, 's/profiles/p.yaml': device.replace('rekey: 5s', 'rekey: 5') },
      ['s'],
    );
    expect(wrong?.at?.file).toBe('s/profiles/p.yaml');
    const [stranger] = problemsOfFiles(
      { 's/a.yaml': SCENARIO, 's/profiles/p.yaml': 'hello: world' },
      ['s'],
    );
    expect(stranger?.code).toBe('SCENARIO_PROFILE');
  });
});
