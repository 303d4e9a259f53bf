/**
 * The faults that a component's traffic can meet, as verbs. Each says what becomes of one request;
 * `door-conditions.ts` decides which fault wins.
 */
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';
import type { ComponentState } from '../kernel/words.ts';
import type { Treatment } from './conditions.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { BellwetherError } from '../kernel/errors.ts';
import { delayDistribution, drawDelay } from './delay.ts';
import { flapping } from './flap.ts';
import { Pipe } from './pace.ts';
import { createRateLimit } from './rate-limit.ts';

/** What is to become of a request, without its delay. */
export type Outcome =
  | Exclude<Treatment['kind'], 'error' | 'throttle' | 'serve'>
  | { readonly status: number; readonly as?: string }
  | { readonly retryAfterMicros: number; readonly queueFull: boolean };

/** One fault as it acts. `severity`: several at once, and the worst wins (larger is worse). */
export interface Active {
  readonly ledger: FaultLedger;
  readonly severity: number;
  readonly state: ComponentState;
  readonly why: string;
  readonly refuses: boolean;
  /** Latency: adds to what the others do. */
  readonly delay?: (bytes: number) => number;
  /** Slows the bodies of answers down, whatever they are. */
  readonly bytesPerSecond?: number;
  /** Undefined when it lets this request pass (a bucket with a token left). */
  readonly outcome?: () => Outcome | undefined;
  readonly did: string;
}

export interface VerbContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly refusable: boolean;
  /** Lets the fault act; the returned undoing takes exactly this one away. */
  start(fault: Active): Lift;
}

function numberOf(params: Readonly<Record<string, unknown>>, names: readonly string[]): number {
  for (const name of names) {
    const value = params[name];
    if (typeof value === 'number') return value;
  }
  throw new BellwetherError(`The fault lacks its parameter ${names[0]}`, {
    code: 'WORLD_FAULT_PARAMETER',
    blame: 'harness',
  });
}

function optionalNumber(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[],
  otherwise: number,
): number {
  for (const name of names) {
    const value = params[name];
    if (typeof value === 'number') return value;
  }
  return otherwise;
}

/** A fault that hits only some leaves the component degraded. */
function downUnlessPartial(ledger: FaultLedger): ComponentState {
  return ledger.partial === true ? 'degraded' : 'down';
}

export function createDoorVerbs(context: VerbContext): Readonly<Record<string, Verb>> {
  const { clock, random, refusable, start } = context;

  const outage: Verb = ({ params, ledger }) => {
    const mode = typeof params['mode'] === 'string' ? params['mode'] : 'error';
    const status = optionalNumber(params, ['status'], 503);
    const common = { ledger, state: downUnlessPartial(ledger), why: `outage (${mode})` };
    switch (mode) {
      case 'black-hole':
        return start({
          ...common,
          severity: 100,
          refuses: false,
          outcome: () => 'silence',
          did: 'never answered',
        });
      case 'reset':
        return start({
          ...common,
          severity: 90,
          refuses: false,
          outcome: () => 'reset',
          did: 'broke the connection',
        });
      case 'refuse':
        if (refusable) {
          // A connection from before the outage may still bring a request: it is broken then. When
          // only some requests are meant, connections are let in, so that each request can be told.
          return start({
            ...common,
            severity: 95,
            refuses: ledger.partial !== true,
            outcome: () => 'reset',
            did: 'broke the connection',
          });
        }
        break;
      case 'error':
        break;
      default:
        throw new BellwetherError(`An outage has no mode "${mode}"`, {
          code: 'WORLD_FAULT_PARAMETER',
          blame: 'harness',
        });
    }
    return start({
      ...common,
      severity: 80,
      refuses: false,
      outcome: () => ({ status }),
      did: `answered ${status}`,
    });
  };

  const latency: Verb = ({ params, ledger }) => {
    const distribution = delayDistribution(params['delay']);
    return start({
      ledger,
      severity: 0,
      state: 'degraded',
      why: 'latency',
      refuses: false,
      delay: () => drawDelay(distribution, random),
      did: 'delayed it',
    });
  };

  const loss: Verb = ({ params, ledger }) => {
    const share = optionalNumber(params, ['share'], 1);
    const lost = refusable ? 'silence' : 'answer-then-lose';
    return start({
      ledger,
      severity: 70,
      state: 'degraded',
      why: `loss (${Math.round(share * 1000) / 10} %)`,
      refuses: false,
      outcome: () => (random.chance(share) ? lost : undefined),
      did: 'lost it',
    });
  };

  const bandwidth: Verb = ({ params, ledger }) => {
    const pipe = new Pipe(numberOf(params, ['to']));
    return start({
      ledger,
      severity: 0,
      state: 'degraded',
      why: 'bandwidth',
      refuses: false,
      delay: (bytes) => pipe.take(bytes, clock.now()),
      did: 'let it pass slowly',
    });
  };

  const slowBody: Verb = ({ params, ledger }) =>
    start({
      ledger,
      severity: 0,
      state: 'degraded',
      why: 'slow-body',
      refuses: false,
      bytesPerSecond: Math.max(1, numberOf(params, ['to'])),
      did: 'let its answer trickle',
    });

  const throttle: Verb = ({ params, ledger }) => {
    const perSecond = numberOf(params, ['to', 'toPerSecond']);
    const retryAfterMicros = optionalNumber(
      params,
      ['retry-after', 'retryAfter', 'retryAfterMicros'],
      MICROS_PER_SECOND,
    );
    const limit = createRateLimit(perSecond);
    return start({
      ledger,
      severity: 50,
      state: 'degraded',
      why: `throttle (${perSecond}/s)`,
      refuses: false,
      outcome: () => (limit.take(clock.now()) ? undefined : { retryAfterMicros, queueFull: false }),
      did: 'throttled it',
    });
  };

  const queueFull: Verb = ({ params, ledger }) => {
    const retryAfterMicros = optionalNumber(
      params,
      ['retry-after', 'retryAfter', 'retryAfterMicros'],
      MICROS_PER_SECOND,
    );
    return start({
      ledger,
      severity: 60,
      state: 'degraded',
      why: 'queue-full',
      refuses: false,
      outcome: () => ({ retryAfterMicros, queueFull: true }),
      did: 'refused it, the queue being full',
    });
  };

  const refuse: Verb = ({ params, ledger }) => {
    const word = params['with'];
    if (typeof word !== 'string') {
      throw new BellwetherError('The fault lacks its parameter with', {
        code: 'WORLD_FAULT_PARAMETER',
        blame: 'harness',
      });
    }
    return start({
      ledger,
      severity: 55,
      state: 'degraded',
      why: `refuse (${word})`,
      refuses: false,
      outcome: () => ({ status: 503, as: word }),
      did: `refused it with ${word}`,
    });
  };

  const ambiguous =
    (severity: number, why: string, outcome: Outcome, did: string): Verb =>
    ({ ledger }) =>
      start({
        ledger,
        severity,
        state: 'degraded',
        why,
        refuses: false,
        outcome: () => outcome,
        did,
      });

  return {
    outage,
    flap: flapping(clock, outage),
    latency,
    loss,
    bandwidth,
    'slow-body': slowBody,
    throttle,
    'queue-full': queueFull,
    refuse,
    'accept-then-drop-answer': ambiguous(
      40,
      'accept-then-drop-answer',
      'serve-then-drop-answer',
      'accepted it and broke the connection before the answer',
    ),
    'answer-then-lose': ambiguous(
      30,
      'answer-then-lose',
      'answer-then-lose',
      'answered as if accepted and lost it',
    ),
  };
}
