import { describe, expect, it } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import type { LINT_CHECKS } from '../../harness/plan/lint/index.ts';
import { lint } from '../../harness/plan/lint/index.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { parseYaml } from '../../harness/plan/read-yaml.ts';
import { bellwether } from '../cli/terminal.ts';
import { folderOf, planOfText, replaced, SCENARIO } from '../scenario/small-scenario.ts';

const { faults } = createVocabulary();

/** The small scenario, with everybody in it used. */
const SOUND = replaced(
  '    to: population',
  '    to: [ana, population]',
  replaced('  people:\n', '  people:\n'),
);

function remarks(text: string): string[] {
  const { cells } = planOfText(text);
  return lint(parseYaml('small.yaml', text), cells, faults).map(
    ({ check, problem }) => `${check} ${problem.at?.line}: ${problem.message}`,
  );
}

const expectation = (text: string): string =>
  replaced('  - delivery: { of: alerts, at-least: 99%, within: 60s }', `  - ${text}`, SOUND);

describe('lint', () => {
  it('has nothing against a sound scenario', () => {
    expect(remarks(SOUND)).toEqual([]);
  });

  it.each<[check: keyof typeof LINT_CHECKS, text: () => string, says: RegExp]>([
    [
      'forbidden-channel',
      () => expectation('latency: { of: alerts, channel: sms, p95: "< 5s" }'),
      / 26: alerts is high, which policy default never allows on sms/,
    ],
    [
      'never-and-ignored',
      () =>
        `${expectation('never: [fallback/late]')}ignore:\n` +
        `  - { rule: fallback/late, reason: on purpose }\n`,
      / 26: fallback\/late: expected never to be found, and ignored/,
    ],
    [
      'idle-fault',
      () => replaced('60s..3m', '8m..9m', SOUND),
      / 24: no message is sent, or still due, while core-down acts/,
    ],
    [
      'impossible-delivery',
      () =>
        replaced(
          'during: 60s..3m }',
          'during: 60s..3m }\n  sms-down: { outage: "carrier/*/sms", during: 60s..3m }\n' +
            '  other-core: { outage: carrier/southcell/rcs, during: 60s..3m }\n' +
            '  push-down: { outage: "push/*", during: 60s..3m }',
          expectation('delivery: { of: alerts, at-least: 100%, within: 30s }'),
        ),
      /alerts cannot all arrive in time: at 60 s every allowed way is out/,
    ],
    ['unused-people', () => SCENARIO, / 11: ana gets no message and no fault/],
    [
      'equal-cells',
      () =>
        replaced(
          'world:',
          'matrix: { e2ee: [on, off] }\nworld:',
          replaced('carrier: southcell }', 'carrier: southcell, e2ee: "${e2ee}" }', SOUND),
        ),
      / 6: \[e2ee=on\] and \[e2ee=off\] are the same test/,
    ],
  ])('%s is found, at its place', (check, text, says) => {
    const found = remarks(text());
    expect(found.filter((remark) => remark.startsWith(`${check} `))).toHaveLength(1);
    expect(found.join('\n')).toMatch(says);
  });

  it('calls no delivery impossible while one allowed way stands or the outage is short', () => {
    const down = (window: string): string =>
      replaced(
        'during: 60s..3m }',
        `during: ${window} }\n  sms-down: { outage: "carrier/*/sms", during: ${window} }\n` +
          `  other-core: { outage: carrier/southcell/rcs, during: ${window} }\n` +
          `  push-down: { outage: "push/*", during: ${window} }`,
        expectation('delivery: { of: alerts, at-least: 100%, within: 60s }'),
      );
    expect(remarks(down('60s..100s'))).toEqual([]);
    expect(remarks(expectation('delivery: { of: alerts, at-least: 100%, within: 60s }'))).toEqual(
      [],
    );
  });

  it('has nothing against the scenarios that come with Bellwether', () => {
    const vocabulary = createVocabulary();
    const { cells } = loadPlan(['scenarios'], { vocabulary, workingDirectory: PROJECT_FOLDER });
    const empty = parseYaml('all.yaml', 'bellwether: 1');
    const found = [...Map.groupBy(cells, ({ file }) => file)].flatMap(([file, own]) =>
      lint(empty, own, faults).map(({ problem }) => `${file}: ${problem.message}`),
    );
    expect(found).toEqual([]);
  });

  it('as a command ends with 3 for contradictions, with 0 for what is in vain', async () => {
    const folder = folderOf({
      'vain.yaml': SCENARIO,
      'idle.yaml': replaced('60s..3m', '8m..9m', SOUND),
    });
    const vain = await bellwether(['lint', 'vain.yaml'], folder);
    expect(vain).toMatchObject({ code: 0 });
    expect(vain.out).toContain('0 contradictions, 1 parts in vain');
    expect(await bellwether(['lint', 'vain.yaml', '--strict'], folder)).toMatchObject({ code: 3 });
    expect(await bellwether(['lint', 'idle.yaml'], folder)).toMatchObject({ code: 3 });
  });
});
