import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../harness/cli/commands/index.ts';
import { projectVersion, PROJECT_FOLDER } from '../../harness/compose.ts';
import { bellwether } from './terminal.ts';

const BIN = join(PROJECT_FOLDER, 'harness/cli/bin.js');
/** A preload that writes the path of every file that is loaded, below the project's folder. */
const TELL_WHAT_IS_LOADED = `
  import { registerHooks } from 'node:module';
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:')) process.stderr.write(url + '\\n');
      return next(url, context);
    },
  });`;
const LIGHT = new RegExp(
  '/(harness/(project|cli/[a-z-]+|cli/commands/[a-z-]+)\\.[jt]s|' +
    'node_modules/(commander|picocolors)/.*|simulators/kernel/errors\\.ts)$',
);

const names = Object.keys(COMMANDS);
const run = (...argv: string[]) => bellwether(argv, PROJECT_FOLDER);

describe('help', () => {
  it('of the program lists every command, each with a sentence', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} .*  \\S+ \\S+`, 'm'));
  });

  it.each(names)(
    'of %s shows an example that names it, and every option with words',
    async (name) => {
      const { code, out } = await run(name, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/^Examples?\b/m);
      expect(out).toMatch(new RegExp(`^  bellwether ${name}\\b`, 'm'));
      for (const line of out.split('\n').filter((text) => /^ {2}-/.test(text))) {
        expect(line, line).toMatch(/^ {2}\S.* {2,}\S/);
      }
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    },
  );

  it('shows files that are shipped, but for what is the reader’s own', async () => {
    for (const name of names) {
      const { out } = await run(name, '--help');
      const examples = out.slice(out.search(/^Examples?\b/m));
      for (const [file] of examples.matchAll(/(?<=\s)[\w./-]+\/[\w./-]+|[\w./-]+\.yaml\b/g)) {
        if (/^(?:\.\/)?implementation\.yaml$|^\.bellwether\//.test(file)) continue;
        expect(existsSync(join(PROJECT_FOLDER, file)), `${name}: ${file}`).toBe(true);
      }
    }
  });

  it.each(['validate', 'lint', 'plan', 'list', 'faults'])(
    'of %s shows what works as it is typed',
    async (name) => {
      const { out } = await run(name, '--help');
      const [, typed] = /^  bellwether (\S+(?: \S+)*)/m.exec(out)!;
      expect(await run(...typed!.split(' '))).toMatchObject({ code: 0 });
    },
  );

  it.each([
    ['the version', ['--version']],
    ['the list of commands', ['--help']],
    ['the help of a command', ['run', '--help']],
  ])('%s needs no simulator, no judge and no library but the one for command lines', (_, argv) => {
    const told = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(TELL_WHAT_IS_LOADED)}`, BIN, ...argv],
      { encoding: 'utf8' },
    );
    expect(told.status).toBe(0);
    const loaded = told.stderr.split('\n').filter((line) => line !== '');
    expect(loaded.some((path) => path.endsWith('harness/cli/main.ts'))).toBe(true);
    expect(loaded.filter((path) => !LIGHT.test(path))).toEqual([]);
  });

  it('says the version of the package', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: `${projectVersion()}\n` });
  });
});

