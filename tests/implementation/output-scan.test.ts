import { expect, it } from 'vitest';
import { createOutputScan } from '../../harness/implementation/output-scan.ts';
import type { Tap } from '../../simulators/network/tap.ts';

const MEBIBYTE = 1024 * 1024;

function scanning() {
  const seen: string[] = [];
  const turns: (() => void)[] = [];
  const tap: Tap = {
    observer: 'implementation-output',
    where: 'output',
    scan: (bytes) => {
      seen.push(Buffer.from(bytes).toString());
      return [];
    },
    calibrate: () => {},
  };
  const scan = createOutputScan(tap, () => new Promise((resolve) => turns.push(resolve)));
  const turn = async (): Promise<void> => {
    turns.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { scan, seen, turn, turns };
}

it('whole lines are looked at, wherever the output was cut', async () => {
  const { scan, seen, turn } = scanning();
  for (const piece of ['first li', 'ne\nsecond', ' line\nrest']) {
    scan.take('stdout', Buffer.from(piece));
  }
  scan.end();
  for (let count = 0; count < 4; count++) await turn();
  expect(seen).toEqual(['first line\n', 'second line\n', 'rest']);
});

it('a flood is read at once and looked at later, one piece in a turn', async () => {
  const { scan, seen, turn, turns } = scanning();
  for (let count = 0; count < 8 * 16; count++) {
    scan.take('stderr', Buffer.alloc(MEBIBYTE / 16, 'x'));
  }
  expect(seen).toEqual([]);
  await turn();
  expect(seen).toHaveLength(1);
  scan.end();
  const finished = scan.finish();
  while (turns.length > 0) await turn();
  await finished;
  // All of it, and the end of each long piece once more.
  expect(seen.join('').length).toBeGreaterThan(8 * MEBIBYTE);
});

it('a stream that goes on after everything was looked at is looked at again', async () => {
  const { scan, seen, turn } = scanning();
  scan.take('stdout', Buffer.from('one\n'));
  await turn();
  await turn();
  scan.take('stdout', Buffer.from('two\n'));
  await turn();
  await turn();
  expect(seen).toEqual(['one\n', 'two\n']);
});
