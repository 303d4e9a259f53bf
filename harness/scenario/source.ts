/**
 * Text → plain values with positions. YAML 1.2 only; duplicate keys, anchors, aliases, merge keys
 * and tags are refused, because each of them lets a file mean something else than it shows.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Node } from 'yaml';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Position } from '../../simulators/kernel/errors.ts';

export type SourcePath = readonly (string | number)[];

export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Where the value (or, with `key`, the key itself) at a path stands; the nearest parent else. */
  positionOf(path: SourcePath, part?: 'key' | 'value'): Position;
}

function refusals(document: ReturnType<typeof parseDocument>): { node: Node; what: string }[] {
  const found: { node: Node; what: string }[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) found.push({ node, what: 'an alias (*name)' });
      else if ('anchor' in node && node.anchor) found.push({ node, what: 'an anchor (&name)' });
      else if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        found.push({ node, what: `a tag (${node.tag})` });
      }
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') {
        found.push({ node: pair.key, what: 'a merge key (<<)' });
      }
    },
  });
  return found;
}

/** Reads one YAML document; throws the first problems found as one BellwetherError list. */
export function readSource(file: string, text: string): { source: Source; problems: BellwetherError[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    uniqueKeys: true,
    merge: false,
    lineCounter: counter,
    prettyErrors: false,
  });
  const lines = text.split(/\r?\n/);
  const at = (start: number, end: number): Position => {
    const { line, col } = counter.linePos(start);
    const sourceLine = lines[line - 1] ?? '';
    const length = Math.max(1, Math.min(end - start, sourceLine.length - col + 1));
    return { file, line: Math.max(1, line), column: Math.max(1, col), sourceLine, length };
  };
  const problems = document.errors.map(
    (error) =>
      new BellwetherError(error.message, {
        code: error.code === 'DUPLICATE_KEY' ? 'SCENARIO_DUPLICATE_KEY' : 'SCENARIO_YAML',
        blame: 'author',
        at: at(error.pos[0], error.pos[1]),
        hint:
          error.code === 'DUPLICATE_KEY'
            ? 'Keep one of the two; the other would silently be lost.'
            : 'This is not valid YAML 1.2.',
      }),
  );
  for (const { node, what } of refusals(document)) {
    const range = node.range ?? [0, 1, 1];
    problems.push(
      new BellwetherError(`${what} is not allowed in a scenario`, {
        code: 'SCENARIO_YAML_FEATURE',
        blame: 'author',
        at: at(range[0], range[1]),
        hint: 'Write the value out; use matrix or population for variety.',
      }),
    );
  }
  const source: Source = {
    file,
    value: problems.length === 0 ? (document.toJS({ maxAliasCount: 0 }) as unknown) : undefined,
    positionOf: (path, part = 'value') => {
      let node: unknown = document.contents;
      let keyNode: unknown;
      for (const step of path) {
        if (isMap(node)) {
          const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
          if (pair === undefined) break;
          keyNode = pair.key;
          node = pair.value;
        } else if (isSeq(node)) {
          keyNode = node.items[step as number];
          node = keyNode;
        } else break;
      }
      const chosen = (part === 'key' ? keyNode : node) ?? keyNode ?? document.contents;
      const range = (chosen as Node | null)?.range ?? [0, 1, 1];
      return at(range[0], range[1]);
    },
  };
  return { source, problems };
}
