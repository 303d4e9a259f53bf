import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../../harness/implementation/command-start.ts';
import { createOutputLog } from '../../harness/implementation/output-log.ts';
import type { Stage } from './stage.ts';
import {
  describedBy,
  descriptionText,
  FIXTURES,
  isAlive,
  stageFor,
  temporaryFolder,
} from './stage.ts';
import { submitted } from './asking.ts';

const MESSAGE = { id: 'alerts-1', text: 'hello', kind: 'chat', sensitivity: 'low', locale: 'en' };
const SUBMISSION = { message: MESSAGE, recipient: { 'recipient.msisdn': '+999100000001' } };

async function start(stage: Stage) {
  const running = await startCommand(stage.context);
  onTestFinished(() => running.stop());
  return running;
}

const startFixture = async (fixture: string, more = '') => {
  const stage = stageFor(describedBy(descriptionText(fixture, more)));
  return { stage, running: await start(stage) };
};

const ledger = { fault: 'f', hits: () => true, touched: () => {} };

describe('a command', () => {
  it('is started, gets ready, is spoken with, and is stopped', async () => {
    const { stage, running } = await startFixture('http.mjs polite');
    expect(running.down).toBe(false);
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'accepted',
      id: 'm-1',
    });
    await running.stop();
    expect(stage.events.map(({ kind }) => kind).filter((kind) => kind !== 'tap.scanned')).toEqual([
      'implementation.started',
      'implementation.output',
      'implementation.ready',
      'implementation.exited',
    ]);
    expect(stage.of('implementation.exited')[0]).toMatchObject({ asked: true, instance: 1 });
  });

  it('gets ports, policy and folders as placeholders, and little of our environment', async () => {
    process.env['BELLWETHER_SECRET_OF_OURS'] = 'x';
    onTestFinished(() => {
      delete process.env['BELLWETHER_SECRET_OF_OURS'];
    });
    const text = descriptionText('http.mjs polite').replace(
      "env: { PORT: '${port}' }",
      "env: { PORT: '${port}', POLICY: '${policy.file}', DATA: '${data.dir}', " +
        "RBM: '${gateway.rbm.url}', SECOND: '${port.2}', NONE: '${push.apns.url}' }",
    );
    const stage = stageFor(describedBy(text), { 'gateway.rbm.url': 'http://127.0.0.1:9' });
    const running = await start(stage);
    const answer = await fetch(`${running.baseUrl}/env`);
    const env = (await answer.json()) as Record<string, string>;
    expect(env).toMatchObject({ RBM: 'http://127.0.0.1:9', NONE: '' });
    expect(running.baseUrl).toBe(`http://127.0.0.1:${env['PORT']}`);
    expect(env['SECOND']).not.toBe(env['PORT']);
    expect(JSON.parse(readFileSync(env['POLICY']!, 'utf8'))).toMatchObject({ name: 'gate' });
    expect(existsSync(env['DATA']!)).toBe(true);
    expect(env['BELLWETHER_SECRET_OF_OURS']).toBeUndefined();
  });

  it('gets files written from templates', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'app.conf.in'), 'port = ${port}\n');
    const text = descriptionText('http.mjs polite').replace(
      '  env:',
      '  files: { etc/app.conf: app.conf.in }\n  env:',
    );
    const stage = stageFor(describedBy(text, folder));
    const running = await start(stage);
    expect(readFileSync(join(stage.context.folder!, 'etc/app.conf'), 'utf8')).toBe(
      `port = ${new URL(running.baseUrl!).port}\n`,
    );
  });
});

describe('a command that cannot be started', () => {
  it.each<[what: string, change: (text: string) => string, code: string, says: RegExp]>([
    [
      'for want of the program',
      (text) => text.replace('[node,', '[no-such-program,'),
      'IMPLEMENTATION_EXECUTABLE',
      /cannot start no-such-program \(ENOENT\)/,
    ],
    [
      'for want of its folder',
      (text) => text.replace(FIXTURES, '/no/such/folder'),
      'IMPLEMENTATION_FOLDER',
      /no folder \/no\/such\/folder/,
    ],
    [
      'for want of a template',
      (text) => text.replace('  env:', '  files: { a.conf: none.conf }\n  env:'),
      'IMPLEMENTATION_UNREADABLE',
      /cannot read none\.conf/,
    ],
    [
      'as its file would lie elsewhere',
      (text) => text.replace('  env:', '  files: { ../../a.conf: implementation.yaml }\n  env:'),
      'IMPLEMENTATION_FOLDER',
      /outside the folder/,
    ],
    [
      'by an unknown placeholder',
      (text) => text.replace('${port}', '${prot}'),
      'IMPLEMENTATION_PLACEHOLDER',
      /start\.env\.PORT: \$\{prot\}/,
    ],
    [
      'by an inherited name',
      (text) => text.replace('${port}', '${constructor}'),
      'IMPLEMENTATION_PLACEHOLDER',
      /constructor/,
    ],
  ])('%s is the author’s to correct', async (_what, change, code, says) => {
    const stage = stageFor(describedBy(change(descriptionText('http.mjs polite'))));
    await expect(startCommand(stage.context)).rejects.toThrow(
      expect.objectContaining({ code, blame: 'author', message: expect.stringMatching(says) }),
    );
    expect(stage.of('implementation.ready')).toEqual([]);
  });
});