describe('a command line that cannot be understood ends with 3 and what to do', () => {
  it.each<[what: string, argv: string[], says: RegExp]>([
    ['an unknown command', ['rnu'], /unknown command 'rnu'[\s\S]*Did you mean run\?/],
    [
      'help on an unknown command',
      ['help', 'rnu'],
      /unknown command 'rnu'[\s\S]*Did you mean run\?/,
    ],
    ['no command', [], /Usage: bellwether/],
    [
      'an unknown option',
      ['run', '--sed', '4'],
      /unknown option '--sed'[\s\S]*Did you mean --seed/,
    ],
    ['an option without its value', ['run', '--seed'], /argument missing/],
    ['a missing argument', ['judge'], /missing required argument 'run'/],
    ['a seed that is no number', ['run', '--seed', 'x'], /--seed x: expected a whole number/],
    ['no seeds at all', ['plan', '--seeds', '0'], /--seeds 0: expected a whole number from 1/],
    ['jobs that are none', ['run', '--jobs', '0'], /--jobs 0: expected a whole number from 1/],
    ['jobs that are no number', ['run', '-j', 'many'], /--jobs many/],
    ['a port that is none', ['run', '--first-port', '99'], /--first-port 99/],
    [
      'a port that is none, for env',
      ['env', 'scenarios/gate/sms-outage.yaml', '--first-port', 'x'],
      /--first-port x/,
    ],
    ['an unknown reporter', ['run', '--reporter', 'terminl'], /Did you mean terminal\?/],
    ['an unknown list', ['list', 'rule'], /Did you mean rules\?/],
    ['a run that is not there', ['judge', 'no-such-run'], /there is no run at no-such-run/],
    [
      'a message of no run',
      ['explain', 'no-such-run', 'alerts-1'],
      /there is no run at no-such-run/,
    ],
    ['a story of nothing', ['explain', '.'], /there is no history in \./],
    [
      'a scenario that is not there',
      ['run', 'scenarios/gate/sms-outrage.yaml'],
      /Did you mean scenarios\/gate\/sms-outage\.yaml\?/,
    ],
    [
      'a register that is not there',
      ['run', '--known-failures', 'none.yaml'],
      /cannot read the register none\.yaml/,
    ],
  ])('%s', async (_what, argv, says) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(3);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('commands that only look', () => {
  it('plan prints cells, and the whole plan as JSON', async () => {
    const words = await run('plan', 'scenarios/gate/sms-outage.yaml', '--seeds', '2');
    expect(words.code).toBe(0);
    expect(words.out).toMatch(
      /^gate\/sms-outage.*#1\ngate\/sms-outage.*#2\n2 cells, plan [0-9a-f]{12}\n$/,
    );
    const json = await run('plan', 'scenarios/gate/sms-outage.yaml', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ bellwether: 1, hash: expect.any(String) });
  });

  it('nothing to do is inconclusive: 2', async () => {
    expect((await run('plan', '--only', 'no-such-cell')).code).toBe(2);
    expect((await run('run', '--only', 'no-such-cell', '--out', '/tmp/bellwether-none')).code).toBe(
      2,
    );
  });

  it('validate says how many are valid', async () => {
    expect(await run('validate', 'scenarios')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^valid: \d+ scenarios, \d+ cells\n$/),
    });
  });

  it.each(['rules', 'faults', 'gateways', 'messages', 'events', 'devices', 'carriers', 'policies'])(
    'list %s is not empty',
    async (what) => {
      const { code, out } = await run('list', what);
      expect(code).toBe(0);
      expect(out.trim().split('\n').length).toBeGreaterThan(0);
      expect(out).not.toContain('undefined');
    },
  );

  it('faults shows every fault with an example', async () => {
    const { out } = await run('faults');
    for (const fault of ['outage', 'key-loss', 'throttle']) {
      expect(out).toMatch(new RegExp(`^${fault}  \\[`, 'm'));
    }
  });

  it('env prints what to set, and leaves no port open', async () => {
    const { code, out } = await run(
      'env',
      'scenarios/gate/android-e2ee-on.yaml',
      '--first-port',
      '23700',
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^GATEWAY_RBM_URL=http:\/\/127\.0\.0\.1:237\d\d {3}# \$\{gateway\.rbm\.url\}$/m,
    );
    await vi.waitFor(() => {
      expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
    });
  });

  it('explain tells a scenario as a timeline', async () => {
    const { code, out } = await run('explain', 'scenarios/gate/sms-outage.yaml');
    expect(code).toBe(0);
    expect(out.length).toBeGreaterThan(100);
  });
});
