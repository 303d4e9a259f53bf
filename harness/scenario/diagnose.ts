/** zod's issues → errors with file, line, column, the offending text and the nearest valid word. */
import type { z } from 'zod';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Source, SourcePath } from './source.ts';

type Issue = z.core.$ZodIssue;

/** Names the keys a strict object would have taken, found by walking the schema along the path. */
export type KnownKeys = (path: SourcePath) => readonly string[];

/** What the slips of one kind of file are called. */
export interface SlipCodes {
  readonly unknownKey: string;
  readonly unknownWord: string;
  readonly invalidValue: string;
  readonly missing: string;
}

const SCENARIO_CODES: SlipCodes = {
  unknownKey: 'SCENARIO_UNKNOWN_KEY',
  unknownWord: 'SCENARIO_UNKNOWN_WORD',
  invalidValue: 'SCENARIO_INVALID_VALUE',
  missing: 'SCENARIO_MISSING',
};

/** How the issues of one file become errors. */
interface Reading {
  readonly source: Source;
  readonly known: KnownKeys;
  readonly codes: SlipCodes;
}

function at(value: unknown, path: SourcePath): unknown {
  let here = value;
  for (const step of path)
    here = (here as Record<string | number, unknown> | null | undefined)?.[step];
  return here;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no word for .inf and .nan.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A path as people write it: `faults.core-down.during`. */
export function pathText(path: SourcePath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

function unknownKeys(
  { source, codes, known: knownAt }: Reading,
  path: SourcePath,
  keys: readonly string[],
) {
  const known = knownAt(path);
  return keys.map((key) => {
    const near = nearestWord(key, known);
    const list = known.length > 0 ? `Valid here: ${known.join(', ')}.` : undefined;
    const hint = near === undefined ? list : `Did you mean ${near}?`;
    const where = path.length === 0 ? 'at the top level' : `in ${pathText(path)}`;
    return new BellwetherError(`unknown key ${key} ${where}`, {
      code: codes.unknownKey,
      blame: 'author',
      at: source.positionOf([...path, key], 'key'),
      ...(hint === undefined ? {} : { hint }),
    });
  });
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** zod's own sentence in the words of an author; ours, which say what is expected, stay. */
function wording(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid input')
        ? `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}`
        : issue.message;
    case 'too_small': {
      const atLeast = issue.inclusive === false ? 'more than' : 'at least';
      if (issue.origin === 'array') return `expected ${atLeast} ${issue.minimum} in the list`;
      return issue.message.startsWith('Too small')
        ? `expected ${atLeast} ${issue.minimum}`
        : issue.message;
    }
    case 'too_big':
      return issue.message.startsWith('Too big')
        ? `expected at most ${issue.maximum}`
        : issue.message;
    default:
      return issue.message;
  }
}

/** What the members of a union would have taken: `a text or a list`. */
function alternatives(members: readonly (readonly Issue[])[]): string {
  const words = members.map(([first]) => {
    if (first?.code === 'invalid_value') return first.values.join(' or ');
    if (first?.code === 'invalid_type') return TYPE_WORDS[first.expected] ?? first.expected;
    return first?.message ?? '';
  });
  return `expected ${[...new Set(words.filter((word) => word !== ''))].join(' or ')}`;
}

/** The member of a union that was meant: of the written shape, with the fewest problems. */
function meantMember(members: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const isOtherShape = ({ path, code }: Issue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  return members
    .filter((member) => member.length > 0 && !member.some(isOtherShape))
    .toSorted((a, b) => a.length - b.length)[0];
}

/** The errors of one issue; a union reports those of the member that was meant. */
function ofIssue(reading: Reading, base: SourcePath, issue: Issue): BellwetherError[] {
  const { source, known, codes } = reading;
  const path = [...base, ...(issue.path as (string | number)[])];
  const written = at(source.value, path);
  const name = pathText(path) || 'the file';
  const one = (code: string, message: string, hint: string, part?: 'key'): BellwetherError[] => [
    new BellwetherError(message, {
      code,
      blame: 'author',
      at: source.positionOf(path, part),
      hint,
    }),
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(reading, path, issue.keys);
    case 'invalid_key': {
      const why = issue.issues[0]?.message ?? 'it is not a name';
      return one(codes.invalidValue, `${name}: ${why}`, 'Give it another name.', 'key');
    }
    case 'invalid_value': {
      if (written === undefined) break;
      const words = issue.values.map(String);
      const near = typeof written === 'string' ? nearestWord(written, words) : undefined;
      const list = `Valid: ${words.join(', ')}.`;
      return one(
        codes.unknownWord,
        `${name}: ${show(written)} is not one of the words allowed here`,
        near === undefined ? list : `Did you mean ${near}? ${list}`,
      );
    }
    case 'invalid_union': {
      if (written === undefined || !issue.message.startsWith('Invalid input')) break;
      const keys = typeof written === 'object' && written !== null ? Object.keys(written) : [];
      const valid = known(path);
      const strangers = Array.isArray(written) ? [] : keys.filter((key) => !valid.includes(key));
      if (strangers.length > 0 && valid.length > 0) {
        return unknownKeys(reading, path, strangers);
      }
      const meant = meantMember(issue.errors);
      if (meant !== undefined) return meant.flatMap((inner) => ofIssue(reading, path, inner));
      return one(
        codes.invalidValue,
        `${name}: ${show(written)}: ${alternatives(issue.errors)}`,
        'Correct the value at this place.',
      );
    }
    default:
      break;
  }
  if (written === undefined) {
    const said = wording(issue);
    const hint = said.startsWith('Invalid input') ? `Add ${String(path.at(-1) ?? 'it')}.` : said;
    return one(codes.missing, `${name} is missing`, hint);
  }
  return one(
    codes.invalidValue,
    `${name}: ${show(written)}: ${wording(issue)}`,
    'Correct the value at this place.',
  );
}

/** The codes are those of a scenario where none are given. */
export function diagnose(
  source: Source,
  issues: readonly Issue[],
  known: KnownKeys,
  base: SourcePath = [],
  codes: SlipCodes = SCENARIO_CODES,
): BellwetherError[] {
  return issues.flatMap((issue) => ofIssue({ source, known, codes }, base, issue));
}
