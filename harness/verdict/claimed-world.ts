/**
 * Is there anything in a cell's world that an implementation could do what is asked with? Only what
 * its own claims close counts: a person whom nobody can reach is a scenario's business.
 */
import {
  doorOf,
  faultsOutside,
  isClaimedWay,
  kindsOfPeople,
} from '../../simulators/kernel/claimed-ways.ts';
import type { Claims } from '../../simulators/kernel/claims.ts';
import { pathsOf } from '../../simulators/kernel/paths.ts';
import type { Cell, PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import { CHANNELS } from '../../simulators/kernel/words.ts';
import type { Channel } from '../../simulators/kernel/words.ts';

type Path = readonly string[];

/** The centre of a way that begins with one has many names, and one protocol. */
const CENTRE = 'an SMS centre (smpp)';

function isClosed(paths: readonly Path[], claims: Claims): boolean {
  return paths.length > 0 && !paths.some((path) => isClaimedWay(path, claims));
}

function sentence(what: string, paths: readonly Path[], claims: Claims): string {
  const doors = paths.map(([first]) => doorOf(first ?? ''));
  const offered = doors.map((door) => (door?.claim === 'sms' ? CENTRE : (door?.name ?? '')));
  const isPush = doors.map((door) => door?.claim === 'push');
  const claimed = [
    ...(isPush.includes(false) ? [...claims.gateways, ...claims.sms] : []),
    ...(isPush.includes(true) ? claims.push : []),
  ];
  return (
    `Its world has ${what} that the implementation claims ` +
    `(${claimed.join(', ') || 'it names none'}): it has ${[...new Set(offered)].join(' and ')}.`
  );
}

class ClaimedWorld {
  readonly #cell: Cell;
  readonly #claims: Claims;
  readonly #people: readonly PersonPlan[];

  constructor(cell: Cell, claims: Claims) {
    this.#cell = cell;
    this.#claims = claims;
    this.#people = kindsOfPeople(cell);
  }

  #recipients({ to }: TrafficPlan): PersonPlan[] {
    return this.#people.filter(({ id }) => to.includes(id));
  }

  get #sent(): TrafficPlan[] {
    return this.#cell.traffic.filter(({ from }) => from === null);
  }

  /** What its class may use, and the implementation does. */
  #usable({ message }: TrafficPlan): Channel[] {
    const { preference, allowed } = this.#cell.policy;
    return preference.filter(
      (channel) =>
        allowed[message.sensitivity].includes(channel) && this.#claims.channels.includes(channel),
    );
  }

  #ways(people: readonly PersonPlan[], channels: readonly Channel[]): Path[] {
    return people.flatMap((person) =>
      channels.flatMap((channel) => pathsOf(this.#cell, person, channel)),
    );
  }

  #closed(what: string, people: readonly PersonPlan[], channels: readonly Channel[]): string[] {
    const paths = this.#ways(people, channels);
    return isClosed(paths, this.#claims) ? [sentence(what, paths, this.#claims)] : [];
  }

  /** A channel that is required, and that nobody who is written to can be reached by. */
  *#requiredChannels(): Generator<string> {
    const people = this.#people.filter(({ id }) => this.#sent.some(({ to }) => to.includes(id)));
    for (const word of this.#cell.requires) {
      const channel = CHANNELS.find((each) => word === `channel/${each}`);
      if (channel !== undefined) yield* this.#closed(`nothing for ${channel}`, people, [channel]);
    }
  }

  /** Everybody who is written to, with no way left of what the classes may use. */
  *#nobody(): Generator<string> {
    const paths = this.#sent.flatMap((traffic) =>
      this.#ways(this.#recipients(traffic), this.#usable(traffic)),
    );
    if (isClosed(paths, this.#claims)) yield sentence('no way to anybody', paths, this.#claims);
  }

  /** Somebody whose messages are expected to arrive. Where nobody expects it, rules know better. */
  *#expectations(): Generator<string> {
    for (const expectation of this.#cell.expect) {
      if (expectation.kind !== 'delivery') continue;
      const { of, channel } = expectation;
      for (const traffic of this.#sent.filter(({ name }) => name === of)) {
        for (const person of this.#recipients(traffic)) {
          const what = channel === null ? 'no way' : `nothing for ${channel}`;
          const channels = channel === null ? this.#usable(traffic) : [channel];
          yield* this.#closed(`${what} to ${person.id}`, [person], channels);
        }
      }
    }
  }

  /** What it is about happens where the implementation has no business. */
  *#faults(): Generator<string> {
    const { faults } = this.#cell;
    const outside = faultsOutside(this.#cell, this.#claims);
    if (faults.length === 0 || outside.size < faults.length) return;
    const targets = [...new Set(faults.flatMap((fault) => fault.targets))].join(', ');
    yield `Its faults strike only what is on no way that the implementation claims: ${targets}.`;
  }

  *reasons(): Generator<string> {
    yield* this.#requiredChannels();
    yield* this.#nobody();
    yield* this.#expectations();
    yield* this.#faults();
  }
}

/** Why the world of a cell is not for who makes these claims; undefined when it is. */
export function closedWorld(cell: Cell, claims: Claims): string | undefined {
  for (const reason of new ClaimedWorld(cell, claims).reasons()) return reason;
  return undefined;
}
