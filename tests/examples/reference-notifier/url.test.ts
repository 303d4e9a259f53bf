/** A program that somebody started by hand with what `bellwether env` printed, and its verdict. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { fillRecord } from '../../../harness/implementation/placeholders.ts';
import { holdPorts } from '../../../harness/implementation/own-ports.ts';
import type { RunReport } from '../../../reports/model.ts';
import { ROOT, mustFindings } from '../judged.ts';

const NOTIFIER = join(ROOT, 'examples/reference-notifier');
/** An iPhone, so that pushes go through TLS; below the ports that others are given. */
const SCENARIO = 'scenarios/gate/push-token-gone.yaml';
const CELL = [SCENARIO, '--only', 'ios-26.5', '--first-port'];
/** Both phones, the one after the other. */
const CELLS = [SCENARIO, '--first-port'];

/** `NAME=value   # ${placeholder}`; a value of several lines stands in a shell's quotes. */
function printed(text: string): Record<string, string> {
  const lines = text.matchAll(/^[A-Z0-9_]+=('(?:[^']|'\\'')*'|\S*) {3}# \$\{([^}]+)\}$/gm);
  return Object.fromEntries(
    [...lines].map(([, value = '', name = '']) => [
      name,
      value.startsWith("'") ? value.slice(1, -1).replaceAll(String.raw`'\''`, "'") : value,
    ]),
  );
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly shown: string;
}

function bellwether(args: readonly string[], cwd: string): Promise<Ended> {
  const bin = join(ROOT, 'harness/cli/bin.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, stdout, shown: `${stdout}${stderr}` });
    });
  });
}

type Judgement = Ended & { readonly report: RunReport };

interface Started {
  readonly folder: string;
  readonly server: ChildProcess;
  /** `bellwether run` on it; its report, when it has ended. */
  judge(more?: readonly string[], cells?: readonly string[]): Promise<Judgement>;
}

/** The notifier, running by itself on what was printed for these ports. */
async function startedByHand(firstPort: number, toldBy = CELL): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-url-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ports = await holdPorts(1);
  await ports.release();
  const port = String(ports.numbers[0]);

  const told = await bellwether(['env', ...toldBy, String(firstPort)], folder);
  expect(told.code, told.shown).toBe(0);
  const text = readFileSync(join(NOTIFIER, 'implementation.process.yaml'), 'utf8');
  const { start } = parse(text) as { start: { env: Record<string, string> } };
  const data = join(folder, 'data');
  mkdirSync(data);
  const values = { ...printed(told.stdout), port, 'data.dir': data };
  const server = spawn(process.execPath, [join(NOTIFIER, 'server.ts')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...fillRecord(start.env, values, 'start.env') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  await new Promise<void>((resolve) => {
    server.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) resolve();
    });
  });

  const url = `start: { url: 'http://127.0.0.1:${port}', ready: { http: /healthz } }\n`;
  writeFileSync(join(folder, 'by-hand.yaml'), text.replace(/^start:\n(?: .*\n)+/m, url));
  return {
    folder,
    server,
    judge: async (more = [], cells = toldBy) => {
      const options = ['-i', 'by-hand.yaml', '--out', 'runs', '-r', 'json', '-r', 'terminal'];
      const ended = await bellwether(
        ['run', ...cells, String(firstPort), ...options, ...more],
        folder,
      );
      const [file] = globSync('runs/*/report.json', { cwd: folder });
      expect(file, ended.shown).toBeDefined();
      const report = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as RunReport;
      return { ...ended, report };
    },
  };
}

test('a notifier started by hand on what env printed passes, APNs over TLS included', async () => {
  const { judge } = await startedByHand(15_100);
  const { code, report, shown } = await judge();
  expect(mustFindings(report), shown).toEqual({});
  expect(report.cells.map(({ scenario, verdict }) => [scenario, verdict.verdict])).toEqual([
    ['honesty-probe', 'pass'],
    ['push-token-gone', 'pass'],
  ]);
  const [, cell] = report.cells;
  expect(cell!.verdict.counts.dispatched['app-push']).toBeGreaterThan(0);
  expect(code).toBe(0);
}, 120_000);

test('one that is stopped while it is judged fails, and is no error of the harness', async () => {
  const { folder, server, judge } = await startedByHand(15_200);
  const judging = judge(['--no-probe']);
  await vi.waitFor(
    () => {
      const [file] = globSync('runs/*/0*.ndjson', { cwd: folder });
      expect(readFileSync(join(folder, file ?? 'none'), 'utf8')).toContain('"device.displayed"');
    },
    { timeout: 60_000, interval: 50 },
  );
  server.kill('SIGKILL');
  const { code, report, shown } = await judging;
  expect(report.verdict, shown).toBe('fail');
  expect(mustFindings(report)['push-token-gone']).toContain('implementation/crashed');
  expect(code).toBe(1);
}, 120_000);

test('one that goes on running is judged cell after cell, with new people in each', async () => {
  const { folder, judge } = await startedByHand(15_300, CELLS);
  const { code, report, shown } = await judge();
  expect(mustFindings(report), shown).toEqual({});
  expect(report.cells.map(({ matrix, verdict }) => [matrix['platform'], verdict.verdict])).toEqual([
    [undefined, 'pass'],
    ['android-16', 'pass'],
    ['ios-26.5', 'pass'],
  ]);
  expect(code).toBe(0);
  const told = report.cells.map(({ history }) => {
    const text = readFileSync(join(folder, report.run.folder, history!), 'utf8');
    return new Set(text.match(/"msisdn":"\+\d+"/g));
  });
  const [, first, second] = told;
  expect([...first!].filter((number) => second!.has(number))).toEqual([]);
  expect(first!.size).toBeGreaterThan(0);
}, 180_000);
