import { describe, expect, it, onTestFinished } from 'vitest';
import { loadModule } from '../../harness/implementation/module-load.ts';
import { aside } from '../../harness/implementation/module-output.ts';
import { startModule } from '../../harness/implementation/module-start.ts';
import type { RunningImplementation } from '../../harness/implementation/running.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { describedBy, descriptionText, FIXTURES, stageFor } from './stage.ts';
import { submitted } from './asking.ts';

const MESSAGE = { id: 'alerts-1', text: 'hello', kind: 'chat', sensitivity: 'low', locale: 'en' };
const SUBMISSION = { message: MESSAGE, recipient: { 'recipient.msisdn': '+999100000001' } };
const ledger = { fault: 'f', hits: () => true, touched: () => {} };

function described(mode: string, more = '', file = 'module.mjs') {
  const text = descriptionText('http.mjs polite', more)
    .replace(/ {2}command:.*\n/, `  module: ${FIXTURES}${file}\n`)
    .replace(/ {2}working-directory:.*\n/, '')
    .replace("PORT: '${port}'", `MODE: ${mode}`)
    .replace('within: 20s', 'within: 2s');
  return describedBy(text);
}

/** Starts a module in virtual time; `go` moves that time on. */
async function begin(mode: string, more = '') {
  const description = described(mode, more);
  const clock = createVirtualClock();
  const network = createMemoryNetwork({ clock });
  const stage = stageFor(description, {}, clock);
  const create = await loadModule(description);
  const starting = startModule({ ...stage.context, network, module: create });
  const go = (micros: number): Promise<void> => clock.run(clock.now() + micros);
  await go(5_000_000);
  const running: RunningImplementation = await starting;
  // Ended in any case: it listens for rejections of the whole process until then.
  onTestFinished(async () => {
    const stopping = running.stop();
    await go(5_000_000);
    await stopping;
  });
  const submit = async () => {
    const sent = submitted(running.conversation, SUBMISSION);
    clock.touch();
    await go(1_000);
    return sent;
  };
  return { clock, stage, running, go, submit };
}

describe('a module', () => {
  it('is created, served, and stopped, in virtual time', async () => {
    const { stage, running, submit, go } = await begin('polite');
    expect(await submit()).toMatchObject({ outcome: 'accepted', id: 'm-1' });
    const stopping = running.stop();
    await go(10);
    await stopping;
    expect(stage.of('implementation.exited')).toMatchObject([{ asked: true, code: 0 }]);
    expect(running.lastOutput).toEqual(['up in mode polite']);
  });

  it('that is killed comes back on the same store', async () => {
    const { stage, running, submit, go } = await begin('polite');
    await submit();
    running.target.verbs['kill']!({ params: { down: 3_000_000 }, ledger });
    await go(2_000_000);
    expect(await submit()).toMatchObject({ outcome: 'no-answer', definite: true });
    await go(2_000_000);
    expect(await submit()).toMatchObject({ outcome: 'accepted', id: 'm-2' });
    expect(stage.of('implementation.exited')).toMatchObject([{ asked: true, signal: 'SIGKILL' }]);
  });

  it('killed twice in a row comes back once', async () => {
    const { stage, running, go } = await begin('polite');
    running.target.verbs['kill']!({ params: { down: 1_000_000 }, ledger });
    running.target.verbs['kill']!({ params: { down: 2_000_000 }, ledger });
    await go(5_000_000);
    expect(stage.of('implementation.started')).toHaveLength(2);
    expect(stage.of('implementation.exited')).toHaveLength(1);
  });

  it('that is paused answers when it goes on', async () => {
    const { clock, running, go } = await begin('polite');
    const lift = running.target.verbs['pause']!({ params: {}, ledger });
    let answered = false;
    const sent = submitted(running.conversation, SUBMISSION).finally(() => {
      answered = true;
    });
    await go(2_000_000);
    expect(answered).toBe(false);
    lift();
    clock.touch();
    await go(1_000);
    expect(await sent).toMatchObject({ outcome: 'accepted' });
  });
});