describe('a command that does not get ready', () => {
  it.each([
    ['never-ready', /^GET http:\/\/127\.0\.0\.1:\d+\/healthz had no answer \(\w+\) for 0\.6 s: /],
    [
      'unwell',
      /^GET \S+\/healthz answered 500 \(wanted below 400\) for 0\.6 s: start\.ready\.http$/,
    ],
  ])('in time (%s) is down, with what was tried and what came', async (mode, why) => {
    const { stage, running } = await startFixture(
      `http.mjs ${mode}`,
      '  ready: { http: /healthz, within: 600ms }\n',
    );
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([
      { asked: false, reason: 'not-ready', why: expect.stringMatching(why) },
    ]);
    await running.stop();
    expect(stage.of('implementation.exited')).toHaveLength(1);
  });

  it('because it crashed at once has one end, with what it said', async () => {
    const { stage, running } = await startFixture(
      'http.mjs crash-at-once',
      '  restart: on-crash\n',
    );
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([
      { asked: false, code: 3, lastLines: ['cannot open the database'] },
    ]);
    expect(stage.of('implementation.started')).toHaveLength(1);
    expect(running.lastOutput).toEqual(['cannot open the database']);
  });

  it('because it never says hello-ok is down as soon as the description says', async () => {
    const { stage, running } = await startFixture('stdio.mjs mute', '  ready: { within: 500ms }\n');
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([
      { reason: 'not-ready', why: expect.stringContaining('hello') },
    ]);
  });

  it('because it speaks another contract is down', async () => {
    const { running } = await startFixture('stdio.mjs newer');
    expect(running.down).toBe(true);
  });
});

describe('a command that dies', () => {
  it('is an exit that nobody asked for; what it had answered counts', async () => {
    const { stage, running } = await startFixture('http.mjs dies 2');
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'accepted',
    });
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'no-answer',
      definite: false,
    });
    await stage.until(() => stage.of('implementation.exited').length > 0);
    expect(stage.of('implementation.exited')).toMatchObject([{ asked: false, code: 7 }]);
    expect(running.down).toBe(true);
  });

  it('is heard to the end: an answer that it wrote before it went counts', async () => {
    const { running } = await startFixture('stdio.mjs last-words 1');
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'accepted',
      id: 'm-1',
    });
  });

  it('answers nothing any more over stdio', async () => {
    const { running } = await startFixture('stdio.mjs dies 1');
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'no-answer',
      status: 'it exited',
    });
  });

  it('is started again after a crash, when the description says so', async () => {
    const { stage, running } = await startFixture('http.mjs dies 1', '  restart: on-crash\n');
    await submitted(running.conversation, SUBMISSION);
    await stage.until(() => stage.of('implementation.ready').length === 2);
    expect(running.down).toBe(false);
    expect(stage.of('implementation.started').map(({ instance }) => instance)).toEqual([1, 2]);
  });

  it('of several takes the others with it, once', async () => {
    const text = descriptionText('http.mjs polite', '  restart: on-crash\n').replace(
      "command: [node, 'http.mjs', 'polite']",
      "command: [[node, http.mjs, polite], [node, -e, 'setTimeout(() => process.exit(9), 800)']]",
    );
    const stage = stageFor(describedBy(text));
    const running = await start(stage);
    await stage.until(() => stage.of('implementation.started').length === 2);
    await running.stop();
    const first = stage.of('implementation.exited').filter(({ instance }) => instance === 1);
    expect(first).toMatchObject([{ code: 9, asked: false }]);
    expect(stage.of('implementation.started')).toHaveLength(2);
  });
});

