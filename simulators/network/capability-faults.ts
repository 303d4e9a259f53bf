/** What faults make of the answer to “what can this person's phones do?”, for whoever gives it. */
import type { Clock } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';
import type { Directory, RcsCore } from './bearer.ts';

/** undefined: no RCS. */
type Features = ReturnType<RcsCore['registered']>;

export interface CapabilityFaults {
  /** capability-stale, capability-wrong, capability-flap */
  readonly verbs: Readonly<Record<string, Verb>>;
  /** The core as it answers those who ask for capabilities; what it carries is as ever. */
  asTold(core: RcsCore): RcsCore;
}

export interface CapabilityFaultsOptions {
  readonly clock: Clock;
  readonly directory: Directory;
  /** What a person's phones can do, asked without a trace. */
  readonly registered: (person: string) => Features;
}

interface Lie {
  readonly ledger: FaultLedger;
  /** Undefined: the truth, for now. */
  readonly of: (person: string) => { readonly told: Features } | undefined;
}

const USUAL_MICROS = 5 * MICROS_PER_SECOND;

const WORDS: Readonly<Record<string, Features>> = {
  none: undefined,
  rcs: { e2ee: false },
  e2ee: { e2ee: true },
};

function said(features: Features): string {
  if (features === undefined) return 'no RCS';
  return features.e2ee ? 'RCS with end-to-end encryption' : 'RCS without end-to-end encryption';
}

export function createCapabilityFaults(options: CapabilityFaultsOptions): CapabilityFaults {
  const { clock, directory, registered } = options;
  let lies: readonly Lie[] = [];

  const start = (lie: Lie): Lift => {
    lies = [...lies, lie];
    return () => {
      lies = lies.filter((other) => other !== lie);
    };
  };

  const untruth = (params: Readonly<Record<string, unknown>>): { readonly told: Features } => ({
    told: WORDS[String(params['says'])],
  });

  const tell = (person: string, truth: Features): Features => {
    const lie = lies.at(-1);
    const other = lie?.of(person);
    if (lie === undefined || other === undefined || other.told?.e2ee === truth?.e2ee) return truth;
    if (!lie.ledger.hits(undefined)) return truth;
    lie.ledger.touched(`told that ${person} has ${said(other.told)}, not ${said(truth)}`);
    return other.told;
  };

  const told = new WeakMap<RcsCore, RcsCore>();
  return {
    asTold: (core) => {
      let made = told.get(core);
      if (made === undefined) {
        made = { ...core, capabilities: (person) => tell(person, core.capabilities(person)) };
        told.set(core, made);
      }
      return made;
    },
    verbs: {
      'capability-stale': ({ ledger }) => {
        const then = new Map(
          directory.everybody.map(({ plan }) => [plan.id, registered(plan.id)] as const),
        );
        return start({
          ledger,
          of: (person) => (then.has(person) ? { told: then.get(person) } : undefined),
        });
      },
      'capability-wrong': ({ params, ledger }) => start({ ledger, of: () => untruth(params) }),
      'capability-flap': ({ params, ledger }) => {
        const { every } = params;
        const lasts = typeof every === 'number' && every > 0 ? every : USUAL_MICROS;
        const since = clock.now();
        const swings = (): boolean => Math.floor((clock.now() - since) / lasts) % 2 === 0;
        return start({ ledger, of: () => (swings() ? untruth(params) : undefined) });
      },
    },
  };
}
