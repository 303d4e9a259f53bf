import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { Verdict } from '../../simulators/kernel/words.ts';

/** Colours, or none; every text reads the same without them. */
export interface Ink {
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly odd: (text: string) => string;
  readonly verdict: (word: Verdict, text?: string) => string;
}

/** Makes an ink; without colours it leaves texts alone. */
export const createInk = (colors: boolean): Ink => {
  const paint = picocolors.createColors(colors);
  const byVerdict = {
    fail: paint.red,
    error: paint.magenta,
    inconclusive: paint.yellow,
    pass: paint.green,
    'not-applicable': paint.dim,
  } as const satisfies Record<Verdict, (text: string) => string>;
  return {
    strong: paint.bold,
    quiet: paint.dim,
    good: paint.green,
    bad: paint.red,
    odd: paint.yellow,
    verdict: (word, text = word) => byVerdict[word](text),
  };
};

/** Columns that a text takes, colours not counted. */
export const widthOf = (text: string): number => Array.from(stripVTControlCharacters(text)).length;

/** Foreign text may hold escape sequences; they are shown, not obeyed. */
export const harmless = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (char) =>
    char === '\n' || char === '\t'
      ? ' '
      : String.raw`\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** Fills up to a width, text to the left. */
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Fills up to a width, text to the right. */
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Shortens in the middle, where a cell's id says least; uncoloured text only. */
export const shorten = (text: string, width: number): string => {
  const chars = Array.from(text);
  if (chars.length <= width) return text;
  if (width < 8) return chars.slice(0, Math.max(0, width - 1)).join('') + '…';
  const tail = Math.floor((width - 1) / 2);
  return `${chars.slice(0, width - 1 - tail).join('')}…${chars.slice(-tail).join('')}`;
};

/** Breaks at blanks into lines no wider than `width`; a longer word stands alone and is cut. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (widthOf(line) > width) {
      const chars = Array.from(line);
      lines.push(chars.slice(0, width).join(''));
      line = chars.slice(width).join('');
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
};

/** A label and its text, wrapped beside the label: `seen      nothing until 60 s`. */
export const labelled = (
  label: string,
  text: string,
  { indent, label: labelWidth, width }: { indent: number; label: number; width: number },
): string[] => {
  const room = Math.max(20, width - indent - labelWidth);
  return wrap(harmless(text), room).map(
    (line, at) => ' '.repeat(indent) + padEnd(at === 0 ? label : '', labelWidth) + line,
  );
};
