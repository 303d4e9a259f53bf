/** What a test may expect of a world, told in the words of the reports when it does not hold. */
import type { EventOf } from '../../simulators/kernel/events.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { channelWords } from '../judge/wording.ts';
import type { SimulatedPerson, SimulatedWorld, Tracked } from './world-words.ts';

/** As Vitest and Jest take it. */
export interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

export interface MatcherContext {
  /** `expect(…).not`: the world is let come to rest before anybody says that a thing is not so. */
  readonly isNot: boolean;
}

interface Seen {
  readonly person: string;
  readonly channel: Channel;
  readonly device: string;
}

function patternWords(pattern: string | RegExp): string {
  return typeof pattern === 'string' ? `“${pattern}”` : String(pattern);
}

function seenWords(seen: readonly Seen[]): string {
  if (seen.length === 0) return 'Nobody saw it.';
  return seen
    .map(({ device, channel }) => `It was shown on ${device} by ${channelWords(channel)}.`)
    .join('\n');
}

function told(first: string, seen: readonly Seen[], world: SimulatedWorld): () => string {
  return () => {
    const story = world.story();
    const happened = story === '' ? 'Nothing has happened in the world.' : story;
    return `${first}\n${seenWords(seen)}\n\nWhat happened last:\n${happened}`;
  };
}

function trackedOf(value: unknown): Tracked {
  if (typeof value === 'object' && value !== null && 'pattern' in value) return value as Tracked;
  throw new BellwetherError('this matcher wants world.message(…)', {
    code: 'UNIT_TEST_SUBJECT',
    blame: 'author',
    hint: "Write expect(world.message('Your parcel')).toHaveReached('ana').",
  });
}

async function look(
  context: MatcherContext,
  world: SimulatedWorld,
  holds: () => boolean,
): Promise<boolean> {
  if (!context.isNot) return world.until(holds);
  await world.settle();
  return holds();
}

async function reached(this: MatcherContext, value: unknown, person: string): Promise<Outcome> {
  const tracked = trackedOf(value);
  const { world, pattern } = tracked;
  // A name that nobody has would make .not hold for ever.
  world.person(person);
  const pass = await look(this, world, () => tracked.seen.some((one) => one.person === person));
  const not = pass ? 'not to have' : 'to have';
  const first = `expected the message ${patternWords(pattern)} ${not} reached ${person}`;
  return { pass, message: told(first, tracked.seen, world) };
}

async function deliveredOn(
  this: MatcherContext,
  value: unknown,
  channel: Channel,
): Promise<Outcome> {
  const tracked = trackedOf(value);
  const { world, pattern } = tracked;
  const pass = await look(this, world, () => tracked.seen.some((one) => one.channel === channel));
  const not = pass ? 'not to be' : 'to be';
  const first =
    `expected the message ${patternWords(pattern)} ${not} delivered ` +
    `by ${channelWords(channel)} (${channel})`;
  return { pass, message: told(first, tracked.seen, world) };
}

async function received(
  this: MatcherContext,
  value: unknown,
  pattern: string | RegExp,
): Promise<Outcome> {
  const { world, id } = value as SimulatedPerson;
  return reached.call(this, world.message(pattern), id);
}

/** Who on the way could read a secret. */
function leaks(world: SimulatedWorld): string[] {
  const lines = world.history.flatMap((event) => {
    if (event.kind !== 'tap.scanned' || event.calibration === true) return [];
    return event.found.map(({ canary, as }) => {
      return `${canary} was readable for ${event.observer} at ${event.where}, as ${as}`;
    });
  });
  return [...new Set(lines)];
}

async function leakedNothing(this: MatcherContext, value: unknown): Promise<Outcome> {
  const world = value as SimulatedWorld;
  await world.settle();
  const scanned = world.history.some(
    (event) => event.kind === 'tap.scanned' && event.calibration !== true,
  );
  const { secrets } = world;
  if (secrets.length === 0 || !scanned) {
    const why =
      secrets.length === 0
        ? 'no secret was made: put world.secret(person) into a message first'
        : 'nothing went past anybody who could have read it';
    // Holds neither way: nothing was looked at.
    return { pass: this.isNot, message: () => `there was nothing to look for: ${why}` };
  }
  const found = leaks(world);
  const pass = found.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? `expected one of ${secrets.join(', ')} to be readable for somebody on the way`
        : `expected nobody on the way to read a secret\n${found.join('\n')}\n\n` +
          `What happened last:\n${world.story()}`,
  };
}

function unexpected(world: SimulatedWorld): string[] {
  const requests = world.history.filter(
    (event): event is EventOf<'door.request'> =>
      event.kind === 'door.request' && event.operation === 'unexpected',
  );
  return [
    ...requests.map(({ component, what }) => `${component} does not know ${what}`),
    ...world.strayed.map((what) => `no simulator stands for ${what}`),
  ];
}

async function understoodEverything(this: MatcherContext, value: unknown): Promise<Outcome> {
  const world = value as SimulatedWorld;
  await world.settle();
  const found = unexpected(world);
  const pass = found.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? 'expected a request that no vendor knows'
        : `expected every request to be one that its vendor knows\n${found.join('\n')}`,
  };
}

/** For `expect.extend`. */
export const matchers = {
  toHaveReached: reached,
  toBeDeliveredOn: deliveredOn,
  toHaveReceived: received,
  toHaveLeakedNothing: leakedNothing,
  toHaveUnderstoodEverything: understoodEverything,
} as const;

/** What these matchers are called with, after `expect(…)`. */
export interface WorldMatchers {
  /** `expect(world.message('Your parcel')).toHaveReached('ana')`: a phone of theirs showed it. */
  toHaveReached(person: string): Promise<void>;
  /** `expect(world.message('Your parcel')).toBeDeliveredOn('rcs-e2ee')`: shown from there. */
  toBeDeliveredOn(channel: Channel): Promise<void>;
  /** `expect(world.person('ana')).toHaveReceived(/parcel/)` */
  toHaveReceived(pattern: string | RegExp): Promise<void>;
  /** `expect(world).toHaveLeakedNothing()`: no secret was readable for anybody on the way. */
  toHaveLeakedNothing(): Promise<void>;
  /** `expect(world).toHaveUnderstoodEverything()`: no request that a vendor does not know. */
  toHaveUnderstoodEverything(): Promise<void>;
}
