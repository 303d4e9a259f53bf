/**
 * Device, carrier and policy profiles: those of the vocabulary, and the reader's own, which lie in
 * a folder `profiles/` beside the scenario and say by their first word what they are.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { z } from 'zod';
import { BellwetherError, BellwetherErrors, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { ProfileText, Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { overlayPolicy, rootPolicy } from '../scenario/policy.ts';
import { carrierProfileSchema, deviceProfileSchema, policyFileSchema } from '../scenario/schema.ts';
import type { Source } from '../scenario/source.ts';
import { checked, parseYaml, readText, readYaml } from './read-yaml.ts';
import type { WorldProfiles } from './resolve-world.ts';

/** The folder beside scenarios in which their authors keep profiles of their own. */
export const OWN_PROFILES = 'profiles';

type Texts = Readonly<Record<string, ProfileText>>;

/** What names can be looked up in; own profiles go over those that come with Bellwether. */
export interface Profiles {
  readonly world: WorldProfiles;
  readonly policies: Texts;
}

function readAll<T extends z.ZodType>(schema: T, texts: Texts): Record<string, z.output<T>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, { file, text }]) => [
      name,
      checked(schema, parseYaml(file, text)),
    ]),
  );
}

export function profilesIn(vocabulary: Vocabulary): Profiles {
  return {
    world: {
      devices: readAll(deviceProfileSchema, vocabulary.profiles.devices),
      carriers: readAll(carrierProfileSchema, vocabulary.profiles.carriers),
      gateways: vocabulary.gateways,
      gatewayChannels: vocabulary.gatewayChannels,
      gatewaysReading: vocabulary.gatewaysReading,
    },
    policies: vocabulary.profiles.policies,
  };
}

/** Adds what lies in `profiles/` of the scenario's folder. */
export function withOwnProfiles(
  base: Profiles,
  folder: string,
  workingDirectory: string,
): Profiles {
  const own = join(folder, OWN_PROFILES);
  if (!existsSync(own)) return base;
  const devices = { ...base.world.devices };
  const carriers = { ...base.world.carriers };
  const policies = { ...base.policies };
  for (const name of readdirSync(own).toSorted()) {
    if (!/\.ya?ml$/.test(name)) continue;
    const path = join(own, name);
    const shown = relative(workingDirectory, path) || path;
    const text = readText(path, shown);
    const source = parseYaml(shown, text);
    const keys = Object.keys((source.value ?? {}) as object);
    const word = name.replace(/\.ya?ml$/, '');
    if (keys.includes('device')) devices[word] = checked(deviceProfileSchema, source);
    else if (keys.includes('carrier-profile')) {
      carriers[word] = checked(carrierProfileSchema, source);
    } else if (keys.includes('policy')) policies[word] = { file: shown, text };
    else throw notAProfile(source);
  }
  return { world: { ...base.world, devices, carriers }, policies };
}

function notAProfile(source: Source): BellwetherError {
  return new BellwetherError('this file is no profile', {
    code: 'SCENARIO_PROFILE',
    blame: 'author',
    at: source.positionOf([]),
    hint: 'A profile says device: NAME, carrier-profile: NAME or policy: NAME.',
  });
}

/** The policy of a name or of a path relative to `folder`; undefined when there is none. */
export type FindPolicy = (nameOrPath: string) => Policy | undefined;

/**
 * Follows `extends`. Throws BellwetherErrors when a policy file is wrong, names a base that is not
 * there, or extends itself.
 */
export function policyFinder(policies: Texts, folder: string): FindPolicy {
  const read = (name: string): Source | undefined => {
    const known = Object.hasOwn(policies, name) ? policies[name] : undefined;
    if (known !== undefined) return parseYaml(known.file, known.text);
    const file = resolve(folder, name);
    return /\.ya?ml$/.test(name) && existsSync(file) ? readYaml(file, name) : undefined;
  };
  const find = (name: string, chain: readonly string[]): Policy | undefined => {
    const source = read(name);
    if (source === undefined) return undefined;
    const {
      bellwether: _version,
      policy,
      summary: _summary,
      ...doc
    } = checked(policyFileSchema, source);
    const own = policy ?? basename(name).replace(/\.ya?ml$/, '');
    if (name === 'default') return rootPolicy(doc, own);
    const parent = doc.extends ?? 'default';
    const base = [...chain, name].includes(parent) ? 'cycle' : find(parent, [...chain, name]);
    if (base === 'cycle' || base === undefined) {
      throw noBase(source, parent, base === 'cycle', Object.keys(policies));
    }
    return overlayPolicy(base, doc, own);
  };
  return (name) => find(name, []);
}

function noBase(source: Source, parent: string, cycle: boolean, names: string[]): BellwetherErrors {
  const near = nearestWord(parent, names);
  const message = cycle
    ? `extends: ${parent} leads back to this policy`
    : `extends: there is no policy called ${parent}`;
  const hint = near === undefined ? `Valid: ${names.join(', ')}.` : `Did you mean ${near}?`;
  return new BellwetherErrors([
    new BellwetherError(message, {
      code: 'SCENARIO_UNKNOWN_NAME',
      blame: 'author',
      at: source.positionOf(['extends']),
      hint: cycle ? 'Extend default, or another policy that does not extend this one.' : hint,
    }),
  ]);
}
