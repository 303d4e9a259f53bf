/**
 * A carrier's RCS core: registration and capability exchange, store-and-forward per device, IMDN
 * receipts on the way back, revocation and expiry (GSMA RCC.07 §3.2). Nothing is kept for people
 * without a message under way.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND, runTask } from '../kernel/clock.ts';
import type { Task, Timer } from '../kernel/clock.ts';
import type { EventInput } from '../kernel/events.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Target } from '../kernel/target.ts';
import type { Writable } from '../kernel/writable.ts';
import type { Directory, Handset, RcsCore } from '../network/bearer.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import type { SteppedTap } from '../network/tap.ts';
import { lookAt, lookOnce } from './content-look.ts';
import { RcsItem } from './rcs-item.ts';
import type { CoreWays } from './rcs-item.ts';
import { RcsItems } from './rcs-items.ts';
import { Lanes } from './rcs-lanes.ts';
import type { Lane } from './rcs-lanes.ts';
import { createRegistrations } from './rcs-registration.ts';
import { createDeviceStore } from './rcs-store.ts';

export interface RcsCoreOptions {
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly directory: Directory;
  /** Made with `refusable: false`: a core has no connections of its own. */
  readonly conditions: Conditions;
  /** Observer `carrier`. */
  readonly tap: SteppedTap;
}

export interface RcsCoreParts extends RcsCore {
  readonly target: Target;
  /** Messages and receipts that are under way, not those waiting for a phone that is away. */
  unfinished(): string[];
}

/** First and longest pause between attempts while the core does not serve. */
const RETRY_FIRST_MICROS = 5 * MICROS_PER_SECOND;
const RETRY_LONGEST_MICROS = 60 * MICROS_PER_SECOND;

type Passed = Extract<Treatment, { kind: 'serve' | 'serve-then-drop-answer' }>;

/** A core that took a message and lost the answer is asked again and drops the duplicate. */
function passed(treatment: Treatment): treatment is Passed {
  return treatment.kind === 'serve' || treatment.kind === 'serve-then-drop-answer';
}

