import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Mark } from './records.ts';
import type { Span } from './timeline.ts';

/** One fault's life in the history. */
export interface FaultStory {
  readonly name: string;
  applied: Mark | null;
  lifted: Mark | null;
  hits: number;
}

/** A window in which the harness itself was slow, wall time only. */
export interface LagWindow extends Span {
  readonly worstMicros: number;
}

/** A fact about the implementation's process that a rule names. */
export interface ProcessFact extends Mark {
  readonly what: string;
}

/** The harness stopped or froze the implementation. */
export interface Stop {
  readonly since: number;
  /** It reads on where it was; otherwise it begins anew. */
  readonly frozen: boolean;
}

/** Folds what the run, the faults and the implementation's process did. */
export class RunFold {
  readonly faults = new Map<string, FaultStory>();
  readonly lag: LagWindow[] = [];
  readonly exits: EventOf<'implementation.exited'>[] = [];
  readonly floods: ProcessFact[] = [];
  readonly probes: EventOf<'probe.result'>[] = [];
  /** Times when the harness had stopped or paused the implementation: never its own fault. */
  readonly downtime: Span[] = [];
  starts = 0;
  readies = 0;
  outputs = 0;
  evidence: EventOf<'implementation.evidence'> | null = null;
  finalPhase: Mark | null = null;
  ended: EventOf<'cell.ended'> | null = null;
  lastMicros = 0;
  events = 0;
  /** While it is stopped; null while it runs. */
  stop: Stop | null = null;

  #fault(name: string): FaultStory {
    let story = this.faults.get(name);
    if (story === undefined) {
      story = { name, applied: null, lifted: null, hits: 0 };
      this.faults.set(name, story);
    }
    return story;
  }

  #stopped(at: number, frozen: boolean): void {
    this.stop = { since: this.stop?.since ?? at, frozen: frozen && this.stop?.frozen !== false };
  }

  /** The stop that is over, if there was one. */
  #runs(at: number): Stop | null {
    const { stop } = this;
    if (stop !== null) this.downtime.push({ from: stop.since, to: at });
    this.stop = null;
    return stop;
  }

  /** Downtime that has not ended yet lasts until now. */
  allDowntime(): readonly Span[] {
    if (this.stop === null) return this.downtime;
    return [...this.downtime, { from: this.stop.since, to: this.lastMicros }];
  }

  /** Was it down at any time of the stretch? */
  wasDown(from: number, to = from): boolean {
    return this.allDowntime().some((span) => span.from <= to && span.to >= from);
  }

  exited(event: EventOf<'implementation.exited'>): void {
    this.exits.push(event);
    if (event.asked && event.reason === undefined) this.#stopped(event.t, false);
  }

  /** The stop that is over with this, if there was one. */
  ready(event: EventOf<'implementation.ready'>): Stop | null {
    this.readies++;
    return this.#runs(event.t);
  }

  output(event: EventOf<'implementation.output'>): void {
    this.outputs++;
    if (event.flooded !== true || this.floods.length >= 10) return;
    this.floods.push({ at: event.t, seq: event.seq, what: event.stream });
  }

  applied(event: EventOf<'fault.applied'>): void {
    this.#fault(event.fault).applied ??= { at: event.t, seq: event.seq };
    if (event.target === 'implementation' && event.entry === 'pause') this.#stopped(event.t, true);
  }

  /** The stop that is over with this, if there was one. */
  lifted(event: EventOf<'fault.lifted'>): Stop | null {
    this.#fault(event.fault).lifted = { at: event.t, seq: event.seq };
    if (event.target !== 'implementation' || event.entry !== 'pause') return null;
    return this.#runs(event.t);
  }

  touched(event: EventOf<'fault.touched'>): void {
    this.#fault(event.fault).hits++;
  }

  lagged(event: EventOf<'harness.lag'>): void {
    const worstMicros = Math.max(event.loopMicros, event.sendMicros);
    this.lag.push({ from: event.fromMicros, to: event.toMicros, worstMicros });
  }

  any(event: HistoryEvent): void {
    this.events++;
    if (event.t > this.lastMicros) this.lastMicros = event.t;
  }
}
