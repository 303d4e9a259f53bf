import { expect, test } from 'vitest';
import { judged, mustFindings, verdictsOf } from './judged.ts';

const SCENARIO = 'scenarios/gateways/twilio-sender.yaml';
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
