/** "Bad input" of the command line: one clear message, the right code, nothing left running. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { descriptionText, isAlive, temporaryFolder } from '../implementation/stage.ts';
import { bellwether } from './terminal.ts';

const SCENARIO = `bellwether: 1
scenario: short
summary: Three appointments reach one person by SMS.
duration: 1s
clock: wall
world:
  carriers: { northtel: {} }
  people: { ana: { device: android-16, carrier: northtel, read-after: 100ms } }
policy: gate
traffic:
  first:
    to: ana
    every: 200ms
    during: 0s..500ms
    message: { kind: appointment, sensitivity: low }
heal: { wait: 1s }
`;

interface Files {
  readonly scenario?: string;
  readonly implementation?: string;
}

function folderWith({ scenario = SCENARIO, implementation }: Files): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'short.yaml'), scenario);
  writeFileSync(
    join(folder, 'implementation.yaml'),
    implementation ?? descriptionText('http.mjs polite'),
  );
  return folder;
}

const RUN = [
  'run',
  'short.yaml',
  '--no-probe',
  '--reporter',
  'terminal',
  '--reporter',
  'json',
  '--out',
  'runs',
];

async function runIn(folder: string, ...more: string[]) {
  const ran = await bellwether([...RUN, ...more], folder);
  await nothingLeft();
  return { ...ran, folder };
}

/** No server, no socket, no child of ours is left in this process. */
async function nothingLeft(): Promise<void> {
  await vi.waitFor(() => {
    const left = process.getActiveResourcesInfo();
    expect(left).not.toContain('TCPServerWrap');
    expect(left).not.toContain('ProcessWrap');
  });
}

function runOf(folder: string): string {
  const [run] = readdirSync(join(folder, 'runs'));
  return join('runs', run!);
}

/** What the history kept can be judged, to this code, and says the same as the run itself. */
async function judged(folder: string): Promise<{ code: number; out: string }> {
  const { code, out, err } = await bellwether(['judge', runOf(folder)], folder);
  expect(err).toBe('');
  expect(out).not.toContain('differs from the live run');
  return { code, out };
}

const oneMessage = (err: string): void => {
  expect(err.match(/^error /gm)).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at /);
};

