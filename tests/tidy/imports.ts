import { parseSync, Visitor } from 'oxc-parser';
import { posix } from 'node:path';
import { lineOf } from './project.ts';
import type { ProjectFile } from './project.ts';

/** One import of any kind: static, re-export, dynamic, or a type's `import('…')`. */
export interface ImportFact {
  /** As written; undefined where it is computed at run time. */
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
  readonly line: number;
}

const literal = (source: string): string | undefined => /^(['"`])([^$]*)\1$/s.exec(source)?.[2];

/** Every import of a file, in order. */
export const importsOf = ({ path, text }: ProjectFile): ImportFact[] => {
  const { module, program } = parseSync(path, text);
  const facts: (ImportFact & { start: number })[] = [];
  const add = (specifier: string | undefined, typeOnly: boolean, start: number): void => {
    facts.push({ specifier, typeOnly, line: lineOf(text, start), start });
  };
  for (const one of module.staticImports) {
    const typeOnly = one.entries.length > 0 && one.entries.every((entry) => entry.isType);
    add(one.moduleRequest.value, typeOnly, one.start);
  }
  for (const one of module.staticExports) {
    const from = one.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (!from) continue;
    add(
      from.value,
      one.entries.every((entry) => entry.isType),
      one.start,
    );
  }
  for (const one of module.dynamicImports) {
    const source = text.slice(one.moduleRequest.start, one.moduleRequest.end);
    add(literal(source), false, one.start);
  }
  new Visitor({
    TSImportType: (node) => add(node.source.value, true, node.start),
  }).visit(program);
  return facts.sort((left, right) => left.start - right.start);
};

/** The project path that a relative specifier means. */
export const resolveRelative = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier);
