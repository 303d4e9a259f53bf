import { expect, test } from 'vitest';
import { judged, mustFindings, verdictsOf } from './judged.ts';

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
