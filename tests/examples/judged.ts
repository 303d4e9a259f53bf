/** Runs the command line on an example in wall time, as a process of its own; reads its report. */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunReport } from '../../reports/model.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface Judged {
  readonly exitCode: number;
  readonly report: RunReport;
  /** What the terminal showed. */
  readonly shown: string;
}

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'bellwether-example-'));
}

/** `bellwether run PATHS --implementation FILE MORE`; everything that it wrote is removed. */
export async function judged(
  paths: readonly string[],
  implementation: string,
  more: readonly string[] = [],
): Promise<Judged> {
  const out = temporary();
  const reporters = ['-r', 'json', '-r', 'terminal'];
  const args = ['run', ...paths, '-i', implementation, '--out', out, ...reporters, ...more];
  try {
    const { code, shown } = await new Promise<{ code: number; shown: string }>((resolve) => {
      const options = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 };
      const bin = join(ROOT, 'harness/cli/bin.js');
      execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), shown: `${stdout}${stderr}` });
      });
    });
    const [file] = globSync('*/report.json', { cwd: out });
    expect(file, shown).toBeDefined();
    const report = JSON.parse(readFileSync(join(out, file!), 'utf8')) as RunReport;
    return { exitCode: code, report, shown };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * Scenario → the `must` rules that found something in any of its cells (seeds, combinations of a
 * matrix); scenarios without are left out.
 */
export function mustFindings({ cells }: Pick<RunReport, 'cells'>): Record<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { scenario, verdict } of cells) {
    for (const { rule, level, findings } of verdict.rules) {
      if (level !== 'must' || findings.length === 0) continue;
      const rules = found.get(scenario) ?? new Set();
      found.set(scenario, rules.add(rule));
    }
  }
  const rows = [...found].map(([scenario, rules]) => [scenario, [...rules].toSorted()] as const);
  return Object.fromEntries(rows);
}

/** Cells that were run, by verdict: `smpp-throttled pass`. */
export function verdictsOf({ cells }: RunReport): string[] {
  return cells
    .filter(({ verdict }) => verdict.verdict !== 'not-applicable')
    .map(({ scenario, verdict }) => `${scenario} ${verdict.verdict}`)
    .toSorted();
}

/** A copy of an example with edits; each `find` must stand there exactly once. */
export function editedCopy(
  example: string,
  edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[],
): { readonly folder: string; remove(): void } {
  const folder = temporary();
  cpSync(join(ROOT, 'examples', example), folder, { recursive: true });
  for (const { file, find, replace } of edits) {
    const path = join(folder, file);
    const pieces = readFileSync(path, 'utf8').split(find);
    expect(pieces, `${find} in ${file}`).toHaveLength(2);
    writeFileSync(path, pieces.join(replace));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
