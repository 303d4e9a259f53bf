/** Whole cells of a sender of pictures: vendor, MMS centre, phone, and its failover. */
import { describe, expect, it } from 'vitest';
import { mustFindings } from '../examples/judged.ts';
import { judgeSender } from './vendor-cell.ts';

const judge = (edit?: readonly [string, string]) =>
  judgeSender('vonage', 'scenarios/gateways/vonage-mms.yaml', edit, { pictures: true });

describe('pictures by MMS', () => {
  it('pass their scenario, by both channels', async () => {
    const report = await judge();
    expect(mustFindings(report)).toEqual({});
    const [cell] = report.cells.filter(({ scenario }) => scenario === 'vonage-mms');
    expect(cell?.verdict.verdict).toBe('pass');
    const judged = cell?.verdict.rules.find(({ rule }) => rule === 'attachment/dead-medium');
    expect(judged?.judged).toBeGreaterThan(5);
  }, 120_000);

  const bugs: readonly (readonly [string, string, readonly [string, string]])[] = [
    ['a picture that is not there', 'attachment/dead-medium', ['/pictures/bank.png`', '/bank`']],
    [
      'no failover',
      'fallback/late',
      ["{ ...rich, ttl: 20, failover: [{ ...plain, channel: 'sms' }] };", '{ ...rich, ttl: 20 };'],
    ],
  ];

  it.each(bugs)(
    'with %s are named by %s',
    async (_what, rule, edit) => {
      expect(mustFindings(await judge(edit))['vonage-mms']).toContain(rule);
    },
    120_000,
  );
});
