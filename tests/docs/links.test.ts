import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, pages, projectFolder, proseOf, readPage } from './pages.ts';
import type { Page } from './pages.ts';

const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g;

/** What is wrong with one link of a page; addresses on the web are left alone. */
function linkFault({ path }: Page, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : normalize(join(dirname(path), file));
  if (target.startsWith('..')) return `${link} leads out of the project`;
  if (!existsSync(join(projectFolder, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(readPage(target)).has(anchor) ? undefined : `${link}: no such heading`;
}

const faultsOf = (page: Page): string[] =>
  [
    ...proseOf(page)
      .replaceAll(/`[^`]*`/g, '')
      .matchAll(LINK),
  ]
    .map((match) => linkFault(page, match[1] ?? ''))
    .filter((fault) => fault !== undefined);

describe('every link leads somewhere', () => {
  it.each(pages.map((page) => [page.path, page] as const))('%s', (_, page) => {
    expect(faultsOf(page)).toEqual([]);
  });

  it('and one that does not is found', () => {
    const text = '[a](gone.md) [b](verdicts.md#no-such-heading) [c](../../outside.md)';
    expect(faultsOf({ path: 'docs/x.md', text })).toHaveLength(3);
  });
});

describe('every page is found by somebody', () => {
  const linked = new Set(
    pages.flatMap((page) =>
      [...proseOf(page).matchAll(LINK)].map((match) =>
        normalize(join(dirname(page.path), (match[1] ?? '').split('#')[0] ?? '')),
      ),
    ),
  );
  const own = pages.filter(({ path }) => path.startsWith('docs/'));

  it.each(own.map(({ path }) => path))('%s is linked from another page', (path) => {
    // Each dependency's decision lies beside the others, under the name that package.json has.
    expect(linked.has(path) || path.startsWith('docs/decisions/')).toBe(true);
  });
});
