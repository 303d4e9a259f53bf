/** A sender in a module by one of three vendors, judged in a whole cell in virtual time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../../harness/index.ts';
import type { RunReport } from '../../reports/model.ts';

const ROOT = join(import.meta.dirname, '../..');
const SENDER = join(ROOT, 'tests/fixtures/gateways/sender.mjs');

const ENV: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vonage: {
    PRIVATE_KEY: 'privateKey',
    APPLICATION_ID: 'applicationId',
    SIGNATURE_SECRET: 'signatureSecret',
    NEXT_SIGNATURE_SECRET: 'nextSignatureSecret',
  },
  sinch: {
    PROJECT_ID: 'projectId',
    APP_ID: 'appId',
    KEY_ID: 'keyId',
    KEY_SECRET: 'keySecret',
    WEBHOOK_SECRET: 'webhookSecret',
    NEXT_WEBHOOK_SECRET: 'nextWebhookSecret',
  },
  infobip: {
    API_KEY: 'apiKey',
    WEBHOOK_SECRET: 'webhookSecret',
    NEXT_WEBHOOK_SECRET: 'nextWebhookSecret',
  },
};

/** How the sender is set up beside its vendor. */
export interface SenderSetup {
  /** It sends pictures by MMS, and serves them at its public address. */
  readonly pictures?: true;
}

const PUBLIC = 'https://bank.example';

function description(vendor: string, module: string, { pictures }: SenderSetup): string {
  const env = Object.entries({ BASE_URL: 'url', ...ENV[vendor] }).map(
    ([name, key]) => `    ${name}: \${gateway.${vendor}.${key}}`,
  );
  return `bellwether: 1
implementation: ${vendor}-sender
version: 1.0.0
role: notifier
claims:
  channels: [${pictures === true ? 'mms' : 'rcs'}, sms]
  gateways: [${vendor}]
  callbacks: [${vendor}]
start:
  module: ${module}
  env:
    VENDOR: ${vendor}
${pictures === true ? `    PICTURES: ${PUBLIC}\n` : ''}${env.join('\n')}
send:
  request:
    method: POST
    path: /v1/messages
    body: { to: '{{recipient.msisdn}}', text: '{{message.text}}' }
  accepted: { status: [202], id: /messageId }
callbacks:
  ${vendor}: { path: /hooks, public: '${PUBLIC}' }
status:
  poll: { path: '/v1/messages/{{id}}', state: /status, channel: /channel, every: 1s }
  words: { queued: [queued], sent: [sent], delivered: [delivered], read: [read], failed: [failed] }
`;
}

/** Runs a scenario with the vendor's sender, or with an edit of it: what stands there once → … */
export async function judgeSender(
  vendor: string,
  scenario: string,
  edit?: readonly [string, string],
  setup: SenderSetup = {},
): Promise<RunReport> {
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
    writeFileSync(implementation, description(vendor, module, setup));
    return await run({
      scenarios: [scenario],
      implementation,
      workingDirectory: ROOT,
      seeds: [11],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
