import type { Clock } from '../kernel/clock.ts';
import type { History } from '../kernel/history.ts';
import type { Random } from '../kernel/random.ts';
import type { Lift } from '../kernel/target.ts';
import type { ComponentState } from '../kernel/words.ts';
import type { Conditions, Treatment } from './conditions.ts';
import type { Active, Outcome } from './door-verbs.ts';
import { MICROS_PER_MILLI } from '../kernel/clock.ts';
import { createDoorVerbs } from './door-verbs.ts';

export interface ConditionsOptions {
  readonly component: string;
  readonly clock: Clock;
  readonly history: History;
  /** A fork is taken by the component's name. */
  readonly random: Random;
  /**
   * Has it connections of its own (a door)? Then `refuse` breaks them, and a lost request is never
   * answered. A core has none: `refuse` is an error, and what is lost was taken first.
   */
  readonly refusable?: boolean;
}

const SERVE: Treatment = Object.freeze({ kind: 'serve', delayMicros: 0 });
const WORSE: Readonly<Record<ComponentState, number>> = { up: 0, degraded: 1, down: 2 };

function treatmentOf(outcome: Outcome, delayMicros: number): Treatment {
  if (typeof outcome === 'string') return { kind: outcome, delayMicros };
  if ('status' in outcome) return { kind: 'error', delayMicros, ...outcome };
  return outcome.queueFull
    ? { kind: 'throttle', delayMicros, retryAfterMicros: outcome.retryAfterMicros, queueFull: true }
    : { kind: 'throttle', delayMicros, retryAfterMicros: outcome.retryAfterMicros };
}

/** What has no body cannot come slowly: it is no candidate of the fault, and no evidence of it. */
function slowedBy(
  slow: readonly Active[],
  message: string | undefined,
  wire: string | undefined,
): (bodyBytes: number) => number | undefined {
  return (bodyBytes) => {
    if (bodyBytes === 0) return undefined;
    let least: number | undefined;
    for (const { bytesPerSecond = Infinity, ledger, did } of slow) {
      if (!ledger.hits(message)) continue;
      least = Math.min(least ?? Infinity, bytesPerSecond);
      ledger.touched(did, message, wire);
    }
    return least;
  };
}

/**
 * The conditions of one component. Faults stack: delays add up, of the rest the worst wins (silence
 * and reset before errors before limits before lost answers), and lifting one restores exactly what
 * the others leave. With no fault active nothing is allocated.
 */
export function createConditions(options: ConditionsOptions): Conditions {
  const { component, clock, history } = options;
  const random = options.random.fork(`conditions/${component}`);
  const listeners: ((state: ComponentState) => void)[] = [];
  /** Worst first. Replaced, never changed, so that a listener may lift during a walk. */
  let active: readonly Active[] = [];
  let state: ComponentState = 'up';
  let refusing = false;

  const settle = (why: string, fault: string): void => {
    let next: ComponentState = 'up';
    let cause: Active | undefined;
    for (const one of active) {
      if (cause === undefined || WORSE[one.state] > WORSE[next]) [next, cause] = [one.state, one];
    }
    refusing = active.some((one) => one.refuses);
    if (next !== state) {
      state = next;
      history.append({
        kind: 'component.changed',
        component,
        state,
        why: cause?.why ?? why,
        fault: cause?.ledger.fault ?? fault,
      });
    }
    for (const listener of listeners) listener(state);
  };

  const start = (one: Active): Lift => {
    active = [...active, one].sort((a, b) => b.severity - a.severity);
    settle(one.why, one.ledger.fault);
    return () => {
      active = active.filter((other) => other !== one);
      settle(`${one.why} ended`, one.ledger.fault);
    };
  };

  const refusable = options.refusable ?? true;
  const verbs = createDoorVerbs({ clock, random, refusable, start });

  const worstOf = (
    message: string | undefined,
    wire: string | undefined,
    bytes: number,
  ): Treatment => {
    let delayMicros = 0;
    const slow: Active[] = [];
    let decided: Outcome | undefined;
    for (const one of active) {
      const decides = one.delay === undefined && one.bytesPerSecond === undefined;
      if (decided !== undefined && decides) continue;
      if (one.bytesPerSecond !== undefined) {
        slow.push(one);
        continue;
      }
      if (!one.ledger.hits(message)) continue;
      if (one.delay !== undefined) {
        const delay = one.delay(bytes);
        delayMicros += delay;
        const did = `delayed it by ${Math.round(delay / MICROS_PER_MILLI)} ms`;
        one.ledger.touched(did, message, wire);
        continue;
      }
      decided = one.outcome?.();
      if (decided !== undefined) one.ledger.touched(one.did, message, wire);
    }
    const treatment: Treatment =
      decided === undefined ? { kind: 'serve', delayMicros } : treatmentOf(decided, delayMicros);
    if (slow.length > 0) return { ...treatment, paceOf: slowedBy(slow, message, wire) };
    return decided === undefined && delayMicros === 0 ? SERVE : treatment;
  };

  return {
    component,
    get state() {
      return state;
    },
    get refusing() {
      return refusing;
    },
    verbs,
    impose: (imposed, why, ledger) =>
      start({
        // It asks its ledger itself: a request is to be counted once.
        ledger: { ...ledger, hits: () => false },
        severity: 0,
        state: imposed,
        why,
        refuses: false,
        did: why,
      }),
    accepts: () => {
      if (!refusing) return true;
      for (const one of active) {
        if (!one.refuses || !one.ledger.hits(undefined)) continue;
        one.ledger.touched('refused the connection');
        return false;
      }
      return true;
    },
    meet: (message, wire, _person, bytes = 0) =>
      active.length === 0 ? SERVE : worstOf(message, wire, bytes),
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}
