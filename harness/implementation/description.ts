/** Finds, reads and checks implementation.yaml. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { Position } from '../../simulators/kernel/errors.ts';
import type { Claims } from '../../simulators/kernel/events.ts';
import { diagnose } from '../scenario/diagnose.ts';
import type { SlipCodes } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { readSource } from '../scenario/source.ts';
import { templateProblems } from './check-templates.ts';
import type { DescriptionDoc } from './description-schema.ts';
import { descriptionSchema } from './description-schema.ts';
import type { Reach } from './reach-words.ts';

export interface Description {
  readonly doc: DescriptionDoc;
  /** Absolute; relative paths of the file start here. */
  readonly folder: string;
  /** As shown to people. */
  readonly file: string;
  readonly claims: Claims;
  /** Where a text stands in it first; undefined: nowhere, or not in a file. */
  readonly placeOf?: (text: string) => Position | undefined;
  readonly start: 'command' | 'container' | 'url' | 'module';
}

/** What slips in an implementation.yaml are called, that of an MLS stack included. */
export const DESCRIPTION_CODES: SlipCodes = {
  unknownKey: 'IMPLEMENTATION_UNKNOWN_KEY',
  unknownWord: 'IMPLEMENTATION_UNKNOWN_WORD',
  invalidValue: 'IMPLEMENTATION_INVALID_VALUE',
  missing: 'IMPLEMENTATION_KEY_MISSING',
};

function author(code: string, message: string, hint: string): BellwetherError {
  return new BellwetherError(message, { code, blame: 'author', hint });
}