describe('a command under faults', () => {
  it('is killed and started anew, after the time it is to be down', async () => {
    const { stage, running } = await startFixture('http.mjs polite');
    running.target.verbs['kill']!({ params: { down: 100_000 }, ledger });
    await stage.until(() => stage.of('implementation.ready').length === 2);
    const [exit] = stage.of('implementation.exited');
    expect(exit).toMatchObject({ asked: true, signal: 'SIGKILL', instance: 1 });
    expect(stage.of('implementation.started')[1]!.t - exit!.t).toBeGreaterThanOrEqual(99_000);
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('killed twice in a row is started once', async () => {
    const { stage, running } = await startFixture('http.mjs polite');
    running.target.verbs['kill']!({ params: { down: 100_000 }, ledger });
    running.target.verbs['kill']!({ params: { down: 200_000 }, ledger });
    await stage.until(() => stage.of('implementation.ready').length === 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(stage.of('implementation.started')).toHaveLength(2);
  });

  it('that cannot be started again is down, not an error of ours', async () => {
    const folder = temporaryFolder();
    const text = descriptionText('http.mjs polite')
      .replace('[node,', `[./run.sh,`)
      .replace(FIXTURES, folder);
    writeFileSync(
      join(folder, 'run.sh'),
      `#!/bin/sh\nrm -f ./run.sh\ncd ${FIXTURES} && exec node http.mjs polite\n`,
      { mode: 0o755 },
    );
    const stage = stageFor(describedBy(text, folder));
    const running = await start(stage);
    running.target.verbs['kill']!({ params: {}, ledger });
    await stage.until(() => stage.of('implementation.exited').length === 2);
    expect(stage.of('implementation.exited')[1]).toMatchObject({
      asked: false,
      reason: 'not-ready',
    });
    expect(running.down).toBe(true);
  });

  it('paused answers nothing until it goes on', async () => {
    const { running } = await startFixture('http.mjs polite');
    const did: string[] = [];
    const counting = { ...ledger, touched: (what: string) => void did.push(what) };
    const lift = running.target.verbs['pause']!({ params: {}, ledger: counting });
    expect(did).toEqual(['stopped it (SIGSTOP)']);
    let answered = false;
    const waiting = submitted(running.conversation, SUBMISSION).then((result) => {
      answered = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answered).toBe(false);
    lift();
    expect(await waiting).toMatchObject({ outcome: 'accepted' });
  });

  it('paused can still be stopped', async () => {
    const { stage, running } = await startFixture('http.mjs polite');
    running.target.verbs['pause']!({ params: {}, ledger });
    await running.stop();
    expect(stage.of('implementation.exited')).toHaveLength(1);
  });
});

describe('nothing is left behind', () => {
  const grandchildOf = (file: string): number =>
    Number(readFileSync(file, 'utf8').trim().split('\n').at(-1));

  it.each<[how: string, end: (running: Awaited<ReturnType<typeof start>>) => Promise<void> | void]>(
    [
      ['stopped', (running) => running.stop()],
      [
        'killed',
        (running) => void running.target.verbs['kill']!({ params: { down: 60_000_000 }, ledger }),
      ],
    ],
  )('of what a %s command had started', async (_how, end) => {
    const file = join(temporaryFolder(), 'pids');
    const { stage, running } = await startFixture(`http.mjs parent ${file}`);
    const pid = grandchildOf(file);
    expect(isAlive(pid)).toBe(true);
    await end(running);
    await stage.until(() => !isAlive(pid));
  });

  it('when a command does not heed the polite signal', async () => {
    const { stage, running } = await startFixture('http.mjs stubborn');
    await running.stop();
    expect(stage.of('implementation.exited')).toMatchObject([{ signal: 'SIGKILL', asked: true }]);
  });
});

describe('output', () => {
  it('is kept while the program stays alive, and over a restart', async () => {
    const stage = stageFor(describedBy(descriptionText('http.mjs polite')));
    const file = join(temporaryFolder(), 'cell.output.log');
    const outputLog = createOutputLog(file, (error) => expect.fail(error.message));
    const running = await startCommand({ ...stage.context, outputLog });
    onTestFinished(() => running.stop());
    await stage.until(() => existsSync(file));
    expect(readFileSync(file, 'utf8')).toBe('listening\n');
    running.target.verbs['kill']!({ params: {}, ledger });
    await stage.until(() => stage.of('implementation.ready').length === 2);
    await running.stop();
    expect(readFileSync(file, 'utf8')).toBe(
      'listening\n[bellwether: started again, instance 2]\nlistening\n',
    );
  });

  it.each(['http.mjs flood', 'stdio.mjs flood'])(
    'of a flood (%s) is cut, told once, and the program goes on',
    async (fixture) => {
      const { stage, running } = await startFixture(fixture);
      const floods = () =>
        stage.of('implementation.output').filter(({ flooded }) => flooded === true);
      await stage.until(() => floods().length > 0);
      await running.stop();
      expect(floods()).toHaveLength(1);
      const bytes = stage.of('implementation.output').reduce((sum, event) => sum + event.bytes, 0);
      expect(bytes).toBeLessThanOrEqual(9 * 1024 * 1024);
      expect(stage.events.length).toBeLessThan(2_000);
      expect(running.lastOutput.length).toBeLessThanOrEqual(40);
    },
  );

  it('that is no answer, among answers, is told as output', async () => {
    const { stage, running } = await startFixture('stdio.mjs garbage');
    expect(await submitted(running.conversation, SUBMISSION)).toMatchObject({
      outcome: 'accepted',
    });
    expect(stage.of('implementation.output').length).toBeGreaterThan(0);
  });
});

describe('standard input', () => {
  it('that is never read ends in no answer, and memory stays bounded', async () => {
    const { running } = await startFixture('stdio.mjs deaf', '  ready: { within: 300ms }\n');
    expect(running.down).toBe(true);
    const long = { ...SUBMISSION, message: { ...MESSAGE, text: 'x'.repeat(1024 * 1024) } };
    const all = Array.from({ length: 12 }, () => submitted(running.conversation, long));
    const told = await Promise.race(all);
    expect(told).toMatchObject({
      outcome: 'no-answer',
      status: 'it does not read its standard input',
    });
  });
});
