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

export interface CellDescription {
  /** A scenario's file, of which the world and the policy count; or the world itself. */
  readonly world: string | WorldDescription;
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

function compiled(document: object, vocabulary: Vocabulary): Cell {
  const { source, problems } = readSource('world', stringify(document));
  if (problems.length > 0) throw new BellwetherErrors(problems);
  return compileFor(source, vocabulary, SUITE);
}

function documentOf({ world, policy, seed }: CellDescription): object {
  return {
    bellwether: 1,
    scenario: SUITE,
    summary: 'The world of a unit test.',
    duration: '1h',
    ...(seed === undefined ? {} : { seed }),
    world,
    ...(policy === undefined ? {} : { policy }),
    traffic: {},
  };
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
  const { world, seed } = description;
  if (typeof world !== 'string') return compiled(documentOf(description), vocabulary);
  const seeds = seed === undefined ? {} : { seeds: [seed] };
  const [cell] = loadPlan([world], { vocabulary, workingDirectory, ...seeds }).cells;
  if (cell !== undefined) return { ...cell, traffic: [], faults: [] };
  throw new BellwetherError(`${world} holds no scenario`, {
    code: 'WORLD_NO_CELL',
    blame: 'author',
    hint: 'Name one scenario file; its world and its policy are taken.',
  });
}
