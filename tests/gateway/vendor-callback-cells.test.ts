/** What the rules webhook/* say of a sender by each vendor, sound and with a planted bug. */
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../reports/model.ts';
import { mustFindings } from '../examples/judged.ts';
import { judgeSender } from './vendor-cell.ts';

const VENDORS = ['vonage', 'sinch', 'infobip'];
/** Infobip's signature has no date. */
const DATED = ['vonage', 'sinch'];

const judge = (vendor: string, edit?: readonly [string, string]): Promise<RunReport> =>
  judgeSender(vendor, `scenarios/webhook/${vendor}-callbacks.yaml`, edit);

function outcomes(report: RunReport, vendor: string) {
  const cell = report.cells.find(({ scenario }) => scenario === `${vendor}-callbacks`);
  return {
    verdict: `${cell?.verdict.verdict}: ${cell?.verdict.why}`,
    judged: (rule: string) =>
      cell?.verdict.rules.find((outcome) => outcome.rule === rule)?.judged ?? -1,
    reason: (rule: string) => cell?.verdict.rules.find((outcome) => outcome.rule === rule)?.reason,
  };
}

describe.each(VENDORS)('a sound sender by %s', (vendor) => {
  it('refuses what is false, takes what is true, and every rule judged something', async () => {
    const report = await judge(vendor);
    const { verdict, judged, reason } = outcomes(report, vendor);
    expect(mustFindings(report)).toEqual({});
    expect(verdict).toMatch(/^pass/);
    const always = ['forged', 'tampered', 'unsigned', 'wrong-key', 'valid-rejected', 'fragile'];
    for (const rule of always) expect(judged(`webhook/${rule}`), rule).toBeGreaterThan(0);
    const dated = DATED.includes(vendor);
    expect(judged('webhook/stale') > 0).toBe(dated);
    expect(judged('webhook/replayed') > 0).toBe(dated);
    if (!dated) expect(reason('webhook/replayed')).toMatch('has no date');
  }, 120_000);
});

describe('a planted bug is named by its rule', () => {
  const bugs: readonly (readonly [string, string, readonly string[], readonly [string, string]])[] =
    [
      [
        'vonage',
        'does not look at the hash of the body',
        ['webhook/tampered'],
        ["read?.claims.payload_hash !== hash('sha256', body, 'hex')", 'read === undefined'],
      ],
      [
        'vonage',
        'takes whatever was signed once',
        ['webhook/replayed', 'webhook/stale'],
        ['read.claims.iat <= FRESH_SECONDS', 'read.claims.iat >= 0'],
      ],
      [
        'sinch',
        'takes whatever was signed once',
        ['webhook/replayed', 'webhook/stale'],
        [' && age <= FRESH_SECONDS;', ';'],
      ],
      [
        'sinch',
        'knows one secret only',
        ['webhook/valid-rejected'],
        ['[WEBHOOK_SECRET, NEXT_WEBHOOK_SECRET].some', '[WEBHOOK_SECRET].some'],
      ],
      [
        'infobip',
        'needs no signature',
        ['webhook/unsigned'],
        [
          "return isMac(env, body, headers.get('x-hub-signature') ?? '', 'hex');",
          "const given = headers.get('x-hub-signature');\n    " +
            "return given === null || isMac(env, body, given, 'hex');",
        ],
      ],
      [
        'infobip',
        'believes the last callback',
        ['webhook/fragile'],
        ['RANK.indexOf(word) > RANK.indexOf(known.status)', 'RANK.includes(word)'],
      ],
    ];

  it.each(bugs)(
    '%s: it %s',
    async (vendor, _what, rules, edit) => {
      const found = mustFindings(await judge(vendor, edit))[`${vendor}-callbacks`] ?? [];
      expect(found.filter((rule) => rule.startsWith('webhook/'))).toEqual(rules);
    },
    120_000,
  );
});
