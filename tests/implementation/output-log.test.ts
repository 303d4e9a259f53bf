import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createOutputLog,
  HEAD_BYTES,
  TAIL_BYTES,
} from '../../harness/implementation/output-log.ts';
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import { temporaryFolder } from './stage.ts';

function logIn(path = join(temporaryFolder(), 'cell.output.log')) {
  const errors: BellwetherError[] = [];
  const log = createOutputLog(path, (error) => errors.push(error));
  return { log, path, errors, text: () => readFileSync(path, 'utf8') };
}

const lineOf = (number: number): string => `line ${String(number).padStart(8, '0')}\n`;

describe('what a program prints', () => {
  it('is in the file as soon as it was printed, before anything is closed', () => {
    const { log, text } = logIn();
    log.write(1, Buffer.from("KeyError: 'RBM_"));
    expect(text()).toBe("KeyError: 'RBM_");
    log.write(1, Buffer.from("URL'\n"));
    expect(text()).toBe("KeyError: 'RBM_URL'\n");
  });

  it('makes no file where nothing was printed', () => {
    const { log, path, errors } = logIn();
    log.close();
    expect(existsSync(path)).toBe(false);
    expect(errors).toEqual([]);
  });

  it('goes on after a restart, with a line that says so on a line of its own', () => {
    const { log, text } = logIn();
    log.write(1, Buffer.from('half a li'));
    log.write(3, Buffer.from('again\n'));
    log.write(3, Buffer.from('and again\n'));
    log.note('no more');
    log.close();
    expect(text()).toBe(
      'half a li\n[bellwether: started again, instance 3]\nagain\nand again\n' +
        '[bellwether: no more]\n',
    );
  });

  it('keeps beginning and end of a flood, and counts what it left out', () => {
    const { log, path, text } = logIn();
    const lines = 200_000;
    let printed = '';
    for (let number = 0; number < lines; number++) {
      const line = lineOf(number);
      printed += line;
      log.write(1, Buffer.from(line));
      if (number % 20_000 === 0) {
        expect(statSync(path).size).toBeLessThan(HEAD_BYTES + 2 * TAIL_BYTES + 200);
      }
    }
    log.close();
    const kept = text();
    const notice = /\n?\[bellwether: (\d+) bytes of output were left out here\]\n/.exec(kept)!;
    const head = kept.slice(0, notice.index);
    const tail = kept.slice(notice.index + notice[0].length);
    expect(printed.startsWith(head)).toBe(true);
    expect(head).toHaveLength(HEAD_BYTES);
    expect(printed.endsWith(tail)).toBe(true);
    expect(tail).toMatch(/^line \d{8}\n/);
    expect(tail.length).toBeGreaterThan(TAIL_BYTES - 20);
    expect(Number(notice[1])).toBe(printed.length - head.length - tail.length);
    expect(kept.match(/left out/g)).toHaveLength(1);
    expect(readdirSync(dirname(path))).toEqual(['cell.output.log']);
  });

  it('keeps all of what fits beginning and end', () => {
    const { log, text } = logIn();
    const whole = 'x'.repeat(HEAD_BYTES + TAIL_BYTES);
    log.write(1, Buffer.from(whole));
    log.close();
    expect(text()).toBe(whole);
  });

  it('is kept bounded in one piece without lines too', () => {
    const { log, path } = logIn();
    log.write(1, Buffer.alloc(4 * TAIL_BYTES, 'x'));
    log.close();
    expect(statSync(path).size).toBeLessThan(HEAD_BYTES + TAIL_BYTES + 200);
  });

  it('is an error of the machine, told once, where it cannot be written', () => {
    const { log, errors } = logIn('/no/such/folder/cell.output.log');
    log.write(1, Buffer.from('a'));
    log.write(1, Buffer.from('b'));
    log.close();
    expect(errors).toMatchObject([
      { code: 'IMPLEMENTATION_OUTPUT_NOT_WRITTEN', blame: 'environment' },
    ]);
  });

  it('does not begin anew by what comes after the end', () => {
    const { log, text } = logIn();
    log.write(1, Buffer.from('kept\n'));
    log.close();
    log.write(1, Buffer.from('late\n'));
    expect(text()).toBe('kept\n');
  });
});
