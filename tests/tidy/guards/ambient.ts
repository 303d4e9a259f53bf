import { parseSync, Visitor } from 'oxc-parser';
import { codeOf, lineOf } from '../project.ts';
import type { Complaint, Guard, ProjectFile } from '../project.ts';

/** Where real time and real randomness belong: the kernel, real processes, and what watches us. */
const free = [
  /^simulators\/kernel\//,
  /^examples\/.*\/((server|process-[a-z-]+)\.ts|service\.mjs)$/,
  // A program as others write theirs, which knows of no kernel.
  /^examples\/unit-tests\//,
  /^(tests|bench|\.ci)\//,
  /^vitest\.config\.ts$/,
];

const bannedGlobals = new Set(['setTimeout', 'setInterval', 'setImmediate', 'performance']);
const bannedProperties = new Map([
  ['Date', new Set(['now'])],
  ['Math', new Set(['random'])],
  ['process', new Set(['hrtime'])],
  ['AbortSignal', new Set(['timeout'])],
  ['globalThis', bannedGlobals],
]);
const bannedOfCrypto = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'randomFillSync',
  'getRandomValues',
]);
const bannedModules = /^(node:)?(timers|timers\/promises|perf_hooks)$/;

const isCryptoName = (name: string): boolean => /crypto$/i.test(name);

const ambientIn = ({ path, text }: ProjectFile): Complaint[] => {
  const found: Complaint[] = [];
  const add = (start: number, what: string): void => {
    const say = `reaches for ${what}; take it from the kernel as an argument`;
    found.push({ path, line: lineOf(text, start), say });
  };
  const { program, module } = parseSync(path, text);
  for (const { moduleRequest, entries, start } of module.staticImports) {
    const names = entries.filter((entry) => !entry.isType);
    if (names.length > 0 && bannedModules.test(moduleRequest.value)) {
      add(start, moduleRequest.value);
    }
    if (!/^(node:)?crypto$/.test(moduleRequest.value)) continue;
    for (const { importName } of names) {
      if (importName.name !== null && bannedOfCrypto.has(importName.name)) {
        add(start, importName.name);
      }
    }
  }
  new Visitor({
    CallExpression: ({ callee, start }) => {
      if (callee.type !== 'Identifier') return;
      if (bannedGlobals.has(callee.name) || callee.name === 'Date') add(start, callee.name);
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      const isNow = callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0;
      if (isNow) add(start, 'new Date()');
    },
    MemberExpression: ({ object, property, start }) => {
      if (property.type !== 'Identifier') return;
      const owner =
        object.type === 'Identifier'
          ? object.name
          : object.type === 'MemberExpression' && object.property.type === 'Identifier'
            ? object.property.name
            : undefined;
      if (owner === undefined) return;
      const banned =
        bannedProperties.get(owner)?.has(property.name) ||
        (owner === 'performance' && property.name === 'now') ||
        (isCryptoName(owner) && bannedOfCrypto.has(property.name));
      if (banned) add(start, `${owner}.${property.name}`);
    },
  }).visit(program);
  return found;
};

/** Ambient time and randomness. */
export const ambient: Guard = {
  promise: 'time and randomness come from the kernel, so that a seed repeats a run',
  check: (project) =>
    codeOf(project)
      .filter(({ path }) => !free.some((place) => place.test(path)))
      .flatMap(ambientIn),
};
