import { personVerbs, phoneVerbs } from '../device/circumstances.ts';
import { switchesPhone } from '../device/next-phone.ts';
import type { Owner } from '../device/owner.ts';
import { devicePath } from '../kernel/people.ts';
import type { History } from '../kernel/history.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Target, TargetRegistry, Verb } from '../kernel/target.ts';
import { createTargets } from '../kernel/target.ts';
import type { People } from './people.ts';
import { optsOut } from './person-verbs.ts';
import type { Writes } from './person-verbs.ts';

export interface WorldTargetsOptions {
  readonly people: () => People;
  readonly carriers: readonly CarrierPlan[];
  readonly history: Pick<History, 'append'>;
  readonly writes: Writes;
}

/**
 * The targets of a world. Components are registered; people and phones are made when a fault asks
 * for them, so that a crowd costs nothing.
 */
export function createWorldTargets(options: WorldTargetsOptions): TargetRegistry {
  const { people, carriers, history, writes } = options;
  const components = createTargets();
  const personTarget = (path: string): Target | undefined => {
    if (!path.startsWith('person/')) return undefined;
    const phone = people().phone(path);
    if (phone !== undefined) return { path, kind: 'device', verbs: phoneVerbs(phone) };
    const owner = people().byId(path.slice('person/'.length));
    if (owner === undefined) return undefined;
    const verbs = {
      ...personVerbs(() => owner.handsets),
      'number-ported': ported(owner, carriers),
      'opt-out': optsOut(owner, history, writes),
      'switch-phone': switchesPhone(owner),
    };
    return { path, kind: 'person', verbs };
  };
  return {
    register: (target) => components.register(target),
    get: (path) => components.get(path) ?? personTarget(path),
    get paths() {
      const paths = [...components.paths];
      for (const { plan } of people().everybody) {
        paths.push(`person/${plan.id}`);
        for (const device of plan.devices) paths.push(devicePath(plan.id, device.id));
      }
      return paths;
    },
  };
}

/** A carrier switches encryption off: no phone of its subscribers registers with it any more. */
export function disablesE2ee(carrier: string, people: People): Verb {
  return ({ ledger }) => {
    const phones = people.everybody
      .filter(({ plan }) => plan.carrier === carrier)
      .flatMap(({ handsets }) => handsets)
      .filter((phone) => phone.features().e2ee);
    for (const phone of phones) phone.setE2ee(false, ledger.fault);
    ledger.touched(`took end-to-end encryption from ${phones.length} phones of ${carrier}`);
    return () => {
      for (const phone of phones) phone.setE2ee(undefined, ledger.fault);
    };
  };
}

/** The number moves to the next carrier of the world, and back when the fault ends. */
function ported(owner: Owner, carriers: readonly CarrierPlan[]): Verb {
  return ({ ledger }) => {
    const from = owner.plan.carrier;
    const at = carriers.findIndex(({ name }) => name === from);
    const next = carriers[(at + 1) % carriers.length];
    if (next === undefined || next.name === from) return () => {};
    const phones = owner.handsets.filter((phone) => phone.features().e2ee && !next.e2ee);
    owner.port(next.name);
    for (const phone of phones) phone.setE2ee(false, ledger.fault);
    ledger.touched(`ported ${owner.plan.id} from ${from} to ${next.name}`);
    return () => {
      owner.port(from);
      for (const phone of phones) phone.setE2ee(undefined, ledger.fault);
    };
  };
}