describe('a scenario that cannot be used ends with 3, before anything is started', () => {
  it.each<[what: string, scenario: string, says: RegExp]>([
    ['unreadable YAML', 'bellwether: [1', /short\.yaml:1:\d+\n {2}1 \| bellwether: \[1\n/],
    [
      'an unknown key',
      SCENARIO.replace('policy:', 'polcy:'),
      /key polcy[\s\S]*short\.yaml:9:1\n {2}9 \| polcy: gate\n {4}\| \^{5}\n {2}.*mean policy\?/,
    ],
    [
      'an unknown word',
      SCENARIO.replace('sensitivity: low', 'sensitivity: lwo'),
      /Did you mean low\?/,
    ],
    ['a line without an end', `bellwether: [${'1,'.repeat(9_000)}`, /\n {2}1 \| .{1,160}\n/],
    ['ages', SCENARIO.replace(/^duration: .*$/m, 'duration: 999999h'), /at most 366d/],
    ['no number', SCENARIO.replace(/^duration: .*$/m, 'duration: .inf'), /duration: Infinity: exp/],
    ['two documents', `${SCENARIO}\n---\n${SCENARIO}`, /a second document[\s\S]*Keep one/],
    ['a wrong unit', SCENARIO.replace('200ms', '200'), /such as 250ms, 30s, 5m or 2h/],
    [
      'an impossible target',
      `${SCENARIO}faults: { f: { outage: person/ana, during: 0s..1s } }\n`,
      /outage cannot be done to person\/ana/,
    ],
    [
      'a target that is not there',
      `${SCENARIO}faults: { f: { outage: carrier/nrthtel/sms, during: 0s..1s } }\n`,
      /Did you mean carrier\/northtel\/sms\?/,
    ],
    ['binary rubbish', '\u0000\u0001\u0002\ufffd', /short\.yaml:1:/],
  ])('%s', async (_what, scenario, says) => {
    const { code, err, folder } = await runIn(folderWith({ scenario }));
    expect(code).toBe(3);
    oneMessage(err);
    expect(err).toMatch(says);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });
});

describe('an implementation.yaml that cannot be used ends with 3', () => {
  const polite = descriptionText('http.mjs polite');
  it.each<[what: string, implementation: string, says: RegExp]>([
    ['no YAML', 'a: [1', /implementation\.yaml:1:/],
    ['empty', '', /the file is empty/],
    [
      'an unknown key',
      polite + 'registraton: {}\n',
      /unknown key registraton[\s\S]*Did you mean registration\?/,
    ],
    ['an unknown channel', polite.replace('[sms]', '[smss]'), /Did you mean sms\?/],
    [
      'no way to start',
      polite.replace(/ {2}command:.*\n/, ''),
      /exactly one of command, container, url, module/,
    ],
    [
      'a way of reaching that does not go with it',
      `reach: hosts\n${polite}`,
      /reach: hosts does not go with start: command/,
    ],
    [
      'a container of two images',
      polite.replace(/ {2}command:.*\n/, '  container: { image: x, build: . }\n'),
      /exactly one of image, build/,
    ],
    [
      'two ways to start',
      polite.replace('  command:', '  url: http://x\n  command:'),
      /exactly one of/,
    ],
    [
      'an unknown template word',
      polite.replace('recipient.msisdn', 'recipient.mssidn'),
      /\{\{recipient\.mssidn\}\} is not known here[\s\S]*Did you mean \{\{recipient\.msisdn\}\}\?/,
    ],
    [
      'a template word that is near to another, with all there are',
      polite.replace('recipient.msisdn', 'recipient.number'),
      /Did you mean \{\{[\w.]+\}\}\? Known here: [\s\S]*\{\{recipient\.msisdn\}\}/,
    ],
    [
      'an unknown template word of the status path',
      polite.replace('{{id}}', '{{messageId}}'),
      /\{\{messageId\}\} is not known here/,
    ],
    [
      'an id that is the same for all',
      polite.replace('id: /messageId', 'id: messageId'),
      /would be the id of every message[\s\S]*Write \/messageId/,
    ],
    [
      'a pointer that is none',
      polite.replace('state: /status', 'state: status'),
      /"status" is no JSON Pointer[\s\S]*Write \/status/,
    ],
    [
      'a pattern that is none',
      polite.replace('id: /messageId', "body: '(['"),
      /no regular expression/,
    ],
    [
      'a pattern without a group',
      polite.replace('id: /messageId', "body: 'id=\\w+'"),
      /no group for the id/,
    ],
    [
      'an unknown placeholder',
      polite.replace('${port}', '${prot}'),
      /\n {2}implementation\.yaml:\d+:\d+\n[\s\S]*Did you mean \$\{port\}\?/,
    ],
    [
      'no such program',
      polite.replace('[node,', '[no-such-program,'),
      /cannot start no-such-program/,
    ],
    ['a template it cannot use', descriptionText('http.mjs refuses'), /./],
    [
      'answers that no template could read, without the probe',
      descriptionText('http.mjs garbage'),
      /every message was answered 202[\s\S]*<html>not json/,
    ],
    [
      'a template it cannot use, without the probe',
      descriptionText('http.mjs refuses'),
      /every message was answered 422[\s\S]*POST http[\s\S]*field to is missing/,
    ],
  ])('%s', async (what, implementation, says) => {
    const probing = what === 'a template it cannot use';
    const folder = folderWith({ implementation });
    const argv = probing ? RUN.filter((word) => word !== '--no-probe') : RUN;
    const { code, err } = await bellwether(argv, folder);
    await nothingLeft();
    expect(code).toBe(3);
    oneMessage(err);
    expect(err).toMatch(says);
    if (probing) expect(err).toMatch(/answered 422[\s\S]*POST http[\s\S]*field to is missing/);
  });

  it('nothing is tested silently: no description, no run', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'short.yaml'), SCENARIO);
    const { code, err } = await bellwether(RUN, folder);
    expect(code).toBe(3);
    expect(err).toMatch(/no implementation to test was named[\s\S]*--implementation FILE/);
  });

  it('a service that is not there is named with its address', async () => {
    const implementation = descriptionText('http.mjs polite').replace(
      / {2}command:[\s\S]*? {2}ready:/,
      '  url: http://127.0.0.1:9\n  ready:',
    );
    const { code, err } = await runIn(folderWith({ implementation }));
    expect(code).toBe(3);
    oneMessage(err);
    expect(err).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:9\/healthz \(ECONNREFUSED\)/);
  });
});

