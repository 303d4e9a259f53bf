import type { Clock } from '../../kernel/clock.ts';
import { BellwetherError, nearestWord } from '../../kernel/errors.ts';
import type { HistoryEvent } from '../../kernel/events.ts';
import type { FaultEntry } from '../../kernel/fault-entry.ts';
import type { History } from '../../kernel/history.ts';
import type { FaultPlan } from '../../kernel/plan.ts';
import type { Random } from '../../kernel/random.ts';
import type { FaultLedger, Lift, TargetRegistry, Verb } from '../../kernel/target.ts';
import { FAULTS } from '../index.ts';
import { createFaultLedger, isOfTraffic } from './ledger.ts';

export interface ArmOptions {
  readonly faults: readonly FaultPlan[];
  readonly targets: TargetRegistry;
  readonly clock: Clock;
  readonly history: History;
  readonly random: Random;
  /** When the scenario's own time begins: an implementation may take a while to get ready. */
  readonly originMicros?: number;
}

export interface ArmedFaults {
  /** Ends every fault that still acts and disarms those that have not begun (the heal phase). */
  liftAll(): void;
  /** Names of the faults acting now. */
  readonly acting: readonly string[];
}

interface Aim {
  readonly path: string;
  readonly verb: Verb;
}

interface Armed {
  readonly plan: FaultPlan;
  readonly entry: FaultEntry;
  readonly aims: readonly Aim[];
  readonly ledger: FaultLedger;
  readonly lifts: (() => void)[];
  state: 'waiting' | 'acting' | 'over';
  /** Events seen that match the anchor. */
  seen: number;
}

function entryOf(word: string): FaultEntry {
  const registry: Readonly<Record<string, FaultEntry>> = FAULTS;
  const entry = registry[word];
  if (entry !== undefined) return entry;
  const near = nearestWord(word, Object.keys(FAULTS));
  throw new BellwetherError(`There is no fault “${word}”.`, {
    code: 'WORLD_UNKNOWN_FAULT',
    blame: 'author',
    ...(near !== undefined && { hint: `Did you mean “${near}”?` }),
  });
}

function aimsOf(plan: FaultPlan, targets: TargetRegistry): Aim[] {
  return plan.targets.map((path) => {
    const target = targets.get(path);
    if (target === undefined) {
      const near = nearestWord(path, targets.paths);
      throw new BellwetherError(`Fault “${plan.name}” aims at “${path}”, which is not there.`, {
        code: 'WORLD_NO_SUCH_TARGET',
        blame: 'author',
        ...(near !== undefined && { hint: `Did you mean “${near}”?` }),
      });
    }
    const verb = target.verbs[plan.fault];
    if (verb === undefined) {
      throw new BellwetherError(`“${plan.fault}” cannot be done to “${path}”.`, {
        code: 'WORLD_IMPOSSIBLE_TARGET',
        blame: 'author',
        hint:
          target.without?.[plan.fault] ??
          `It takes: ${Object.keys(target.verbs).join(', ') || 'no fault at all'}.`,
      });
    }
    return { path, verb };
  });
}

/** Does an event name a message of this traffic, directly or by its own field? */
function eventIsOf(event: HistoryEvent, traffic: string): boolean {
  if ('traffic' in event) return event.traffic === traffic;
  const message = 'message' in event ? event.message : undefined;
  return message !== undefined && isOfTraffic(message, traffic);
}

/**
 * Arms the faults of a cell. They are applied by the clock or by the nth event of their anchor;
 * `fault.applied` is on disk before anything acts. A point fault counts as a hit by being applied.
 * Throws WORLD_UNKNOWN_FAULT, WORLD_NO_SUCH_TARGET, WORLD_IMPOSSIBLE_TARGET (blame: author).
 */
export function armFaults(options: ArmOptions): ArmedFaults {
  const { faults, targets, clock, history, random, originMicros = 0 } = options;
  const armed: Armed[] = faults.map((plan) => ({
    plan,
    entry: entryOf(plan.fault),
    aims: aimsOf(plan, targets),
    ledger: createFaultLedger({ plan, history, random: random.fork(`fault/${plan.name}`) }),
    lifts: [],
    state: 'waiting',
    seen: 0,
  }));

  const lift = (fault: Armed): void => {
    if (fault.state !== 'acting') return;
    fault.state = 'over';
    for (const undo of fault.lifts.splice(0)) undo();
  };

  const strike = (fault: Armed, aim: Aim): void => {
    const { plan, ledger } = fault;
    const record = { fault: plan.name, entry: plan.fault, target: aim.path };
    history.append({ kind: 'fault.applied', ...record });
    history.flush();
    if (fault.entry.shape === 'point') ledger.touched(`applied to ${aim.path}`);
    const undo: Lift = aim.verb({ params: plan.params, ledger });
    fault.lifts.push(() => {
      undo();
      history.append({ kind: 'fault.lifted', ...record });
    });
  };

  const apply = (fault: Armed, lastMicros: number | null): void => {
    if (fault.state !== 'waiting') return;
    fault.state = 'acting';
    for (const aim of fault.aims) strike(fault, aim);
    if (fault.entry.shape === 'point') lift(fault);
    else if (lastMicros !== null) clock.after(lastMicros, () => lift(fault), { daemon: true });
  };

  const byEvent = new Map<string, Armed[]>();
  for (const fault of armed) {
    const { anchor, name, fault: entry } = fault.plan;
    for (const aim of fault.aims) {
      history.append({ kind: 'fault.armed', fault: name, entry, target: aim.path });
    }
    if (anchor.kind === 'event') {
      byEvent.set(anchor.event, [...(byEvent.get(anchor.event) ?? []), fault]);
    } else {
      const { fromMicros, untilMicros } = anchor;
      const lasts = untilMicros === null ? null : untilMicros - fromMicros;
      const waits = originMicros + fromMicros - clock.now();
      clock.after(waits, () => apply(fault, lasts), { daemon: true });
    }
  }

  const watch = (event: HistoryEvent): void => {
    const waiting = byEvent.get(event.kind);
    if (waiting === undefined) return;
    for (const fault of waiting) {
      const { anchor } = fault.plan;
      if (fault.state !== 'waiting' || anchor.kind !== 'event') continue;
      if (anchor.of !== null && !eventIsOf(event, anchor.of)) continue;
      fault.seen++;
      if (fault.seen !== anchor.nth) continue;
      // Later in this instant: a reader must not write while others have yet to see the event.
      clock.after(0, () => apply(fault, anchor.lastMicros), { daemon: true });
    }
  };
  const stopWatching = byEvent.size === 0 ? (): void => {} : history.subscribe(watch);

  return {
    liftAll: () => {
      stopWatching();
      for (const fault of armed) {
        if (fault.state === 'waiting') fault.state = 'over';
        else lift(fault);
      }
    },
    get acting() {
      return armed.filter((fault) => fault.state === 'acting').map((fault) => fault.plan.name);
    },
  };
}
