import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { ROOT, judged, mustFindings, verdictsOf } from './judged.ts';

const FOLDER = 'examples/python-notifier';

test('the pattern is shorter than 150 lines and needs nothing but Python', () => {
  const text = readFileSync(join(ROOT, FOLDER, 'notifier.py'), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThan(150);
  const imported = [...text.matchAll(/^(?:import|from) (.+?)(?: import .*)?$/gm)];
  const modules = imported.flatMap((match) => (match[1] ?? '').split(', '));
  const standard = 'itertools json os queue re socket struct sys threading time urllib.parse';
  expect(modules.toSorted()).toEqual(standard.split(' '));
});

needs('python')('a notifier in Python over stdio', () => {
  test.concurrent(
    'passes the gate scenarios that it can claim, and a long text',
    async () => {
      const paths = ['scenarios/gate', 'scenarios/sms-gateway/long-texts.yaml'];
      const { exitCode, report } = await judged(paths, `${FOLDER}/implementation.yaml`);
      expect(mustFindings(report)).toEqual({});
      expect(verdictsOf(report)).toEqual([
        'honesty-probe pass',
        'smpp-throttled pass',
        'sms-long-texts pass',
        'sms-long-texts pass',
        'sms-outage pass',
      ]);
      expect(exitCode).toBe(0);
    },
    180_000,
  );

  test.concurrent(
    'is named when it forgets at a crash what it had accepted',
    async () => {
      // It keeps everything in memory, which is why its README claims no durability.
      const paths = ['scenarios/sms-gateway/killed.yaml'];
      const { exitCode, report } = await judged(paths, `${FOLDER}/implementation.yaml`, [
        '--no-probe',
      ]);
      expect(mustFindings(report)).toEqual({
        'sms-gateway-killed': ['delivery/lost', 'fallback/missed'],
      });
      expect(exitCode).toBe(1);
    },
    180_000,
  );
});
