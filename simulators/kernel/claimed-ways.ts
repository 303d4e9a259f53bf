/**
 * Which ways of a world stand open to an implementation by what it claims: one filter for the
 * judges, who blame nobody for a way that is not theirs, and for who says that a cell is not
 * theirs.
 */
import type { Claims } from './claims.ts';
import { pathsOf } from './paths.ts';
import type { Cell, PersonPlan } from './plan.ts';
import { CHANNELS } from './words.ts';

/** With whom a way begins, as claims name it: `{ claim: 'push', name: 'apns' }`. */
export interface Door {
  readonly claim: 'gateways' | 'push' | 'sms';
  readonly name: string;
}

export type ClaimedDoors = Pick<Claims, Door['claim']>;

/** Undefined for what no claim is about: a carrier's core between devices. */
export function doorOf(component: string): Door | undefined {
  const [room, name = '', service] = component.split('/');
  if (room === 'gateway') return { claim: 'gateways', name };
  if (room === 'push') return { claim: 'push', name };
  return room === 'carrier' && service === 'sms' ? { claim: 'sms', name: 'smpp' } : undefined;
}

/** `component`: the first of a way, at which an implementation hands its messages over. */
export function isClaimedDoor(component: string, claims: ClaimedDoors): boolean {
  const door = doorOf(component);
  return door === undefined || claims[door.claim].includes(door.name);
}

/** A way as `pathsOf` has it, or its components alone. */
export function isClaimedWay([first]: readonly string[], claims: ClaimedDoors): boolean {
  return first === undefined || isClaimedDoor(first, claims);
}

/** The named people, and one of each kind in the crowd, whose id is `population`. */
export function kindsOfPeople({ world }: Pick<Cell, 'world'>): PersonPlan[] {
  const crowd = (world.population?.mix ?? []).map(({ person }) => {
    return { id: 'population', name: 'the crowd', msisdn: '', ...person };
  });
  return [...world.people, ...crowd];
}

/**
 * Names of the faults that can strike nothing on the implementation's ways, although all that they
 * are aimed at lies on ways of the world: vendors, centres and phones that it does not claim to
 * reach. What lies on no way at all (a store, the implementation itself) is never outside.
 */
export function faultsOutside(cell: Cell, claims: Claims): ReadonlySet<string> {
  const outside = new Set<string>();
  if (cell.worldCheck || cell.faults.length === 0) return outside;
  const all = new Set<string>();
  const open = new Set<string>();
  for (const person of kindsOfPeople(cell)) {
    for (const channel of CHANNELS) {
      const isClaimed = claims.channels.includes(channel);
      for (const path of pathsOf(cell, person, channel)) {
        const isOpen = isClaimed && isClaimedWay(path, claims);
        for (const step of path) {
          all.add(step);
          if (isOpen) open.add(step);
        }
      }
    }
  }
  for (const { name, targets } of cell.faults) {
    if (targets.length > 0 && targets.every((target) => all.has(target) && !open.has(target))) {
      outside.add(name);
    }
  }
  return outside;
}
