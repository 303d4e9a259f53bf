import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How much of a part is there: all that it promises, some of it, or nothing that a test shows. */
export type PartState = 'real' | 'partial' | 'absent';

/** One part of the project and what proves it. */
export interface Part {
  readonly name: string;
  readonly state: PartState;
  /**
   * Test files from the project's folder, globs allowed: `tests/kernel/*.test.ts`; after ` > `
   * words of a test's title: `tests/tidy.test.ts > the guard bites`. What only CI can do names its
   * step: `.ci/check-package`.
   */
  readonly proofs: readonly string[];
  /** What is missing (demanded of a partial one) or worth knowing; may be empty. */
  readonly note: string;
}

/** A group of parts, such as one item of an issue. */
export interface StatusGroup {
  readonly title: string;
  readonly parts: readonly Part[];
}

/** Writes one part in one line of data. */
export const part = (
  name: string,
  state: PartState,
  proofs: readonly string[] = [],
  note = '',
): Part => ({ name, state, proofs, note });

/** What is wrong with one proof: it has to name test files that exist and titles in them. */
const proofFault = (proof: string, root: string): string | undefined => {
  const [pattern = '', title] = proof.split(' > ');
  if (!/^(tests\/.*\.test\.ts|\.ci\/.*)$/.test(pattern)) {
    return `"${proof}" is no test file below tests/ and no step below .ci/`;
  }
  const paths = globSync(pattern, { cwd: root });
  if (paths.length === 0) return `"${proof}" names no file that exists`;
  if (title === undefined) return undefined;
  const found = paths.some((path) => readFileSync(join(root, path), 'utf8').includes(title));
  return found ? undefined : `"${proof}" names a title that is not there`;
};

const partFaults = (one: Part, root: string): string[] => {
  const faults = one.proofs
    .map((proof) => proofFault(proof, root))
    .filter((fault) => fault !== undefined);
  if (one.state === 'absent' && one.proofs.length > 0) faults.push('is absent, yet has proofs');
  if (one.state !== 'absent' && one.proofs.length === 0) faults.push('has no test that proves it');
  if (one.state === 'partial' && one.note === '') faults.push('is partial and does not say why');
  return faults.map((fault) => `${one.name}: ${fault}`);
};

/** Everything in the data that a reader could not rely on. */
export const statusFaults = (groups: readonly StatusGroup[], root: string): string[] =>
  groups.flatMap(({ parts }) => parts.flatMap((one) => partFaults(one, root)));

const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = ({ name, state, proofs, note }: Part): string => {
  const files = proofs.map((proof) => `\`${proof}\``).join('<br>');
  const shown = state === 'absent' ? state : `**${state}**`;
  return `| ${[name, shown, files, note].map(cell).join(' | ')} |`;
};

/** The page `docs/status.md`. */
export const renderStatus = (groups: readonly StatusGroup[]): string => {
  const all = groups.flatMap(({ parts }) => parts);
  const count = (state: PartState): number => all.filter((one) => one.state === state).length;
  const head = [
    '# What is built, and what is not',
    '',
    '<!-- Generated from docs/status/ by npm run docs. -->',
    '',
    '_real_: does what it promises, and the named tests show it. ' +
      '_partial_: some of it, and the note',
    'says what is missing. _absent_: nothing that a test shows.',
    '',
    `${count('real')} real, ${count('partial')} partial, ${count('absent')} absent.`,
  ];
  const sections = groups.flatMap(({ title, parts }) => [
    '',
    `## ${title}`,
    '',
    '| part | state | shown by | note |',
    '| --- | --- | --- | --- |',
    ...parts.map(row),
  ]);
  return [...head, ...sections, ''].join('\n');
};
