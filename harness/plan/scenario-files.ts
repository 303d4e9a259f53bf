/** Paths → scenario files, in order: folders are walked, suite files stand for what they list. */
import { readdirSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { suiteSchema } from '../scenario/schema.ts';
import { OWN_PROFILES } from './profiles.ts';
import { checked, readText, readYaml, unreadable } from './read-yaml.ts';

export interface ScenarioFile {
  /** Absolute. */
  readonly file: string;
  /** As shown to people. */
  readonly shown: string;
  /** The suite that lists it; undefined = the folder's name. */
  readonly suite: string | undefined;
  /** Top-level keys that the suite gives to scenarios without them, as written. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

const NOT_SCENARIOS = new Set(['policies', OWN_PROFILES, 'node_modules']);

/** By code units, not by the machine's language: the order is part of the plan. */
function byName(a: { name: string }, b: { name: string }): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function statOf(path: string, shown: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, shown, error);
  }
}

function namesIn(folder: string, shown: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, shown, error);
  }
}

/** `above` holds the suite files on the way here, so that none can list itself. */
export function scenarioFiles(
  path: string,
  shown: string,
  above: readonly string[] = [],
): ScenarioFile[] {
  if (!statOf(path, shown).isDirectory()) return expandSuite(path, shown, above);
  return namesIn(path, shown)
    .toSorted(byName)
    .filter(({ name }) => !name.startsWith('.') && !NOT_SCENARIOS.has(name))
    .flatMap((entry) => {
      const child = join(path, entry.name);
      const childShown = join(shown, entry.name);
      if (entry.isDirectory()) return scenarioFiles(child, childShown, above);
      return /\.ya?ml$/.test(entry.name) ? expandSuite(child, childShown, above) : [];
    });
}

function expandSuite(file: string, shown: string, above: readonly string[]): ScenarioFile[] {
  if (!/^suite:/m.test(readText(file, shown))) {
    return [{ file, shown, suite: undefined, defaults: {} }];
  }
  // A folder that a suite lists may hold the suite itself: it stands for its scenarios only once.
  if (above.includes(file)) return [];
  const source = readYaml(file, shown);
  const doc = checked(suiteSchema, source);
  const defaults = (source.value as { defaults?: Record<string, unknown> }).defaults ?? {};
  return doc.scenarios.flatMap((entry, index) => {
    const path = resolve(dirname(file), entry);
    try {
      return scenarioFiles(path, join(dirname(shown), entry), [...above, file]).map((one) => ({
        ...one,
        suite: one.suite ?? doc.suite,
        defaults: { ...defaults, ...one.defaults },
      }));
    } catch (error) {
      if (!(error instanceof BellwetherError) || error.at !== undefined) throw error;
      const { code, blame, hint, cause } = error;
      throw new BellwetherError(error.message, {
        code,
        blame,
        cause,
        ...(hint === undefined ? {} : { hint }),
        at: source.positionOf(['scenarios', index]),
      });
    }
  });
}
