import { devicePath } from './people.ts';
import type { Cell, DevicePlan, PersonPlan } from './plan.ts';
import type { Channel } from './words.ts';

/** Whether a path of `pathOf` names a device; of those one being up is enough. */
export function isDevicePath(path: string): boolean {
  return path.startsWith('person/');
}

/** The component that stands for the line between two parties, in whichever order. */
export function linkPath(one: string, other: string): string {
  return `link/${[one, other].toSorted().join('~')}`;
}

function capable(person: PersonPlan, can: (device: DevicePlan) => boolean): string[] {
  return person.devices.filter(can).map((device) => devicePath(person.id, device.id));
}

const RCS: readonly Channel[] = ['rcs', 'rcs-e2ee'];

/** The gateways of the world that bring a channel, in the plan's order. */
function gatewaysFor({ world }: Cell, channel: Channel): string[] {
  return world.gateways
    .filter((name) => (world.gatewayChannels?.[name] ?? RCS).includes(channel))
    .map((name) => `gateway/${name}`);
}

function rcsPaths(cell: Cell, person: PersonPlan, e2ee: boolean): string[][] {
  const home = cell.world.carriers.find((carrier) => carrier.name === person.carrier);
  if (home === undefined || !home.rcs || (e2ee && !home.e2ee)) return [];
  const devices = capable(person, (device) => device.rcs && (!e2ee || device.e2ee));
  if (devices.length === 0) return [];
  const rest = [`carrier/${home.name}/rcs`, ...devices];
  if (cell.worldCheck) return [rest];
  return gatewaysFor(cell, e2ee ? 'rcs-e2ee' : 'rcs').map((gateway) => [gateway, ...rest]);
}

/** The phone with the SIM, and those that it may move to. */
function simPhones({ id: person, devices }: PersonPlan): string[] {
  const phones = [...devices.slice(0, 1), ...devices.filter(({ spare }) => spare === true)];
  return phones.map(({ id }) => devicePath(person, id));
}

/** By the centre that the implementation is connected to, then by gateways that bring texts. */
function smsPaths(cell: Cell, person: PersonPlan): string[][] {
  const home = cell.world.carriers.find((carrier) => carrier.name === person.carrier);
  const sim = person.devices[0];
  if (home === undefined || !home.sms || sim === undefined) return [];
  const phones = simPhones(person);
  const homeCentre = `carrier/${home.name}/sms`;
  const via = cell.worldCheck ? person.carrier : cell.world.sms?.via;
  const centres = via === undefined ? [] : [new Set([`carrier/${via}/sms`, homeCentre])];
  const gateways = cell.worldCheck ? [] : gatewaysFor(cell, 'sms');
  return [
    ...centres.map((names) => [...names, ...phones]),
    ...gateways.map((gateway) => [gateway, homeCentre, ...phones]),
  ];
}

/** Fetched from the home carrier's centre, and told of by its SMS centre. */
function mmsPaths(cell: Cell, person: PersonPlan): string[][] {
  const home = cell.world.carriers.find((carrier) => carrier.name === person.carrier);
  if (home?.mms === undefined || person.devices.length === 0) return [];
  const rest = [`carrier/${home.name}/mms`, `carrier/${home.name}/sms`, ...simPhones(person)];
  if (cell.worldCheck) return [rest];
  return gatewaysFor(cell, 'mms').map((gateway) => [gateway, ...rest]);
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
  switch (channel) {
    case 'rcs':
      return rcsPaths(cell, person, false);
    case 'rcs-e2ee':
      return rcsPaths(cell, person, true);
    case 'sms':
      return smsPaths(cell, person);
    case 'secure-link':
      return [...rcsPaths(cell, person, false), ...smsPaths(cell, person)];
    case 'app-push':
      return pushPaths(cell, person);
    case 'mms':
      return mmsPaths(cell, person);
    case 'imessage':
      return [];
  }
}

/** The best of `pathsOf`; empty when the channel cannot reach the person at all. */
export function pathOf(cell: Cell, person: PersonPlan, channel: Channel): string[] {
  return pathsOf(cell, person, channel)[0] ?? [];
}
