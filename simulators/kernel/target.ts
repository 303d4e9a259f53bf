/**
 * A target is one controllable thing of the world (or the implementation): faults act on it by
 * verb. Verbs take parameters already validated by the fault's schema and return the undoing.
 */

/** Undoes what a verb did. Called exactly once. */
export type Lift = () => void;

/** How a fault tells what it did to whom, as it happens; each call is one hit. */
export interface FaultLedger {
  readonly fault: string;
  /** It hits only some (a selection or `of`): what it disturbs is degraded, not down. */
  readonly partial?: boolean;
  /** Should this request or message be hit? Applies the selection and `of`; counts candidates. */
  hits(message: string | undefined): boolean;
  touched(did: string, message?: string, wire?: string): void;
}

export interface VerbCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly ledger: FaultLedger;
}

export type Verb = (call: VerbCall) => Lift;

export interface Target {
  /** `carrier/northtel/rcs`, `gateway/rbm`, `attachments/store`, `person/ana/device/1` … */
  readonly path: string;
  readonly kind: TargetKind;
  /**
   * Fault words of the registry → what this target does. A missing verb is an impossible target.
   */
  readonly verbs: Readonly<Record<string, Verb>>;
  /** Why a word is not among them, in a sentence and what to do, where that is not plain. */
  readonly without?: Readonly<Record<string, string>>;
}

export const TARGET_KINDS = [
  'carrier-rcs',
  'carrier-sms',
  'carrier-mms',
  'gateway',
  'push',
  'attachments',
  'imessage',
  'person',
  'device',
  'implementation',
] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Targets by path; a world registers its own, the harness adds the implementation. */
export interface TargetRegistry {
  register(target: Target): void;
  get(path: string): Target | undefined;
  readonly paths: readonly string[];
}

export function createTargets(): TargetRegistry {
  const targets = new Map<string, Target>();
  return {
    register: (target) => {
      targets.set(target.path, target);
    },
    get: (path) => targets.get(path),
    get paths() {
      return [...targets.keys()];
    },
  };
}
