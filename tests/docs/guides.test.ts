import { describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { createVocabulary } from '../../harness/compose.ts';
import { descriptionSchema } from '../../harness/implementation/description-schema.ts';
import { TEMPLATE_NAMES } from '../../harness/implementation/check-templates.ts';
import { loadDescription } from '../../harness/implementation/description.ts';
import { loadStackDescription } from '../../harness/mls/description.ts';
import { LOCALE_NAMES } from '../../harness/plan/message-text.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { scenarioSchema, suiteSchema } from '../../harness/scenario/schema.ts';
import { parseKnownFailures } from '../../harness/verdict/index.ts';
import { reporters } from '../../reports/formats/index.ts';
import { worldStage } from '../world/stage.ts';
import { blocksOf, pages, projectFolder, readPage } from './pages.ts';

interface Definition {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/** Every key that a schema knows, at any depth. */
function keysOf(schema: z.ZodType): string[] {
  const { shape, innerType, in: input, element, valueType, options } = schema.def as Definition;
  const own = Object.entries(shape ?? {}).flatMap(([key, value]) => [key, ...keysOf(value)]);
  const inner = [innerType, input, element, valueType, ...(options ?? [])];
  return [...own, ...inner.flatMap((one) => (one === undefined ? [] : keysOf(one)))];
}

/** Words of a page that stand as code, where keys and placeholders are looked for. */
const codeOf = (path: string): string =>
  [...readPage(path).text.matchAll(/`[^`\n]+`|^```[\s\S]*?^```/gm)]
    .map(([code]) => code)
    .join('\n');

const missingIn = (path: string, words: Iterable<string>): string[] => {
  const code = codeOf(path);
  const said = (word: string): boolean =>
    new RegExp(`(?<![\\w-])${word.replaceAll('.', String.raw`\.`)}(?![\\w-])`).test(code);
  return [...new Set(words)].filter((word) => !said(word));
};

const vocabulary = createVocabulary();

describe('docs/writing-a-scenario.md', () => {
  it('names every key of scenarios and suites', () => {
    expect(missingIn('docs/writing-a-scenario.md', keysOf(scenarioSchema))).toEqual([]);
    expect(missingIn('docs/writing-a-scenario.md', keysOf(suiteSchema))).toEqual([]);
  });

  it('names every message kind and locale', () => {
    expect(missingIn('docs/writing-a-scenario.md', vocabulary.messageKinds)).toEqual([]);
    expect(missingIn('docs/writing-a-scenario.md', LOCALE_NAMES)).toEqual([]);
  });
});

describe('docs/implementations.md', () => {
  it('names every key of implementation.yaml', () => {
    expect(missingIn('docs/implementations.md', keysOf(descriptionSchema))).toEqual([]);
  });

  it('names every placeholder of a call', () => {
    const names = Object.values(TEMPLATE_NAMES).flat();
    expect(missingIn('docs/implementations.md', names)).toEqual([]);
  });

  it('names every placeholder that a world fills in', async () => {
    const { world } = await worldStage();
    const names = Object.keys(world.environment);
    expect(names.length).toBeGreaterThan(20);
    const single = names.filter((name) => !name.startsWith('carrier.'));
    // A table row may give the parts of one component after its first placeholder: `.host`.
    const code = codeOf('docs/implementations.md');
    const told = single.filter((name) => {
      const part = name.slice(name.lastIndexOf('.'));
      return !code.includes(`\${${name}}`) && !code.includes(`\`${part}\``);
    });
    expect(told).toEqual([]);
  });
});

describe('docs/reports.md', () => {
  it('names every reporter and what it writes', () => {
    const files = Object.values(reporters).flatMap(({ file }) => (file === null ? [] : [file]));
    expect(missingIn('docs/reports.md', [...Object.keys(reporters), ...files])).toEqual([]);
  });
});

describe('YAML in the docs', () => {
  const yaml = pages.flatMap(blocksOf).filter(({ language }) => language === 'yaml');
  const beginning = (word: string) =>
    yaml
      .filter(({ text }) => new RegExp(`^${word}:`, 'm').test(text))
      .map((block) => [`${block.path}:${block.line}`, block.text] as const);

  const inFolder = (name: string, text: string, use: (file: string, folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'docs-'));
    try {
      const file = join(folder, name);
      writeFileSync(file, text);
      use(file, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it.each(beginning('scenario'))('%s: the scenario is valid', (_, text) => {
    inFolder('one.yaml', text, (file, workingDirectory) => {
      expect(loadPlan([file], { vocabulary, workingDirectory }).cells.length).toBeGreaterThan(0);
    });
  });

  it.each(beginning('implementation'))('%s: the description is valid', (_, text) => {
    inFolder('implementation.yaml', text, (file, folder) => {
      const load = /^role: mls-client$/m.test(text) ? loadStackDescription : loadDescription;
      expect(() => load(file, folder)).not.toThrow();
    });
  });

  it.each(beginning('known-failures'))('%s: the register is valid', (place, text) => {
    expect(parseKnownFailures(text, place).length).toBeGreaterThan(0);
  });

  it('there is some of each', () => {
    const kinds = ['scenario', 'implementation', 'known-failures'];
    expect(kinds.filter((word) => beginning(word).length === 0)).toEqual([]);
  });
});

describe('the README', () => {
  const { text } = readPage('README.md');

  it('shows on its first screen what it is, two commands, and a picture', () => {
    const screen = text.split('\n').slice(0, 20).join('\n');
    expect(screen).toMatch(/^npm start .*\nnpm test /m);
    expect(screen).toMatch(/!\[[^\]]+\]\(docs\/images\/report\.png\)/);
  });

  it('names commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/^npm (?:run (?:-s )?)?([\w:]+)/gm)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
  });
});