describe('a module that breaks', () => {
  it.each(['crashes', 'crashes-later'])(
    '(%s) has crashed, and comes back if it is to',
    async (mode) => {
      const { stage, submit, go, running } = await begin(mode, '  restart: on-crash\n');
      await submit();
      await submit();
      await go(100_000);
      const [exit] = stage.of('implementation.exited');
      expect(exit).toMatchObject({ asked: false, code: 1 });
      expect(exit?.lastLines?.at(-1)).toMatch(/^(TypeError: count is two|Error: in a timer)$/);
      expect(running.down).toBe(true);
      await go(1_000_000);
      expect(running.down).toBe(false);
      expect(stage.of('implementation.started')).toHaveLength(2);
    },
  );

  it('says in the history what, never where on this machine', async () => {
    const { stage, submit, go } = await begin('crashes');
    await submit();
    await submit();
    await go(1_000);
    expect(JSON.stringify(stage.events)).not.toContain(FIXTURES);
  });

  it('while it is created, has crashed once and is not tried again and again', async () => {
    const { stage, go, running } = await begin('throws', '  restart: on-crash\n');
    await go(60_000_000);
    expect(running.down).toBe(true);
    expect(stage.of('implementation.started')).toHaveLength(1);
    expect(stage.of('implementation.exited')).toMatchObject([
      { asked: false, code: 1, lastLines: ['Error: no database'] },
    ]);
  });

  it('by never getting ready is down when its time is over', async () => {
    const { stage, running } = await begin('never');
    expect(running.down).toBe(true);
    const [exit] = stage.of('implementation.exited');
    expect(exit).toMatchObject({ asked: false, reason: 'not-ready', t: 2_000_000 });
  });

  it('by never resolving again has hung, and comes back if it is to', async () => {
    const { stage, submit, go, running } = await begin('hangs', '  restart: on-crash\n');
    await submit();
    const unanswered = submitted(running.conversation, SUBMISSION);
    await go(14_900_000);
    expect(stage.of('implementation.exited')).toEqual([]);
    await go(200_000);
    expect(await unanswered).toMatchObject({ outcome: 'no-answer' });
    expect(stage.of('implementation.exited')).toMatchObject([{ asked: false, reason: 'hung' }]);
    await go(1_000_000);
    expect(stage.of('implementation.started')).toHaveLength(2);
  });

  it('is not hung while it is paused', async () => {
    const { stage, go, running } = await begin('polite');
    const did: string[] = [];
    const counting = { ...ledger, touched: (what: string) => void did.push(what) };
    const lift = running.target.verbs['pause']!({ params: {}, ledger: counting });
    expect(did).toEqual(['stopped it']);
    void submitted(running.conversation, SUBMISSION);
    await go(60_000_000);
    lift();
    await go(60_000_000);
    expect(stage.of('implementation.exited')).toEqual([]);
  });

  it.each(['stop-throws', 'stop-hangs'])(
    'when it is to stop (%s) holds nobody up',
    async (mode) => {
      const { stage, running, go } = await begin(mode);
      const stopping = running.stop();
      await go(5_000_000);
      await stopping;
      expect(stage.of('implementation.exited')).toHaveLength(1);
    },
  );
});

describe('a module that ends its process', () => {
  it.each([
    ['exits', 0],
    ['exits-later', 3],
  ])('(%s) has ended itself, and comes back if it is to', async (mode, code) => {
    const { stage, submit, go, running } = await begin(mode, '  restart: on-crash\n');
    await submit();
    const second = await submit();
    await go(100_000);
    if (mode === 'exits') expect(second).toMatchObject({ outcome: 'no-answer', definite: false });
    const exits = stage.of('implementation.exited');
    expect(exits).toMatchObject([{ asked: false, code }]);
    expect(exits[0]?.lastLines?.at(-1)).toBe(`it called process.exit(${code})`);
    expect(running.down).toBe(true);
    await go(1_000_000);
    expect(running.down).toBe(false);
    expect(await submit()).toMatchObject({ outcome: 'accepted', id: 'm-3' });
    expect(stage.of('implementation.exited')).toHaveLength(1);
  });

  it('while it is created is down, and the process is the harness’s again afterwards', async () => {
    const { stage, go, running } = await begin('exits-at-once');
    expect(running.down).toBe(true);
    expect(stage.of('implementation.exited')).toMatchObject([{ asked: false, code: 0 }]);
    const stopping = running.stop();
    await go(1_000_000);
    await stopping;
    // Vitest’s own, which stands for the process’s.
    expect(() => process.exit(7)).toThrow('process.exit unexpectedly called with "7"');
  });
});

describe('what a module prints', () => {
  it('is its output, whole lines of it are looked at', async () => {
    const { stage, submit, go, running } = await begin('prints');
    const before = stage.of('tap.scanned').length;
    await submit();
    await go(1_000_000);
    const stopping = running.stop();
    await go(1_000_000);
    await stopping;
    const printed = stage.of('implementation.output').filter(({ stream }) => stream !== 'log');
    expect(printed.map(({ stream, bytes }) => `${stream} ${bytes}`)).toEqual([
      'stdout 3',
      'stderr 5',
      'stdout 3',
    ]);
    const scans = stage.of('tap.scanned').slice(before);
    expect(scans.map(({ bytes }) => bytes)).toEqual([6, 5]);
    expect(running.lastOutput.slice(-3)).toEqual(['hel', 'hello', 'lo']);
  });

  it('is told apart from what others print while it lives', async () => {
    const { stage } = await begin('polite');
    const before = stage.events.length;
    aside(() => process.stdout.write(''));
    expect(stage.events).toHaveLength(before);
    process.stdout.write('mine');
    expect(stage.events.at(-1)).toMatchObject({ kind: 'implementation.output', bytes: 4 });
  });
});

describe('a module that cannot be loaded', () => {
  it.each([
    ['none.mjs', /module: .*none\.mjs is not there/],
    ['broken-module.mjs', /cannot be loaded: \w*Error/],
    ['exiting-module.mjs', /cannot be loaded: ModuleExit: process\.exit\(0\)/],
    ['other-module.mjs', /does not export create\(ports\)/],
  ])('%s is the author’s to correct', async (file, says) => {
    await expect(loadModule(described('polite', '', file))).rejects.toThrow(
      expect.objectContaining({
        code: 'IMPLEMENTATION_MISSING',
        blame: 'author',
        message: expect.stringMatching(says),
      }),
    );
  });
});
