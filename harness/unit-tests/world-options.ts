/** Options of a world, as JavaScript may give them: each mistake is told, with what is expected. */
import { BellwetherError, BellwetherErrors, nearestWord } from '../../simulators/kernel/errors.ts';
import type { WorldOptions } from './world-words.ts';

interface Expected {
  readonly holds: (value: unknown) => boolean;
  readonly words: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (value: unknown): boolean => typeof value === 'string' && value !== '';

const OPTIONS: Readonly<Record<keyof WorldOptions, Expected>> = {
  world: {
    holds: (value) => text(value) || isRecord(value),
    words: 'a scenario’s world: as an object, or a scenario’s file',
  },
  scenario: {
    holds: (value) => text(value) || isRecord(value),
    words: 'a scenario’s file, its text, or the same as an object',
  },
  policy: { holds: text, words: 'the name of a policy' },
  seed: {
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    words: 'a whole number from 0',
  },
  clock: { holds: (value) => value === 'virtual' || value === 'wall', words: 'virtual or wall' },
  date: {
    holds: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
    words: 'a valid Date',
  },
  magic: { holds: (value) => typeof value === 'boolean', words: 'true or false' },
  workingDirectory: { holds: text, words: 'the folder that relative paths begin at' },
};

function problem(message: string, hint: string): BellwetherError {
  return new BellwetherError(message, { code: 'WORLD_OPTION', blame: 'author', hint });
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? `“${value}”` : String(value);
}

/** Throws BellwetherErrors (WORLD_OPTION) with everything that is wrong with them. */
export function checkWorldOptions(options: unknown): void {
  const names = Object.keys(OPTIONS);
  const known = `The options are ${names.join(', ')}.`;
  if (!isRecord(options)) {
    throw problem(`a world is made from an object of options, not from ${shown(options)}`, known);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const problems = given.flatMap(([name, value]) => {
    const expected = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof WorldOptions] : undefined;
    if (expected === undefined) {
      const near = nearestWord(name, names);
      const hint = near === undefined ? known : `Did you mean “${near}”?`;
      return [problem(`a world has no option “${name}”`, hint)];
    }
    if (expected.holds(value)) return [];
    return [problem(`a world’s ${name} cannot be ${shown(value)}`, `Give ${expected.words}.`)];
  });
  if (options['scenario'] !== undefined && options['world'] !== undefined) {
    problems.push(problem('a world has either scenario or world', 'Leave out one of the two.'));
  }
  if (problems.length > 0) throw new BellwetherErrors(problems);
}
