/** zod's issues → errors with file, line, column, the offending text and the nearest valid word. */
import type { z } from 'zod';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Source, SourcePath } from './source.ts';

type Issue = z.core.$ZodIssue;

/** Names the keys a strict object would have taken, found by walking the schema along the path. */
export type KnownKeys = (path: SourcePath) => readonly string[];

function at(value: unknown, path: SourcePath): unknown {
  let here = value;
  for (const step of path) here = (here as Record<string | number, unknown> | undefined)?.[step];
  return here;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A path as people write it: `faults.core-down.during`. */
export function pathText(path: SourcePath): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').slice(1);
}

function unknownKeys(source: Source, path: SourcePath, keys: readonly string[], known: readonly string[]) {
  return keys.map((key) => {
    const near = nearestWord(key, known);
    const list = known.length > 0 ? `Valid here: ${known.join(', ')}.` : undefined;
    const hint = near === undefined ? list : `Did you mean ${near}?`;
    const where = path.length === 0 ? 'at the top level' : `in ${pathText(path)}`;
    return new BellwetherError(`unknown key ${key} ${where}`, {
      code: 'SCENARIO_UNKNOWN_KEY',
      blame: 'author',
      at: source.positionOf([...path, key], 'key'),
      ...(hint === undefined ? {} : { hint }),
    });
  });
}

/** The errors of one issue; a union reports its closest member's. */
function ofIssue(source: Source, base: SourcePath, issue: Issue, known: KnownKeys): BellwetherError[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const written = at(source.value, path);
  const name = pathText(path) || 'the file';
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(source, path, issue.keys, known(path));
    case 'invalid_value': {
      const words = issue.values.map(String);
      const near = typeof written === 'string' ? nearestWord(written, words) : undefined;
      const list = `Valid: ${words.join(', ')}.`;
      return [
        new BellwetherError(`${name}: ${show(written)} is not one of the words allowed here`, {
          code: 'SCENARIO_UNKNOWN_WORD',
          blame: 'author',
          at: source.positionOf(path),
          hint: near === undefined ? list : `Did you mean ${near}? ${list}`,
        }),
      ];
    }
    case 'invalid_union': {
      const members = issue.errors.toSorted((a, b) => a.length - b.length);
      const closest = members[0]?.[0];
      if (closest !== undefined && closest.path.length > 0) {
        return ofIssue(source, path, closest, known);
      }
      break;
    }
    default:
      break;
  }
  const missing = written === undefined && issue.code === 'invalid_type';
  return [
    new BellwetherError(
      missing ? `${name} is missing` : `${name}: ${show(written)}: ${issue.message}`,
      {
        code: missing ? 'SCENARIO_MISSING' : 'SCENARIO_INVALID_VALUE',
        blame: 'author',
        at: source.positionOf(path),
        hint: missing ? issue.message : 'Correct the value at this place.',
      },
    ),
  ];
}

export function diagnose(
  source: Source,
  issues: readonly Issue[],
  known: KnownKeys,
  base: SourcePath = [],
): BellwetherError[] {
  return issues.flatMap((issue) => ofIssue(source, base, issue, known));
}
