/** What a test says of its world → a cell without traffic and faults. */
import { stringify } from 'yaml';
import type { z } from 'zod';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { compileFor, loadPlan } from '../plan/load.ts';
import type { scenarioSchema } from '../scenario/schema.ts';
import { readSource } from '../scenario/source.ts';

type ScenarioInput = z.input<typeof scenarioSchema>;

/** The `world:` of a scenario, as it stands in a file. */
export type WorldDescription = ScenarioInput['world'];

/** One fault of a scenario, as it stands in a file: `{ outage: 'gateway/rbm', mode: 'error' }`. */
export type FaultDescription = Readonly<Record<string, unknown>>;

/** A whole scenario, as it stands in a file. */
export type ScenarioDescription = Readonly<Record<string, unknown>>;

export interface CellDescription {
  /** The world itself; or a scenario's file, as `scenario` has it. */
  readonly world?: string | WorldDescription | undefined;
  /**
   * A scenario's file, its text, or what such a text says: the first cell of its matrix, without
   * traffic and faults. Instead of `world`.
   */
  readonly scenario?: string | ScenarioDescription | undefined;
  /** The name of a policy; default: the scenario's own, else `default`. */
  readonly policy?: string | undefined;
  readonly seed?: number | undefined;
}

/** Somebody with every channel, and somebody whose carrier has no encryption. */
export const DEFAULT_WORLD: WorldDescription = {
  carriers: { northtel: { e2ee: 'on' }, southtel: { e2ee: 'off' } },
  gateways: ['rbm', 'twilio', 'vonage', 'sinch', 'infobip'],
  sms: { via: 'northtel' },
  people: {
    ana: { device: 'android-16', carrier: 'northtel', app: 'on' },
    ben: { device: 'ios-26.5', carrier: 'southtel', app: 'on' },
  },
};

const SUITE = 'unit-tests';

interface Reading {
  readonly vocabulary: Vocabulary;
  /** What relative paths begin at. */
  readonly workingDirectory: string;
  readonly seeds: readonly number[];
}

function fromText(text: string, { vocabulary, seeds }: Reading, name = 'scenario'): Cell {
  const { source, problems } = readSource(name, text);
  if (problems.length > 0) throw new BellwetherErrors(problems);
  return compileFor(source, vocabulary, SUITE, seeds);
}

function fromFile(file: string, { vocabulary, workingDirectory, seeds }: Reading): Cell {
  const [cell] = loadPlan([file], { vocabulary, workingDirectory, seeds }).cells;
  if (cell !== undefined) return cell;
  throw new BellwetherError(`${file} holds no scenario`, {
    code: 'WORLD_NO_CELL',
    blame: 'author',
    hint: 'Name one scenario file; its world and its policy are taken.',
  });
}

function fromWorld(world: WorldDescription, policy: string | undefined, reading: Reading): Cell {
  const document = {
    bellwether: 1,
    scenario: SUITE,
    summary: 'A world alone.',
    duration: '1h',
    world,
    ...(policy === undefined ? {} : { policy }),
    traffic: {},
  };
  return fromText(stringify(document), reading, 'world');
}

/** A path has no line break, and no scenario is written in one line. */
const isText = (scenario: string): boolean => scenario.includes('\n');

function fromScenario(scenario: string | ScenarioDescription, reading: Reading): Cell {
  if (typeof scenario !== 'string') return fromText(stringify(scenario), reading);
  return isText(scenario) ? fromText(scenario, reading) : fromFile(scenario, reading);
}

/**
 * Throws BellwetherErrors with what is wrong with the description, SCENARIO_UNREADABLE, and
 * WORLD_NO_CELL where a file has no scenario.
 */
export function cellOf(
  description: CellDescription,
  vocabulary: Vocabulary,
  workingDirectory: string,
): Cell {
  const { policy, seed } = description;
  const reading = { vocabulary, workingDirectory, seeds: seed === undefined ? [] : [seed] };
  const described = description.scenario ?? description.world ?? DEFAULT_WORLD;
  if (description.scenario === undefined && typeof described !== 'string') {
    return fromWorld(described as WorldDescription, policy, reading);
  }
  const cell = { ...fromScenario(described, reading), traffic: [], faults: [] };
  if (policy === undefined) return cell;
  return { ...cell, policy: fromWorld(DEFAULT_WORLD, policy, reading).policy };
}