describe('the machine’s own trouble ends with 4', () => {
  it('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    onTestFinished(() => void server.close());
    const folder = folderWith({});
    const { code, out, err } = await bellwether([...RUN, '--first-port', String(port)], folder);
    expect(code).toBe(4);
    oneMessage(err);
    expect(err).toContain(`ort ${port} `);
    expect(err).toContain('taken by another program');
    expect(out).toContain('error');
    expect((await judged(folder)).out).toMatch(/^error/m);
  });

  it('a folder for runs that cannot be made', async () => {
    const folder = folderWith({});
    writeFileSync(join(folder, 'runs'), 'a file, not a folder');
    const { code, err } = await bellwether(RUN, folder);
    expect(code).toBe(4);
    oneMessage(err);
    expect(err).toMatch(/cannot make the run's folder .*runs[\s\S]*--out/);
  });
});

describe('an implementation that misbehaves fails; what happened is kept and judged', () => {
  it.each<[what: string, implementation: string, rule: string]>([
    [
      'never gets ready',
      descriptionText('http.mjs never-ready', '  ready: { http: /healthz, within: 500ms }\n'),
      'implementation/not-ready',
    ],
    ['crashes at once', descriptionText('http.mjs crash-at-once'), 'implementation/crashed'],
    ['dies mid-run', descriptionText('http.mjs dies 2'), 'implementation/crashed'],
    ['dies mid-run, over stdio', descriptionText('stdio.mjs dies 2'), 'implementation/crashed'],
    ['floods its output', descriptionText('http.mjs flood'), 'implementation/output-flood'],
    [
      'never reads its stdin',
      descriptionText('stdio.mjs deaf', '  ready: { within: 500ms }\n'),
      'implementation/not-ready',
    ],
  ])('%s', async (_what, implementation, rule) => {
    const folder = folderWith({ implementation });
    const { code, out, err } = await runIn(folder);
    expect(err).toBe('');
    expect(code).toBe(1);
    expect(out).toContain(rule);
    const again = await judged(folder);
    expect(again.code).toBe(1);
    expect(again.out).toContain(rule);
  });

  it('shows what it said last', async () => {
    const folder = folderWith({ implementation: descriptionText('http.mjs crash-at-once') });
    await runIn(folder);
    const report = readFileSync(join(folder, runOf(folder), 'report.json'), 'utf8');
    expect(report).toContain('cannot open the database');
  });

  it('writes garbage among its answers: nothing of ours breaks', async () => {
    const folder = folderWith({ implementation: descriptionText('stdio.mjs garbage') });
    const { code, err } = await runIn(folder);
    expect(err).toBe('');
    expect([1, 2]).toContain(code);
    expect((await judged(folder)).code).toBe(code);
  });

  it('and what it had started is gone with it', async () => {
    const pids = join(temporaryFolder(), 'pids');
    const folder = folderWith({ implementation: descriptionText(`http.mjs parent ${pids}`) });
    await runIn(folder);
    const pid = Number(readFileSync(pids, 'utf8').trim());
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });
});
