import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';

const vocabulary = createVocabulary();

/** A scenario of every block; tests replace one of its parts by another. */
export const SCENARIO = `bellwether: 1
scenario: small
summary: Alerts still arrive while the core is down.
duration: 10m
seed: 42
world:
  carriers:
    northtel: { e2ee: on }
    southcell: { sms: off }
  people:
    ana: { device: android-16, carrier: northtel, devices: 2 }
  population:
    size: 20
    mix:
      - { share: 70%, device: android-16, carrier: northtel }
      - { share: 30%, device: android-14, carrier: southcell }
traffic:
  alerts:
    to: population
    rate: 2/s
    during: 0s..5m
    message: { kind: fraud-alert, sensitivity: high }
faults:
  core-down: { outage: carrier/northtel/rcs, during: 60s..3m }
expect:
  - delivery: { of: alerts, at-least: 99%, within: 60s }
`;

/** Replaces one part of a text; a part that is not there is a mistake of the test. */
export function replaced(part: string, by: string, text = SCENARIO): string {
  expect(text).toContain(part);
  return text.replace(part, () => by);
}

/** Files in a folder that goes away with the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-scenario-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function planOfFiles(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
  options: { readonly seeds?: readonly number[]; readonly only?: string } = {},
): Plan {
  return loadPlan(paths, { vocabulary, workingDirectory: folderOf(files), ...options });
}

export function planOfText(text: string): Plan {
  return planOfFiles({ 'suite/small.yaml': text }, ['suite/small.yaml']);
}

/** The one cell of a scenario without a matrix. */
export function cellOfText(text: string): Cell {
  const [cell, ...more] = planOfText(text).cells;
  expect(more).toEqual([]);
  return cell!;
}

/** Everything that is said against some files. */
export function problemsOfFiles(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
): readonly BellwetherError[] {
  try {
    planOfFiles(files, paths);
  } catch (error) {
    if (error instanceof BellwetherErrors) return error.problems;
    if (error instanceof BellwetherError) return [error];
    throw error;
  }
  return [];
}

export function problemsOfText(text: string): readonly BellwetherError[] {
  return problemsOfFiles({ 'suite/small.yaml': text }, ['suite/small.yaml']);
}

/** The one problem of a text, with what its caret underlines. */
export function problemOf(text: string): {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly place: string;
  readonly underlined: string;
} {
  const problems = problemsOfText(text);
  expect(problems.map(({ message }) => message)).toHaveLength(1);
  const { code, message, hint = '', at } = problems[0]!;
  const from = (at?.column ?? 1) - 1;
  return {
    code,
    message,
    hint,
    place: `${at?.file ?? '?'}:${at?.line ?? 0}:${at?.column ?? 0}`,
    underlined: at?.sourceLine?.slice(from, from + (at.length ?? 1)) ?? '',
  };
}
