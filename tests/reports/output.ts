import type { ReporterOutput } from '../../reports/model.ts';

/** A reporter's surroundings that keep what is written. */
export const keepOutput = (part: Partial<ReporterOutput> & { columns?: number; tty?: boolean }) => {
  const printed: string[] = [];
  const files = new Map<string, string>();
  const { columns = 100, tty = false, ...rest } = part;
  const output: ReporterOutput = {
    stdout: { write: (text) => void printed.push(text), isTTY: tty, columns },
    folder: '/runs/one',
    writeFile: (name, text) => {
      files.set(name, typeof text === 'string' ? text : [...text].join(''));
    },
    colors: false,
    ci: false,
    files: ['report.json', 'report.html'],
    ...rest,
  };
  return { output, files, text: () => printed.join('') };
};
