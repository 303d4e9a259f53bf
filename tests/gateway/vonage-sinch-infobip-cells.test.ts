/** A whole cell by each vendor: submission, vendor, carrier, phone, callback, status. */
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../reports/model.ts';
import { mustFindings } from '../examples/judged.ts';
import { judgeSender } from './vendor-cell.ts';

const judge = (vendor: string, edit?: readonly [string, string]): Promise<RunReport> =>
  judgeSender(vendor, `scenarios/gateways/${vendor}-failover.yaml`, edit);

describe.each(['vonage', 'sinch', 'infobip'])('a sender by %s', (vendor) => {
  it('passes its scenario', async () => {
    const report = await judge(vendor);
    expect(mustFindings(report)).toEqual({});
    expect(report.cells.map(({ scenario, verdict }) => `${scenario} ${verdict.verdict}`)).toContain(
      `${vendor}-failover pass`,
    );
  }, 120_000);
});

describe('a planted bug is named by its rule', () => {
  const bugs: readonly (readonly [string, string, string, readonly [string, string], string])[] = [
    [
      'vonage',
      'takes submitted for delivered',
      'fallback/misreported',
      ["{ submitted: 'sent',", "{ submitted: 'delivered',"],
      'vonage-failover',
    ],
    [
      'sinch',
      'does not send again what has expired',
      'fallback/late',
      ["const again = expired && channel === 'rcs';", 'const again = false;'],
      'sinch-failover',
    ],
    [
      'infobip',
      'has no failover',
      'delivery/lost',
      ["timeUnit: 'SECONDS' }, smsFailover },", "timeUnit: 'SECONDS' } },"],
      'infobip-failover',
    ],
  ];

  it.each(bugs)(
    '%s: it %s',
    async (vendor, _what, rule, edit, scenario) => {
      const found = mustFindings(await judge(vendor, edit));
      expect(found[scenario]).toContain(rule);
    },
    120_000,
  );
});
