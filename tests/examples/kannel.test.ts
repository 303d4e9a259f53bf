import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import type { Judged } from './judged.ts';
import { editedCopy, judged, mustFindings, verdictsOf } from './judged.ts';

const DESCRIPTION = 'examples/kannel/implementation.yaml';

needs('kannel')('Kannel as Debian packages it', () => {
  test('passes SMS outage and throttling, and the honesty probe', async () => {
    const { exitCode, report, shown } = await judged(['scenarios/gate'], DESCRIPTION);
    expect(mustFindings(report)).toEqual({});
    expect(verdictsOf(report)).toEqual([
      'honesty-probe pass',
      'smpp-throttled pass',
      'sms-outage pass',
    ]);
    expect(exitCode).toBe(0);
    const throttled = report.cells.find(({ scenario }) => scenario === 'smpp-throttled')!;
    expect(throttled.verdict.counts).toMatchObject({ accepted: 20, displayed: 20 });
    expect(throttled.verdict.faults[0]!.hits).toBeGreaterThanOrEqual(2);
    // What was relaxed for it stands in the report, with the reason.
    const reason = 'smsbox writes the text of every message that it is given';
    expect(throttled.relaxations).toContain(
      `implementation-output may see low on any (kannel: at log level info, ${reason})`,
    );
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(reason);
  }, 180_000);

  test('is judged on what its settings make of it', async () => {
    const asPackaged = editedCopy('kannel', [
      { file: 'kannel.conf', find: 'sms-resend-freq = 2\n', replace: '' },
      {
        file: 'implementation.yaml',
        find: 'implementation-output: { low: [any], medium: [any] }',
        replace: 'implementation-output: { low: [], medium: [] }',
      },
    ]);
    try {
      const description = join(asPackaged.folder, 'implementation.yaml');
      const paths = ['scenarios/gate/smpp-throttled.yaml'];
      const { exitCode, report } = await judged(paths, description, ['--no-probe']);
      const rules = mustFindings(report)['smpp-throttled'];
      // Its log shows the texts, and a message refused once waits a minute for the next try.
      expect(rules).toContain('e2ee/plaintext-exposed');
      expect(report.cells[0]!.verdict.expectations).toContainEqual(
        expect.objectContaining({ outcome: 'failed', text: expect.stringMatching(/^delivery /) }),
      );
      expect(exitCode).toBe(1);
    } finally {
      asPackaged.remove();
    }
  }, 180_000);
});

needs('kannel')('Kannel at an SMS centre with ids of two kinds', () => {
  const paths = ['tests/examples/scenarios/hex-ids.yaml'];

  test('loses track of what was delivered, and the report says so', async () => {
    const { exitCode, report } = await judged(paths, DESCRIPTION, ['--no-probe']);
    expect(mustFindings(report)).toEqual({ 'hex-ids': ['fallback/misreported'] });
    expect(exitCode).toBe(1);
  }, 120_000);

  test('passes once it is told which is which', async () => {
    const told = editedCopy('kannel', [
      {
        file: 'kannel.conf',
        find: 'transceiver-mode = true\n',
        // 1: decimals in receipts, hexadecimal in submit_sm_resp.
        replace: 'transceiver-mode = true\nmsg-id-type = 0x01\n',
      },
    ]);
    try {
      const description = join(told.folder, 'implementation.yaml');
      const { exitCode, report } = await judged(paths, description, ['--no-probe']);
      expect(mustFindings(report)).toEqual({});
      expect(exitCode).toBe(0);
    } finally {
      told.remove();
    }
  }, 120_000);
});

needs('kannel')('Kannel in the scenarios for SMS gateways', () => {
  let run: Judged;
  beforeAll(async () => {
    run = await judged(['scenarios/sms-gateway'], DESCRIPTION, [
      '--no-probe',
      '--known-failures',
      'examples/kannel/known-failures.yaml',
    ]);
  }, 240_000);

  test('has the findings of the register, and no others', () => {
    expect(mustFindings(run.report)).toEqual({
      'sms-lost-answers': ['api/not-idempotent', 'fallback/duplicate'],
      'sms-receipts-after-kill': ['fallback/misreported'],
    });
  });

  test('passes with the register, which the report shows', () => {
    expect(run.report.knownFailures.used).toHaveLength(3);
    expect(run.report.knownFailures.toPaste).toEqual([]);
    expect(run.report.verdict).toBe('pass');
    expect(run.exitCode).toBe(0);
  });

  test('loses nothing that it had accepted, and cuts long texts so that they arrive whole', () => {
    for (const { scenario, verdict } of run.report.cells) {
      expect(verdict.counts.displayed, scenario).toBe(verdict.counts.accepted);
      expect(verdict.counts.accepted, scenario).toBe(verdict.counts.messages);
    }
  });
});
