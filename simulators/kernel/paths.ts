import { devicePath } from './people.ts';
import type { Cell, DevicePlan, PersonPlan } from './plan.ts';
import type { Channel } from './words.ts';

/** Whether a path of `pathOf` names a device; of those one being up is enough. */
export function isDevicePath(path: string): boolean {
  return path.startsWith('person/');
}

function capable(person: PersonPlan, can: (device: DevicePlan) => boolean): string[] {
  return person.devices.filter(can).map((device) => devicePath(person.id, device.id));
}

function rcsPath(cell: Cell, person: PersonPlan, e2ee: boolean): string[] | undefined {
  const home = cell.world.carriers.find((carrier) => carrier.name === person.carrier);
  const gateway = cell.world.gateways[0];
  if (home === undefined || !home.rcs || (e2ee && !home.e2ee)) return undefined;
  if (gateway === undefined && !cell.worldCheck) return undefined;
  const devices = capable(person, (device) => device.rcs && (!e2ee || device.e2ee));
  if (devices.length === 0) return undefined;
  const first = cell.worldCheck ? [] : [`gateway/${gateway}`];
  return [...first, `carrier/${home.name}/rcs`, ...devices];
}

function smsPath(cell: Cell, person: PersonPlan): string[] | undefined {
  const via = cell.worldCheck ? person.carrier : cell.world.sms?.via;
  const home = cell.world.carriers.find((carrier) => carrier.name === person.carrier);
  const sim = person.devices[0];
  if (via === undefined || home === undefined || !home.sms || sim === undefined) return undefined;
  const centres = new Set([`carrier/${via}/sms`, `carrier/${home.name}/sms`]);
  return [...centres, devicePath(person.id, sim.id)];
}

function pushPaths(cell: Cell, person: PersonPlan): string[][] {
  const paths: string[][] = [];
  for (const provider of cell.world.push) {
    const devices = capable(person, (device) => device.app && device.push.provider === provider);
    if (devices.length > 0) paths.push([`push/${provider}`, ...devices]);
  }
  return paths;
}

/**
 * Every way in which a channel can reach a person in this world, best first; none when the plan
 * alone rules the channel out. On one way all components have to be up and, of its devices (see
 * `isDevicePath`), at least one whose `device.changed.channels` holds the channel.
 */
export function pathsOf(cell: Cell, person: PersonPlan, channel: Channel): string[][] {
  const some = (...paths: (string[] | undefined)[]): string[][] =>
    paths.filter((path) => path !== undefined);
  switch (channel) {
    case 'rcs':
      return some(rcsPath(cell, person, false));
    case 'rcs-e2ee':
      return some(rcsPath(cell, person, true));
    case 'sms':
      return some(smsPath(cell, person));
    case 'secure-link':
      return some(rcsPath(cell, person, false), smsPath(cell, person));
    case 'app-push':
      return pushPaths(cell, person);
    case 'imessage':
    case 'mms':
      return [];
  }
}

/** The best of `pathsOf`; empty when the channel cannot reach the person at all. */
export function pathOf(cell: Cell, person: PersonPlan, channel: Channel): string[] {
  return pathsOf(cell, person, channel)[0] ?? [];
}
