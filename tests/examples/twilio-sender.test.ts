import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyVariant, loadMutants } from '../../harness/launch/selftest/variant.ts';
import { judged, mustFindings, ROOT, verdictsOf } from './judged.ts';

const SCENARIO = 'scenarios/gateways/twilio-sender.yaml';
const CALLBACKS = 'scenarios/webhook/twilio-callbacks.yaml';
const TAPS = 'scenarios/webhook/twilio-taps.yaml';
const FOLDER = 'examples/twilio-sender';

test.concurrent(
  'the published SDK with its hosts untouched passes, whatever is done to its callbacks',
  async () => {
    const { exitCode, report, shown } = await judged([SCENARIO], `${FOLDER}/implementation.yaml`);
    expect(mustFindings(report), shown).toEqual({});
    expect(verdictsOf(report)).toEqual(['honesty-probe pass', 'twilio-sender pass']);
    expect(exitCode).toBe(0);
  },
  180_000,
);

test.concurrent(
  'forged, unreadable and mixed-up callbacks and a new token change nothing',
  async () => {
    const { exitCode, report, shown } = await judged([CALLBACKS], `${FOLDER}/implementation.yaml`);
    expect(mustFindings(report), shown).toEqual({});
    expect(verdictsOf(report), shown).toEqual(['honesty-probe pass', 'twilio-callbacks pass']);
    expect(exitCode).toBe(0);
  },
  180_000,
);

test.concurrent(
  'cards and pictures of a template arrive, and what is tapped on them is taken',
  async () => {
    const { exitCode, report, shown } = await judged([TAPS], `${FOLDER}/implementation.yaml`);
    expect(mustFindings(report), shown).toEqual({});
    expect(verdictsOf(report), shown).toEqual(['honesty-probe pass', 'twilio-taps pass']);
    const rules = report.cells.find(({ scenario }) => scenario === 'twilio-taps')?.verdict.rules;
    const media = rules?.find(({ rule }) => rule === 'attachment/dead-medium');
    expect(media?.judged).toBeGreaterThan(5);
    expect(exitCode).toBe(0);
  },
  180_000,
);

test.concurrent(
  'who believes what is not signed is named by webhook/unsigned',
  async () => {
    const file = `${FOLDER}/implementation.trusting.yaml`;
    const { exitCode, report } = await judged([CALLBACKS], file);
    expect(exitCode).toBe(1);
    const rules = mustFindings(report)['twilio-callbacks'] ?? [];
    expect(rules.filter((rule) => rule.startsWith('webhook/'))).toEqual(['webhook/unsigned']);
  },
  180_000,
);

test.concurrent(
  'the planted bug is named by its rules, and by no other',
  async () => {
    const { exitCode, report } = await judged([SCENARIO], `${FOLDER}/implementation.hasty.yaml`);
    expect(exitCode).toBe(1);
    expect(mustFindings(report)).toEqual({
      'honesty-probe': ['contract/probe'],
      'twilio-sender': ['fallback/misreported'],
    });
  },
  180_000,
);

const ANSWERS = 'scenarios/webhook/twilio-replies.yaml';
const TEMPLATES = 'scenarios/gateways/twilio-templates.yaml';

test.concurrent(
  'what is told in the answer to a callback, and by a template, arrives whole and once',
  async () => {
    const paths = [ANSWERS, TEMPLATES];
    const file = `${FOLDER}/implementation.yaml`;
    const { exitCode, report, shown } = await judged(paths, file, ['--no-probe']);
    expect(mustFindings(report), shown).toEqual({});
    expect(verdictsOf(report), shown).toEqual(['twilio-replies pass', 'twilio-templates pass']);
    expect(exitCode).toBe(0);
  },
  180_000,
);

const mutants = loadMutants(join(ROOT, FOLDER));

test('there are mutants of both', () => {
  const scenarios = new Set(mutants.map(({ scenario }) => scenario));
  expect(scenarios).toEqual(new Set(['twilio-replies', 'twilio-templates']));
});

test.concurrent.each(mutants.map((mutant) => [mutant.id, mutant] as const))(
  'the mutant %s is caught by its rule',
  async (_, mutant) => {
    // Inside the package, where the SDK is found.
    mkdirSync(join(ROOT, '.bellwether'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, '.bellwether', 'mutant-'));
    try {
      applyVariant(join(ROOT, FOLDER), mutant, folder);
      const path = mutant.scenario === 'twilio-replies' ? ANSWERS : TEMPLATES;
      const file = join(folder, 'implementation.yaml');
      const { exitCode, report, shown } = await judged([path], file, ['--no-probe']);
      const outcomes = report.cells.flatMap(({ verdict }) => verdict.rules);
      const rules = outcomes.filter(({ findings }) => findings.length > 0).map(({ rule }) => rule);
      expect(rules, shown).toContain(mutant.rule);
      const expected = new Set([mutant.rule, ...mutant.also]);
      expect(rules.filter((rule) => !expected.has(rule))).toEqual([]);
      expect(exitCode).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