export function createRcsCore(options: RcsCoreOptions): RcsCoreParts {
  const { carrier, ambient, directory, conditions, tap } = options;
  const { clock, history, ids } = ambient;
  const path = `carrier/${carrier.name}/rcs`;
  const random = ambient.random.fork(path);
  const registrations = createRegistrations(carrier, directory);

  const items = new RcsItems();
  /** Not served yet, in order of arrival. */
  const held = new Set<RcsItem>();
  const lanes = new Lanes();
  /** Receipts and replies that the core's outage holds back. */
  let upward: Task[] = [];
  let receiptsUnderWay = 0;
  let retry: { readonly timer: Timer; readonly atMicros: number } | undefined;
  let retryAfterMicros = RETRY_FIRST_MICROS;

  const delay = (): number => random.int(carrier.delayMicros.rcs[0], carrier.delayMicros.rcs[1]);

  const enterLane = (item: RcsItem): Lane => {
    const lane = lanes.enter(item.message.person);
    item.lane = lane;
    return lane;
  };
  const leaveLane = (item: RcsItem): void => {
    const { lane } = item;
    item.lane = undefined;
    if (lane !== undefined) lanes.leave(lane);
  };
  /** It waits no more for the core to serve; false when it did not. */
  const unhold = (item: RcsItem): boolean => {
    if (held.size === 0 || !held.delete(item)) return false;
    if (item.lane !== undefined) item.lane.held--;
    leaveLane(item);
    return true;
  };

  const finish = (item: RcsItem): void => {
    item.over = true;
    item.expiry?.cancel();
    item.expiry = undefined;
    items.delete(item);
    unhold(item);
    if (item.waiting !== undefined) store.forget(item);
  };

  const expire = (item: RcsItem): void => {
    if (item.over) return;
    const { handed } = item;
    finish(item);
    if (handed) return;
    history.append({
      kind: 'expired',
      wire: item.wire,
      component: path,
      person: item.message.person,
    });
    item.outcome.expired();
  };

  /** Records that it has to wait, and until when. */
  const keep = (item: RcsItem): void => {
    if (item.stored) return;
    item.stored = true;
    history.append({
      kind: 'stored',
      wire: item.wire,
      component: path,
      person: item.message.person,
    });
    const now = clock.now();
    const until = Math.min(item.expiresAtMicros, now + carrier.storeMicros);
    item.expiry = clock.after(until - now, () => expire(item), { daemon: true });
  };

  const retryIn = (micros: number): void => {
    const atMicros = clock.now() + micros;
    if (retry !== undefined) {
      if (retry.atMicros <= atMicros) return;
      retry.timer.cancel();
    }
    const task = (): void => {
      retry = undefined;
      retryAfterMicros = Math.min(retryAfterMicros * 2, RETRY_LONGEST_MICROS);
      drain();
    };
    retry = { atMicros, timer: clock.after(micros, task) };
  };

  const hold = (item: RcsItem, treatment?: Treatment): void => {
    if (!held.has(item)) {
      held.add(item);
      enterLane(item).held++;
    }
    keep(item);
    retryIn(treatment?.kind === 'throttle' ? treatment.retryAfterMicros : retryAfterMicros);
  };

  const lose = (item: RcsItem): void => {
    history.append({
      kind: 'lost',
      wire: item.wire,
      component: path,
    });
    finish(item);
  };

  const hand = (item: RcsItem, handset: Handset): void => {
    item.handed = true;
    handset.receive(item.message, item);
  };

  const store = createDeviceStore({
    /** A device is there again: what waited for it goes on, as far as the core serves. */
    offer: (handset, waiting) => {
      clock.after(delay(), () => {
        for (const item of waiting()) {
          if (item.over || !handset.reachable('rcs')) continue;
          const treatment = conditions.meet(item.message.message, item.message.wire);
          if (treatment.kind === 'answer-then-lose') {
            lose(item);
          } else if (passed(treatment)) {
            store.take(item, handset);
            hand(item, handset);
            if (item.waiting?.size === 0) finish(item);
          } else {
            retryIn(treatment.kind === 'throttle' ? treatment.retryAfterMicros : retryAfterMicros);
            return;
          }
        }
      });
    },
    removed: (handset, item) => {
      handset.overhear(item.message);
      if (item.handed && item.waiting?.size === 0) finish(item);
    },
  });

  const deliver = (item: RcsItem): void => {
    let waiting: Set<string> | undefined;
    for (const handset of registrations.devicesFor(item.message, item.subscriber)) {
      if (handset.reachable('rcs')) {
        hand(item, handset);
      } else {
        item.waiting = waiting ??= new Set();
        waiting.add(handset.path);
        store.put(item, handset);
      }
    }
    for (const handset of registrations.removedOf(item.message)) handset.overhear(item.message);
    if (item.handed && waiting === undefined) {
      finish(item);
    } else {
      item.waiting ??= new Set();
      keep(item);
    }
  };

  const move = (item: RcsItem, delayMicros: number): void => {
    const now = clock.now();
    const lane = enterLane(item);
    lane.lastAtMicros = Math.max(now + delayMicros + delay(), lane.lastAtMicros);
    clock.after(lane.lastAtMicros - now, item);
  };

  const ways: CoreWays = {
    arrived: (item) => {
      leaveLane(item);
      if (item.over) return;
      if (conditions.state === 'down') hold(item);
      else deliver(item);
    },
    // IMDN on the way back to the sender, in order per message.
    upwards: (receipt) => {
      const { item } = receipt;
      const now = clock.now();
      item.receiptsAtMicros = Math.max(now + delay(), item.receiptsAtMicros);
      receiptsUnderWay++;
      clock.after(item.receiptsAtMicros - now, receipt);
    },
    told: (receipt) => {
      if (conditions.state === 'down') {
        upward.push(receipt);
        return;
      }
      receiptsUnderWay--;
      const { item, told, device, reason } = receipt;
      item.outcome[told](device, reason);
    },
  };

  const take = (item: RcsItem, delayMicros: number): void => {
    const { message } = item;
    if (!item.taken) {
      item.taken = true;
      const { channel } = item;
      const carried: Writable<EventInput & { kind: 'carried' }> = {
        kind: 'carried',
        wire: message.wire,
        parent: item.parent,
        from: message.via ?? message.from,
        to: path,
        channel,
      };
      if (message.message !== undefined) carried.message = message.message;
      const cause = history.append(carried);
      tap.record(lookAt(tap, message.content), cause, message.wire, channel);
    }
    move(item, delayMicros);
  };

  /** Others of the same person are held back, and it comes behind them. */
  const mustQueue = (item: RcsItem): boolean => {
    if (held.size === 0 || held.has(item)) return false;
    return (lanes.of(item.message.person)?.held ?? 0) > 0;
  };

  /** Asks the core once; false when it does not serve now. */
  const attempt = (item: RcsItem): Treatment => {
    const wire = item.wire;
    const treatment = conditions.meet(item.message.message, wire);
    if (treatment.kind === 'answer-then-lose') {
      lose(item);
    } else if (passed(treatment) && !mustQueue(item)) {
      unhold(item);
      take(item, treatment.delayMicros);
    } else {
      hold(item, treatment);
    }
    return treatment;
  };

  const drain = (): void => {
    if (conditions.state !== 'down') {
      const tasks = upward;
      upward = [];
      for (const task of tasks) runTask(task);
    }
    for (const item of held) {
      const treatment = attempt(item);
      // One try tells that the core is down or full; asking for each of a backlog tells no more.
      if (treatment.kind === 'throttle') break;
      if (!passed(treatment) && conditions.state === 'down') break;
    }
    if (held.size === 0) retryAfterMicros = RETRY_FIRST_MICROS;
    if (conditions.state !== 'down') store.offerAll();
  };
  conditions.onChange((state) => {
    if (state === 'down') return;
    retryAfterMicros = RETRY_FIRST_MICROS;
    drain();
  });

  return {
    path,
    carrier: carrier.name,
    target: { path, kind: 'carrier-rcs', verbs: conditions.verbs },
    registered: registrations.of,
    capabilities: (person) => {
      const features = registrations.of(person);
      if (features === undefined) return undefined;
      return passed(conditions.meet(undefined)) ? features : undefined;
    },
    submit: (message, expiresAtMicros, outcome) => {
      const item = new RcsItem(message, ids.next('rcs:'), expiresAtMicros, outcome, ways);
      item.subscriber = directory.byId(message.person);
      items.add(item);
      attempt(item);
    },
    revoke: (wire) => {
      const item = items.find(wire);
      if (item === undefined || item.over || item.handed) return false;
      history.append({
        kind: 'revoked',
        wire: item.wire,
        component: path,
        person: item.message.person,
        before: true,
      });
      finish(item);
      return true;
    },
    fromPhone: (device, content, wire, arrived, message) => {
      const channel = content.kind === 'mls' ? 'rcs-e2ee' : 'rcs';
      const up = (): void => {
        const carried: Writable<EventInput & { kind: 'carried' }> = {
          kind: 'carried',
          wire: ids.next('rcs:'),
          parent: wire,
          from: device,
          to: path,
          channel,
        };
        if (message !== undefined) carried.message = message;
        const cause = history.append(carried);
        tap.record(lookOnce(tap, content), cause, wire, channel);
        clock.after(delay(), arrived);
      };
      const treatment = conditions.meet(message, wire);
      if (treatment.kind === 'answer-then-lose') {
        history.append({ kind: 'lost', wire, component: path });
      } else if (passed(treatment)) {
        clock.after(treatment.delayMicros, up);
      } else {
        upward.push(up);
        retryIn(treatment.kind === 'throttle' ? treatment.retryAfterMicros : retryAfterMicros);
      }
    },
    unfinished: () => {
      const out: string[] = [];
      for (const item of items) {
        if (item.waiting === undefined) out.push(`message ${item.parent} at ${path}`);
      }
      const receipts = receiptsUnderWay + upward.length;
      if (receipts > 0) out.push(`${receipts} receipts at ${path}`);
      return out;
    },
  };
}
