/** Errors for people: what, where with a caret, what to do. */
import pc from 'picocolors';
import type { Position } from '../../simulators/kernel/errors.ts';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import { EXIT } from './context.ts';
import type { CliContext } from './context.ts';

/** Foreign bytes must not steer the reader's terminal; each stays one column wide. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, (character) => (character === '\t' ? ' ' : '\u{fffd}'));
}

const MOST_COLUMNS = 160;
const BEFORE_COLUMNS = 100;

function picture(at: Position): string {
  const place = `${at.file}:${at.line}:${at.column}`;
  if (at.sourceLine === undefined) return `  ${place}\n`;
  const gutter = String(at.line);
  const pad = ' '.repeat(gutter.length);
  // Of a very long line, what stands around the place.
  const from = Math.max(0, at.column - 1 - BEFORE_COLUMNS);
  const shown = at.sourceLine.slice(from, from + MOST_COLUMNS);
  const left = at.column - 1 - from;
  const marks = Math.min(Math.max(1, at.length ?? 1), Math.max(1, shown.length - left));
  const caret = ' '.repeat(left) + '^'.repeat(marks);
  return `  ${place}\n  ${gutter} | ${printable(shown)}\n  ${pad} | ${pc.red(caret)}\n`;
}

function one(error: BellwetherError): string {
  const where = error.at === undefined ? '' : picture(error.at);
  const hint = error.hint === undefined ? '' : `  ${error.hint.replaceAll('\n', '\n  ')}\n`;
  return `${pc.red('error')} ${error.message} ${pc.dim(`(${error.code})`)}\n${where}${hint}`;
}

/** Prints an error and says with which code to exit; a stack only for our own defects. */
export function showError(error: unknown, context: CliContext): number {
  if (error instanceof BellwetherErrors) {
    for (const problem of error.problems) context.stderr.write(one(problem));
    const count = error.problems.length;
    if (count > 1) context.stderr.write(`${count} problems.\n`);
    return EXIT.usage;
  }
  if (error instanceof BellwetherError) {
    context.stderr.write(one(error));
    return error.blame === 'author' ? EXIT.usage : EXIT.error;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.stderr.write(
    `${pc.red('error')} Bellwether itself failed; please report this.\n${text}\n`,
  );
  return EXIT.error;
}
