/** A whole cell by each vendor: submission, vendor, carrier, phone, callback, status. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../harness/index.ts';
import type { RunReport } from '../../reports/model.ts';
import { mustFindings } from '../examples/judged.ts';

const ROOT = join(import.meta.dirname, '../..');
const SENDER = join(ROOT, 'tests/fixtures/gateways/sender.mjs');

const ENV: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vonage: {
    PRIVATE_KEY: 'privateKey',
    APPLICATION_ID: 'applicationId',
    SIGNATURE_SECRET: 'signatureSecret',
  },
  sinch: {
    PROJECT_ID: 'projectId',
    APP_ID: 'appId',
    KEY_ID: 'keyId',
    KEY_SECRET: 'keySecret',
    WEBHOOK_SECRET: 'webhookSecret',
  },
  infobip: { API_KEY: 'apiKey', WEBHOOK_SECRET: 'webhookSecret' },
};

function description(vendor: string, module: string): string {
  const env = Object.entries({ BASE_URL: 'url', ...ENV[vendor] }).map(
    ([name, key]) => `    ${name}: \${gateway.${vendor}.${key}}`,
  );
  return `bellwether: 1
implementation: ${vendor}-sender
version: 1.0.0
role: notifier
claims:
  channels: [rcs, sms]
  gateways: [${vendor}]
  callbacks: [${vendor}]
start:
  module: ${module}
  env:
    VENDOR: ${vendor}
${env.join('\n')}
send:
  request:
    method: POST
    path: /v1/messages
    body: { to: '{{recipient.msisdn}}', text: '{{message.text}}' }
  accepted: { status: [202], id: /messageId }
callbacks:
  ${vendor}: { path: /hooks }
status:
  poll: { path: '/v1/messages/{{id}}', state: /status, channel: /channel, every: 1s }
  words: { queued: [queued], sent: [sent], delivered: [delivered], read: [read], failed: [failed] }
`;
}

/** Runs the vendor's scenario with the sender, or with an edit of it. */
async function judge(vendor: string, edit?: readonly [string, string]): Promise<RunReport> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-vendor-'));
  try {
    let text = readFileSync(SENDER, 'utf8');
    if (edit !== undefined) {
      const pieces = text.split(edit[0]);
      expect(pieces, edit[0]).toHaveLength(2);
      text = pieces.join(edit[1]);
    }
    // The module finds this package as an installed one.
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/bellwether'));
    const module = join(folder, 'sender.mjs');
    writeFileSync(module, text);
    const implementation = join(folder, 'implementation.yaml');
    writeFileSync(implementation, description(vendor, module));
    return await run({
      scenarios: [`scenarios/gateways/${vendor}-failover.yaml`],
      implementation,
      workingDirectory: ROOT,
      seeds: [11],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
