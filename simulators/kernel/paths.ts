/**
 * Which components a channel's transmission passes on its way to a person, read from the plan alone:
 * the same for the world that builds them and for the judges that ask whether they were up.
 */
import { devicePath } from './people.ts';
import type { CarrierPlan, Cell, DevicePlan, PersonPlan } from './plan.ts';
import type { Channel } from './words.ts';

/** One way to reach one device. Every step must be up for the way to be open. */
export interface Route {
  /** What really carries it: `rcs` or `sms` for a secure link, else the channel itself. */
  readonly bearer: Channel;
  /** Target paths in order; the last one is the device. */
  readonly steps: readonly string[];
  readonly device: string;
}

function rcsRoutes(
  cell: Cell,
  person: PersonPlan,
  carrier: CarrierPlan,
  bearer: 'rcs' | 'rcs-e2ee',
): Route[] {
  const gateway = cell.world.gateways[0];
  if (gateway === undefined || !carrier.rcs) return [];
  const can = (device: DevicePlan): boolean =>
    device.rcs && (bearer === 'rcs' || (carrier.e2ee && device.e2ee));
  return person.devices.filter(can).map((plan) => {
    const device = devicePath(person.id, plan.id);
    return { bearer, device, steps: [`gateway/${gateway}`, `carrier/${carrier.name}/rcs`, device] };
  });
}

function smsRoutes(cell: Cell, person: PersonPlan, carrier: CarrierPlan): Route[] {
  const via = cell.world.sms?.via;
  const sim = person.devices[0];
  if (via === undefined || sim === undefined || !carrier.sms) return [];
  const device = devicePath(person.id, sim.id);
  const centres = [...new Set([`carrier/${via}/sms`, `carrier/${carrier.name}/sms`])];
  return [{ bearer: 'sms', device, steps: [...centres, device] }];
}

function pushRoutes(cell: Cell, person: PersonPlan): Route[] {
  return person.devices
    .filter((plan) => plan.app && cell.world.push.includes(plan.push.provider))
    .map((plan) => {
      const device = devicePath(person.id, plan.id);
      return { bearer: 'app-push', device, steps: [`push/${plan.push.provider}`, device] };
    });
}

/** Every way on which this channel can reach the person; empty when the plan has none. */
export function routesOf(cell: Cell, person: PersonPlan, channel: Channel): Route[] {
  const carrier = cell.world.carriers.find((candidate) => candidate.name === person.carrier);
  if (channel === 'app-push') return pushRoutes(cell, person);
  if (carrier === undefined) return [];
  switch (channel) {
    case 'rcs':
    case 'rcs-e2ee':
      return rcsRoutes(cell, person, carrier, channel);
    case 'sms':
      return smsRoutes(cell, person, carrier);
    case 'secure-link':
      return [...rcsRoutes(cell, person, carrier, 'rcs'), ...smsRoutes(cell, person, carrier)];
    case 'imessage':
    case 'mms':
      return [];
  }
}

/** All components on any of the routes, once each, in order. */
export function pathOf(cell: Cell, person: PersonPlan, channel: Channel): string[] {
  return [...new Set(routesOf(cell, person, channel).flatMap((route) => route.steps))];
}