/** `bellwether.implementation` of a package.json; a manifest that is no JSON names nothing. */
function namedIn(manifest: string): string | undefined {
  try {
    const parsed = JSON.parse(manifest) as { bellwether?: { implementation?: unknown } } | null;
    const named = parsed?.bellwether?.implementation;
    return typeof named === 'string' ? named : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Which description a run uses: the option, else `./implementation.yaml`, else
 * `bellwether.implementation` in package.json. Never a silent default: throws
 * IMPLEMENTATION_NOT_NAMED when there is none.
 */
export function findDescription(option: string | undefined, workingDirectory: string): string {
  if (option !== undefined) return resolve(workingDirectory, option);
  const beside = join(workingDirectory, 'implementation.yaml');
  if (existsSync(beside)) return beside;
  const manifest = join(workingDirectory, 'package.json');
  if (existsSync(manifest)) {
    const named = namedIn(readFileSync(manifest, 'utf8'));
    if (named !== undefined) return resolve(workingDirectory, named);
  }
  throw author(
    'IMPLEMENTATION_NOT_NAMED',
    'no implementation to test was named',
    'Give --implementation FILE, or put an implementation.yaml here.',
  );
}

/** Comments left out: what stands there is never filled in. */
function placeIn(file: string, lines: readonly string[], text: string): Position | undefined {
  for (const [index, sourceLine] of lines.entries()) {
    const column = sourceLine.replace(/(^|\s)#.*/, '').indexOf(text);
    if (column < 0) continue;
    return { file, line: index + 1, column: column + 1, sourceLine, length: text.length };
  }
  return undefined;
}

/** What a start threw, with its place where it is about a `${…}` of the description itself. */
export function withPlace(error: unknown, { placeOf }: Pick<Description, 'placeOf'>): unknown {
  if (!(error instanceof BellwetherError) || error.at !== undefined) return error;
  if (error.code !== 'IMPLEMENTATION_PLACEHOLDER') return error;
  const placeholder = /\$\{[^}]*\}/.exec(error.message)?.[0];
  const at = placeholder === undefined ? undefined : placeOf?.(placeholder);
  if (at === undefined) return error;
  const { code, blame, hint } = error;
  return new BellwetherError(error.message, {
    code,
    blame,
    at,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function startKind(doc: DescriptionDoc, file: string): Description['start'] {
  const given = (['command', 'container', 'url', 'module'] as const).filter(
    (kind) => doc.start[kind] !== undefined,
  );
  const kind = given[0];
  if (given.length !== 1 || kind === undefined) {
    throw author(
      'IMPLEMENTATION_START',
      `${file}: start must say exactly one of command, container, url, module ` +
        `(found: ${given.join(', ') || 'none'})`,
      'See docs/implementations.md.',
    );
  }
  return kind;
}

/** Where each way of reaching works, and what to do elsewhere. */
const REACHED: Readonly<Record<Reach, readonly Description['start'][]>> = {
  env: ['command', 'container', 'url', 'module'],
  proxy: ['command', 'container', 'url'],
  intercept: ['command', 'url'],
  hosts: ['container'],
};

function checkReach(doc: DescriptionDoc, start: Description['start'], file: string): void {
  const reach = doc.reach ?? 'env';
  if (REACHED[reach].includes(start)) return;
  throw author(
    'IMPLEMENTATION_REACH',
    `${file}: reach: ${reach} does not go with start: ${start}`,
    `It goes with ${REACHED[reach].join(', ')}.`,
  );
}

function checkContainer(doc: DescriptionDoc, file: string): void {
  const { container } = doc.start;
  if (container === undefined) return;
  if ((container.image === undefined) === (container.build === undefined)) {
    throw author(
      'IMPLEMENTATION_CONTAINER',
      `${file}: start.container must say exactly one of image, build`,
      'An image that is there, or a folder with a Dockerfile.',
    );
  }
  if ('stdio' in doc.send) {
    throw author(
      'IMPLEMENTATION_CONTAINER',
      `${file}: a container is not spoken with over stdio`,
      'Give it an HTTP door, or use start: { command: [docker, run, -i, …] }.',
    );
  }
}

/** `shown` is the path as people see it. Throws IMPLEMENTATION_UNREADABLE. */
export function descriptionText(file: string, shown: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
    };
    throw new BellwetherError(`cannot read ${shown} (${reasons[code] ?? code})`, {
      code: 'IMPLEMENTATION_UNREADABLE',
      blame: 'author',
      hint: 'Name the implementation.yaml itself with --implementation.',
      cause: error,
    });
  }
}

/** Reads and checks; throws BellwetherErrors with positions. */
export function loadDescription(file: string, workingDirectory: string): Description {
  const shown = relative(workingDirectory, file) || file;
  const text = descriptionText(file, shown);
  const { source, problems } = readSource(shown, text);
  if (problems.length > 0) throw new BellwetherErrors(problems);
  if ((source.value as { role?: unknown } | null)?.role === 'mls-client') {
    throw author(
      'IMPLEMENTATION_ROLE',
      `${shown} describes an MLS stack, which no scenario of messages can ask for anything`,
      `Judge it by itself: bellwether mls -i ${shown}`,
    );
  }
  const parsed = descriptionSchema.safeParse(source.value);
  if (!parsed.success) {
    throw new BellwetherErrors(
      diagnose(
        source,
        parsed.error.issues,
        (path) => knownKeys(descriptionSchema, path),
        [],
        DESCRIPTION_CODES,
      ),
    );
  }
  const doc = parsed.data;
  const slips = templateProblems(source);
  if (slips.length > 0) throw new BellwetherErrors(slips);
  const start = startKind(doc, shown);
  checkReach(doc, start, shown);
  checkContainer(doc, shown);
  return {
    doc,
    folder: dirname(file),
    file: shown,
    placeOf: (part) => placeIn(shown, text.split(/\r?\n/), part),
    start,
    claims: {
      channels: doc.claims.channels,
      gateways: doc.claims.gateways ?? [],
      sms: doc.claims.sms ?? [],
      push: doc.claims.push ?? [],
      callbacks: doc.claims.callbacks ?? [],
      idempotency: doc.claims.idempotency ?? false,
      ...(doc.claims.attachments === true && { attachments: true }),
      ...(doc.archive !== undefined && { archive: true }),
    },
  };
}
