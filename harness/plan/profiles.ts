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
import { checked, parseYaml, readYaml } from './read-yaml.ts';
import type { Lookup, WorldProfiles } from './resolve-world.ts';

/** The folder beside scenarios in which their authors keep profiles of their own. */
export const OWN_PROFILES = 'profiles';

/** A policy as it was written, and where. */
interface PolicyFile {
  readonly source: Source;
  readonly doc: z.output<typeof policyFileSchema>;
}

/** What names can be looked up in; own profiles go over those that come with Bellwether. */
export interface Profiles {
  readonly world: WorldProfiles;
  readonly policies: Lookup<PolicyFile>;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function lookup<T>(
  texts: Readonly<Record<string, ProfileText>>,
  read: (source: Source) => T,
): Lookup<T> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, { file, text }]) => [
      name,
      once(() => read(parseYaml(file, text))),
    ]),
  );
}

const readDevice = (source: Source) => checked(deviceProfileSchema, source);
const readCarrier = (source: Source) => checked(carrierProfileSchema, source);
const readPolicy = (source: Source): PolicyFile => ({
  source,
  doc: checked(policyFileSchema, source),
});

export function profilesIn(vocabulary: Vocabulary): Profiles {
  return {
    world: {
      devices: lookup(vocabulary.profiles.devices, readDevice),
      carriers: lookup(vocabulary.profiles.carriers, readCarrier),
      gateways: vocabulary.gateways,
      gatewayChannels: vocabulary.gatewayChannels,
      gatewaysReading: vocabulary.gatewaysReading,
    },
    policies: lookup(vocabulary.profiles.policies, readPolicy),
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
    const source = readYaml(path, shown);
    const keys = Object.keys((source.value ?? {}) as object);
    const word = name.replace(/\.ya?ml$/, '');
    if (keys.includes('device')) {
      const device = readDevice(source);
      devices[word] = () => device;
    } else if (keys.includes('carrier-profile')) {
      const carrier = readCarrier(source);
      carriers[word] = () => carrier;
    } else if (keys.includes('policy')) policies[word] = once(() => readPolicy(source));
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
export function policyFinder(policies: Profiles['policies'], folder: string): FindPolicy {
  const read = (name: string): PolicyFile | undefined => {
    const known = Object.hasOwn(policies, name) ? policies[name] : undefined;
    if (known !== undefined) return known();
    const file = resolve(folder, name);
    return /\.ya?ml$/.test(name) && existsSync(file) ? readPolicy(readYaml(file, name)) : undefined;
  };
  const find = (name: string, chain: readonly string[]): Policy | undefined => {
    const file = read(name);
    if (file === undefined) return undefined;
    const { bellwether: _version, policy, summary: _summary, ...doc } = file.doc;
    const own = policy ?? basename(name).replace(/\.ya?ml$/, '');
    if (name === 'default') return rootPolicy(doc, own);
    const parent = doc.extends ?? 'default';
    const base = [...chain, name].includes(parent) ? 'cycle' : find(parent, [...chain, name]);
    if (base === 'cycle' || base === undefined) {
      throw noBase(file.source, parent, base === 'cycle', Object.keys(policies));
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
