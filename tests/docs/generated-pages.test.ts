import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generatedPages } from '../../.ci/generated-pages.ts';
import { helpOf } from '../../.ci/pages/cli-page.ts';

describe.each(generatedPages)('$path', ({ path, render }) => {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));

  it('says what its source says (otherwise: npm run docs)', async () => {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(await render());
  });
});

it('the page of commands is not written when a help cannot be', async () => {
  await expect(helpOf('no-such-command')).rejects.toThrow('no help of "no-such-command"');
});
