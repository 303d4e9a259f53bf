/** Whole cells of a program that has no address but the vendors' own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { run } from '../../harness/index.ts';
import { temporaryFolder } from './stage.ts';

const REFERENCE = join(PROJECT_FOLDER, 'examples/reference-notifier');
const SCENARIO = join(PROJECT_FOLDER, 'scenarios/gate/push-token-gone.yaml');

/** As its vendors' documentation has them. */
const VENDORS = {
  'gateway.rbm.url': 'https://rcsbusinessmessaging.googleapis.com',
  'gateway.rbm.tokenUrl': 'https://oauth2.googleapis.com/token',
  'push.apns.url': 'https://api.push.apple.com',
  'push.fcm.url': 'https://fcm.googleapis.com',
  'push.fcm.tokenUrl': 'https://oauth2.googleapis.com/token',
} as const;

/** The reference notifier as a process, told the vendors' addresses instead of the simulators'. */
function description(changes: (text: string) => string = (text) => text): string {
  let text = readFileSync(join(REFERENCE, 'implementation.process.yaml'), 'utf8').replace(
    'start:\n',
    `reach: intercept\nstart:\n  working-directory: ${REFERENCE}\n`,
  );
  for (const [name, address] of Object.entries(VENDORS)) {
    expect(text).toContain(`\${${name}}`);
    text = text.replaceAll(`\${${name}}`, address);
  }
  const file = join(temporaryFolder(), 'implementation.yaml');
  writeFileSync(file, changes(text));
  return file;
}

const judged = (implementation: string) =>
  run({
    scenarios: [SCENARIO],
    only: 'ios-26.5',
    implementation,
    probe: false,
    folder: temporaryFolder(),
    workingDirectory: PROJECT_FOLDER,
  });

describe('a program with the vendors’ own addresses, reach: intercept', () => {
  it('passes as with the simulators’: RBM, APNs by HTTP/2, Google’s one token host', async () => {
    const report = await judged(description());
    expect(report.verdict).toBe('pass');
    expect(report.cells.map(({ id }) => id)).toContainEqual(expect.stringContaining('ios-26.5'));
  });

  it('fails where it calls a host that no vendor has, which is named', async () => {
    const implementation = description((text) =>
      text.replace(VENDORS['gateway.rbm.url'], 'https://rcs.tracker.example'),
    );
    const report = await judged(implementation);
    expect(report.verdict).toBe('fail');
    const rules = report.cells.flatMap(({ verdict }) => verdict.rules);
    const found = rules.find(({ rule }) => rule === 'contract/unexpected-traffic');
    expect(found?.findings[0]?.sentence).toMatch(
      /^No simulator stands for the host .* \d+ times: GET https:\/\/rcs\.tracker\.example\/v1\//,
    );
  });
});
