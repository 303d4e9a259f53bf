import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** A page as a reader has it before them. */
export interface Page {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

export const readPage = (path: string): Page => ({
  path,
  text: readFileSync(join(projectFolder, path), 'utf8'),
});

/** Everything that is written for readers. */
export const pages: readonly Page[] = globSync(
  [
    '*.md',
    'docs/**/*.md',
    '{examples,harness,simulators,reports,scenarios,bench,tests}/**/README.md',
  ],
  { cwd: projectFolder, exclude: ['**/node_modules/**', 'tests/fixtures/**'] },
)
  .toSorted()
  .map(readPage);

/** A fenced block with the words of the comment before it (`<!-- run -->`), if there is one. */
export interface Block {
  readonly path: string;
  readonly line: number;
  readonly language: string;
  readonly remark: string;
  readonly text: string;
}

const FENCE = /(?:<!-- (?<remark>[^\n]*?) -->\n\n)?^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

export const blocksOf = ({ path, text }: Page): Block[] =>
  [...text.matchAll(FENCE)].map((match) => ({
    path,
    line: text.slice(0, match.index).split('\n').length,
    language: match.groups?.['language'] ?? '',
    remark: match.groups?.['remark'] ?? '',
    text: match.groups?.['text'] ?? '',
  }));

/** Prose and tables: what is left without fenced blocks. */
export const proseOf = ({ text }: Page): string => text.replaceAll(FENCE, '');

const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

/** The names by which a link may point into a page. */
export const anchorsOf = (page: Page): ReadonlySet<string> =>
  new Set([...proseOf(page).matchAll(/^#{1,6} (.*)$/gm)].map((match) => anchorOf(match[1] ?? '')));
