/**
 * Text → plain values with positions. YAML 1.2 only; duplicate keys, anchors, aliases, merge keys,
 * tags and %YAML directives are refused, because each of them lets a file mean something else than
 * it shows.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Node, Scalar, YAMLParseError } from 'yaml';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Position } from '../../simulators/kernel/errors.ts';

export type SourcePath = readonly (string | number)[];

export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Where the value (or, with `key`, the key itself) at a path stands; the nearest parent else. */
  positionOf(path: SourcePath, part?: 'key' | 'value'): Position;
}

/** As authors write it: `!!str` for `tag:yaml.org,2002:str`. */
function shortTag(tag: string): string {
  return tag.replace(/^tag:yaml\.org,2002:/, '!!');
}

function refusals(document: ReturnType<typeof parseDocument>): { node: Node; what: string }[] {
  const found: { node: Node; what: string }[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) found.push({ node, what: 'an alias (*name)' });
      else if ('anchor' in node && node.anchor) found.push({ node, what: 'an anchor (&name)' });
      else if (node.tag !== undefined) found.push({ node, what: `a tag (${shortTag(node.tag)})` });
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') {
        found.push({ node: pair.key, what: 'a merge key (<<)' });
      } else if (isScalar(pair.key) && pair.key.value === '__proto__') {
        // JavaScript would not see it as a key at all.
        found.push({ node: pair.key, what: 'the key __proto__' });
      }
    },
  });
  return found;
}

function yamlMessage(error: YAMLParseError, text: string): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a second document begins here';
  if (error.code !== 'DUPLICATE_KEY') return `invalid YAML: ${error.message}`;
  const key = /^[^\s:]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
  return `the key ${key} stands there twice`;
}

const YAML_HINT = 'Files are YAML 1.2; quote a text that holds : or # or begins with * & ! % @ `.';
const YAML_HINTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two; the other would silently be lost.',
  MULTIPLE_DOCS: 'Keep one document a file: remove the line --- or put the rest elsewhere.',
};

/** A key as the plain value has it: `1: x` is the key `1` in JavaScript too. */
function keyText(key: Scalar): string {
  return String(key.value);
}

/** Reads one YAML document. With problems, the value of the source is undefined. */
export function readSource(
  file: string,
  text: string,
): { source: Source; problems: BellwetherError[] } {
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
      new BellwetherError(yamlMessage(error, text), {
        code: error.code === 'DUPLICATE_KEY' ? 'SCENARIO_DUPLICATE_KEY' : 'SCENARIO_YAML',
        blame: 'author',
        at: at(error.pos[0], error.pos[1]),
        hint: YAML_HINTS[error.code] ?? YAML_HINT,
      }),
  );
  const refuse = (what: string, start: number, end: number, hint: string): void => {
    problems.push(
      new BellwetherError(`${what} is not allowed here`, {
        code: 'SCENARIO_YAML_FEATURE',
        blame: 'author',
        at: at(start, end),
        hint,
      }),
    );
  };
  if (document.directives?.yaml.explicit === true) {
    const start = Math.max(0, text.indexOf('%YAML'));
    refuse('a %YAML directive', start, start + 5, 'Remove the line: files are read as YAML 1.2.');
  }
  for (const { node, what } of refusals(document)) {
    const range = node.range ?? [0, 1, 1];
    refuse(what, range[0], range[1], 'Write the value out; use matrix or population for variety.');
  }
  if (document.contents === null && problems.length === 0) {
    problems.push(
      new BellwetherError('the file is empty', {
        code: 'SCENARIO_YAML',
        blame: 'author',
        at: at(0, 1),
        hint: 'Begin with bellwether: 1.',
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
          const wanted = String(step);
          const pair = node.items.find(
            (item) => isScalar(item.key) && keyText(item.key) === wanted,
          );
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
