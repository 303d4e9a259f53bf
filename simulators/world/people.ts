import { Owner } from '../device/owner.ts';
import type { Phone } from '../device/phone.ts';
import type { PhoneContext } from '../device/phone-context.ts';
import type { PersonPlan } from '../kernel/plan.ts';
import type { Directory } from '../network/bearer.ts';

/** Everybody in a world, by id and by number. Phones come into being when first asked for. */
export interface People extends Directory {
  byMsisdn(msisdn: string): Owner | undefined;
  byId(person: string): Owner | undefined;
  /** `person/ana/device/1` */
  phone(path: string): Phone | undefined;
  readonly everybody: readonly Owner[];
}

const DEVICE_PATH = /^person\/(.+)\/device\/([^/]+)$/;

/** People who are nobody's plan, in worlds where some numbers have behaviours of their own. */
export type Strangers = Pick<People, 'byId' | 'byMsisdn'>;

export function createPeople(
  plans: readonly PersonPlan[],
  context: PhoneContext,
  strangers?: Strangers,
): People {
  const everybody = plans.map((plan) => new Owner(plan, context));
  const ids = new Map(everybody.map((owner) => [owner.plan.id, owner]));
  const numbers = new Map(everybody.map((owner) => [owner.plan.msisdn, owner]));
  /** A message to somebody asks for them again and again, and a crowd does not fit into a cache. */
  let last: Owner | undefined;
  const byId = (person: string): Owner | undefined => {
    if (last?.plan.id === person) return last;
    const found = ids.get(person);
    if (found === undefined) return strangers?.byId(person);
    last = found;
    return found;
  };
  return {
    everybody,
    byId,
    byMsisdn: (msisdn) => {
      const found = numbers.get(msisdn);
      if (found === undefined) return strangers?.byMsisdn(msisdn);
      last = found;
      return found;
    },
    phone: (path) => {
      const [, person = '', device = ''] = DEVICE_PATH.exec(path) ?? [];
      return byId(person)?.phone(device);
    },
  };
}
