import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { descriptionText, FIXTURES, temporaryFolder } from '../implementation/stage.ts';
import { bellwether } from './terminal.ts';

/** `run --check-determinism` of one scenario against a module. */
function checked(module: string) {
  const folder = temporaryFolder();
  const text = descriptionText('http.mjs polite')
    .replace(/ {2}command:.*\n/, `  module: ${FIXTURES}${module}\n`)
    .replace(/ {2}working-directory:.*\n/, '')
    .replace("PORT: '${port}'", 'MODE: polite');
  writeFileSync(join(folder, 'implementation.yaml'), text);
  return bellwether(['run', 'scenarios/gate/sms-outage.yaml', '--check-determinism'], folder);
}

it('equal histories pass, and are told with their size', async () => {
  const { code, out } = await checked('module.mjs');
  expect(out).toMatch(/^identical {2}gate\/sms-outage.*: \d+ events, \d+ bytes$/m);
  expect(out).toMatch(/^1 of 1 cells identical$/m);
  expect(code).toBe(0);
});

it('a counter that outlives an instance is found, with the first line that differs', async () => {
  const { code, out } = await checked('counting-module.mjs');
  const [, first, second] = /^DIFFERENT {2}gate\/sms-outage.* at line \d+\n(.*)\n(.*)$/m.exec(out)!;
  expect(JSON.parse(first!)).toMatchObject({ kind: 'message.answered', id: 'm-1-1' });
  expect(JSON.parse(second!)).toMatchObject({ kind: 'message.answered', id: 'm-2-1' });
  expect(out).toMatch(/^0 of 1 cells identical$/m);
  expect(code).toBe(4);
});

it('what runs in wall time alone is no proof', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'implementation.yaml'), descriptionText('http.mjs polite'));
  const argv = ['run', 'scenarios/gate/sms-outage.yaml', '--check-determinism'];
  const { code, out } = await bellwether(argv, folder);
  expect(out).toMatch(/^skipped {4}gate\/sms-outage.*: it runs in wall time$/m);
  expect(code).toBe(2);
});
