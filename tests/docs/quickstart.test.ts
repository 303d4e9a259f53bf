import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksOf, projectFolder, readPage } from './pages.ts';

interface Ending {
  readonly command: string;
  readonly exitCode: number;
  readonly expectedCode: number;
  readonly said: string;
  /** Lines that the page shows as this command's output. */
  readonly shown: readonly string[];
}

/** Puts lines into a file beside the one line that holds `anchor`, as far in as that line is. */
function edit(file: string, how: string, anchor: string, lines: string): void {
  const text = readFileSync(file, 'utf8').split('\n');
  const places = text.flatMap((line, index) => (line.includes(anchor) ? [index] : []));
  expect(places, `${anchor} stands once in ${file}`).toHaveLength(1);
  const place = places[0] ?? 0;
  const indent = /^ */.exec(text[place] ?? '')?.[0] ?? '';
  const put = lines.trimEnd().split('\n');
  const added = put.map((line) => `${indent}${line}`);
  if (how === 'after') text.splice(place + 1, 0, ...added);
  else text.splice(place, 1, ...added);
  writeFileSync(file, text.join('\n'));
}

function runShell(command: string, folder: string): Promise<{ exitCode: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', command], { cwd: folder }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, said: `${stdout}${stderr}` });
    });
  });
}

/** Without times, which differ, and without the room between columns. */
const steady = (text: string): string =>
  text
    .replaceAll(/\d+(\.\d+)?( min)?( \d+)? (ms|s)\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

it('the quickstart works as it is written', { timeout: 240_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'quickstart-'));
  try {
    symlinkSync(projectFolder, join(home, 'bellwether'));
    const folder = join(home, 'my-service');
    mkdirSync(folder);
    const under: { shown: string[]; ending: Promise<Omit<Ending, 'shown'>> }[] = [];
    for (const { language, remark, text } of blocksOf(readPage('docs/quickstart.md'))) {
      const file = /^file: (\S+)$/.exec(remark)?.[1];
      const change = /^edit: (\S+), (after|instead of): (.*)$/.exec(remark);
      const run = /^run(?:: exit (\d))?$/.exec(remark);
      if (file !== undefined) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      } else if (change !== null) {
        edit(join(folder, change[1] ?? ''), change[2] ?? '', change[3] ?? '', text);
      } else if (run !== null) {
        // Each command sees the files of its moment, so that they need not wait for each other.
        const copy = join(home, `step-${under.length}`, 'my-service');
        cpSync(folder, copy, { recursive: true });
        symlinkSync(projectFolder, join(dirname(copy), 'bellwether'));
        const expectedCode = Number(run[1] ?? 0);
        const ending = runShell(text, copy).then((end) => ({
          command: text,
          expectedCode,
          ...end,
        }));
        under.push({ shown: [], ending });
      } else if (language === 'text') {
        const lines = text.split('\n').filter((line) => /^ *(pass|fail|valid|PASS)\b/.test(line));
        under.at(-1)?.shown.push(...lines);
      }
    }
    expect(under).toHaveLength(4);
    for (const { shown, ending } of under) {
      const { command, exitCode, expectedCode, said } = await ending;
      expect({ command, exitCode }, said).toEqual({ command, exitCode: expectedCode });
      expect(shown.length).toBeGreaterThan(0);
      for (const line of shown) expect(steady(said)).toContain(steady(line));
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
