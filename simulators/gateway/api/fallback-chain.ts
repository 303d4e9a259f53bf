import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import type { Channel } from '../../kernel/words.ts';
import type { RichContent } from '../../protocol/rich-content.ts';
import { holdsLink } from '../../protocol/rich-content.ts';
import type { Scanner } from '../../protocol/canary/scanner.ts';
import { createScanner } from '../../protocol/canary/scanner.ts';
import type { Outbox, OutgoingText, Recall, TextEnd, TextFate } from './outbox.ts';
import { WaitLine } from './wait-line.ts';
import type { Waiting } from './wait-line.ts';

/** One message of several that a gateway tries in their order. */
export interface ChainStep {
  /** Unique in the cell, each step its own. */
  readonly wire: string;
  /** Undefined: a channel that this world has not. */
  readonly channel: 'rcs' | 'sms' | 'mms' | undefined;
  readonly person: string | undefined;
  /** As the phone shows it: `agent:…` on RCS; a number, short code or name else. */
  readonly from: string;
  readonly text: string;
  /** Buttons and files beside it; SMS has neither, MMS only files. */
  readonly rich?: RichContent | undefined;
  readonly validMicros: number;
  /** With another step behind it: after so long it is taken back, and the next one is tried. */
  readonly patienceMicros?: number | undefined;
}

/** In the order of trying. Whoever makes a step only when it is asked for keeps less of each. */
export type ChainSteps = Pick<readonly ChainStep[], 'length' | 'at'>;

/**
 * Why a step came to nothing: the world has no such channel, the number has no such bearer, the
 * carrier gave it up, its time ran out, the sender took it back; one of its files could not be
 * fetched (`media`), or all of it is too large for the carrier.
 */
export type StepEnd = 'unsupported' | 'unreachable' | 'recalled' | TextEnd;

/** What is to be told of a chain; `step` counts from 0. */
export interface ChainListener {
  /** Handed to the carrier. */
  submitted(step: number): void;
  delivered(step: number): void;
  read(step: number): void;
  /** `next`: the gateway goes on to another step. */
  failed(step: number, why: StepEnd, next: boolean): void;
}

export interface ChainFacts {
  /** The planned message, where the request's content told it. */
  readonly message: string | undefined;
  /** seq of the door.request that began it, and its wire. */
  readonly request: number;
  readonly wire: string;
  /** How the history names what the gateway does by itself: `failover`. */
  readonly what: string;
  /** After these the vendor tries nothing else (Sinch: a message whose time ran out). */
  readonly final?: readonly StepEnd[];
}

export interface Chain {
  /** Takes back the step that is under way: true when nothing of it will be delivered. */
  recall(): boolean;
  readonly step: number;
  readonly over: boolean;
}

export interface FallbackChains {
  /** The planned message whose canary stands in a text. */
  messageIn(text: string): string | undefined;
  /**
   * Records a dispatch that the request's own event does not tell: a further one of the same
   * request (`onBehalf` false), or what the gateway does by itself.
   */
  dispatch(step: ChainStep, facts: ChainFacts, onBehalf: boolean): void;
  /** The first step is the request's own: only those after it are recorded as dispatches. */
  start(steps: ChainSteps, facts: ChainFacts, listener: ChainListener): Chain;
  /** Not yet handed to a carrier. */
  readonly waiting: number;
}

export interface FallbackChainsOptions {
  readonly ambient: Ambient;
  /** `gateway/vonage` */
  readonly component: string;
  readonly outbox: Outbox;
  /** The policy's sentence by which a downgrade is disclosed; empty when there is none. */
  readonly policyDisclosure: string;
}

/** From the answer until a gateway's own routing has decided. */
const ROUTING_MICROS = 20 * MICROS_PER_MILLI;

/** What all chains of a gateway share. */
interface Ways {
  readonly outbox: Outbox;
  /** Chains whose step is attempted after the gateway's own routing. */
  readonly routing: WaitLine<RunningChain>;
  /** Those whose step is given so long. */
  patienceOf(micros: number): WaitLine<RunningChain>;
  /** Records that the gateway sends this by itself now. */
  goOn(step: ChainStep, facts: ChainFacts): void;
}

/** One step that a carrier has. */
class StepFate implements TextFate {
  readonly #chain: RunningChain;
  readonly #step: number;

  constructor(chain: RunningChain, step: number) {
    this.#chain = chain;
    this.#step = step;
  }

  delivered(): void {
    this.#chain.delivered(this.#step);
  }

  read(): void {
    this.#chain.read(this.#step);
  }

  failed(why: TextEnd): void {
    this.#chain.end(this.#step, why);
  }
}

/** Kept as long as its message, so it is an object with methods and no closures. */
class RunningChain implements Chain, Waiting<RunningChain> {
  step = 0;
  over = false;
  untilMicros = 0;
  before: RunningChain | undefined = undefined;
  after: RunningChain | undefined = undefined;
  #under: Recall | undefined = undefined;
  /** While the step that is under way has not all the time that there is. */
  #patience: WaitLine<RunningChain> | undefined = undefined;
  readonly #ways: Ways;
  readonly #steps: ChainSteps;
  readonly #facts: ChainFacts;
  readonly #listener: ChainListener;

  constructor(ways: Ways, steps: ChainSteps, facts: ChainFacts, listener: ChainListener) {
    this.#ways = ways;
    this.#steps = steps;
    this.#facts = facts;
    this.#listener = listener;
  }

  begin(): void {
    if (this.#steps.length === 0) this.over = true;
    else this.#ways.routing.enter(this);
  }

  recall(): boolean {
    if (this.over) return false;
    // Not handed to a carrier yet: it never will be.
    const taken = this.#under === undefined || this.#under.recall();
    if (taken) this.end(this.step, 'recalled');
    return taken;
  }

  delivered(number: number): void {
    if (number !== this.step) return;
    this.over = true;
    this.#endPatience();
    this.#listener.delivered(number);
  }

  read(number: number): void {
    this.#listener.read(number);
  }

  end(number: number, why: StepEnd): void {
    if (this.over || number !== this.step) return;
    this.#under = undefined;
    this.#endPatience();
    const next = this.#steps.at(number + 1);
    const final = why === 'recalled' || this.#facts.final?.includes(why) === true;
    if (next === undefined || final) {
      this.over = true;
      this.#listener.failed(number, why, false);
      return;
    }
    this.step = number + 1;
    this.#listener.failed(number, why, true);
    this.#ways.goOn(next, this.#facts);
    this.#ways.routing.enter(this);
  }

  attempt(): void {
    const number = this.step;
    const step = this.#steps.at(number);
    if (this.over || step === undefined) return;
    const { wire, channel, person, from, text, validMicros, patienceMicros } = step;
    const { outbox } = this.#ways;
    if (channel === undefined) return this.end(number, 'unsupported');
    if (person === undefined) return this.end(number, 'unreachable');
    if (channel === 'rcs' && !outbox.hasRcs(person)) return this.end(number, 'unreachable');
    const { message } = this.#facts;
    let outgoing: OutgoingText =
      message === undefined
        ? { wire, person, from, text, validMicros }
        : { wire, person, from, text, validMicros, message };
    if (step.rich !== undefined) outgoing = { ...outgoing, rich: step.rich };
    const recall = outbox[channel](outgoing, new StepFate(this, number));
    if (recall === undefined) return this.end(number, 'unreachable');
    this.#under = recall;
    if (number !== this.step || this.over) return;
    this.#listener.submitted(number);
    if (patienceMicros !== undefined && number + 1 < this.#steps.length) {
      this.#patience = this.#ways.patienceOf(patienceMicros);
      this.#patience.enter(this);
    }
  }

  /** Only what can be taken back gives way: what the phone has is not sent twice. */
  losePatience(): void {
    this.#patience = undefined;
    if (!this.over && this.#under?.recall() === true) this.end(this.step, 'expired');
  }

  /** The line would keep the whole message for as long. */
  #endPatience(): void {
    this.#patience?.leave(this);
    this.#patience = undefined;
  }
}

/**
 * Messages with what is to be sent in their place (Vonage's failover, Sinch's order of channels,
 * Infobip's SMS failover): the next step is a dispatch of the implementation by another hand.
 */
export function createFallbackChains(options: FallbackChainsOptions): FallbackChains {
  const { ambient, component, outbox, policyDisclosure } = options;
  const { clock, history, index } = ambient;
  const scanner: Scanner = createScanner();

  const messageIn = (text: string): string | undefined => {
    const { hits } = scanner.examine(Buffer.from(text));
    for (const { canary } of hits) {
      const found = index.byCanary(canary)?.message;
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const dispatch: FallbackChains['dispatch'] = (step, facts, onBehalf) => {
    const { wire, channel: bearer, person, text, rich } = step;
    const held = messageIn(text);
    const channel: Channel | undefined =
      bearer !== undefined && held === undefined && holdsLink(text, rich) ? 'secure-link' : bearer;
    const message = held ?? facts.message;
    const known = message === undefined ? {} : { message };
    const request = history.append({
      kind: 'door.request',
      cause: facts.request,
      component,
      operation: 'send',
      what: facts.what,
      wire,
      ...(onBehalf ? { onBehalf } : {}),
      ...(channel === undefined ? {} : { channel }),
      ...(person === undefined ? {} : { person }),
      ...known,
      ...(policyDisclosure === '' ? {} : { disclosure: text.includes(policyDisclosure) }),
    });
    if (onBehalf && channel !== undefined) {
      const hop = { wire, parent: facts.wire, from: component, to: component, channel };
      history.append({ kind: 'carried', cause: request, ...hop, ...known });
    }
    history.append({
      kind: 'door.answered',
      cause: request,
      request,
      outcome: 'accepted',
      status: onBehalf ? 'on behalf of the sender' : 'accepted with its request',
      wire,
      // Of a fall-back nobody is told that it was taken; callbacks tell what becomes of it.
      handedAt: onBehalf ? null : clock.now(),
    });
  };

  const routing = new WaitLine<RunningChain>(clock, ROUTING_MICROS, (chain) => chain.attempt());
  /** A gateway has one or two lengths of patience. */
  const patience = new Map<number, WaitLine<RunningChain>>();
  const patienceOf = (micros: number): WaitLine<RunningChain> => {
    let line = patience.get(micros);
    if (line === undefined) {
      line = new WaitLine(clock, micros, (chain) => chain.losePatience());
      patience.set(micros, line);
    }
    return line;
  };
  const ways: Ways = {
    outbox,
    routing,
    patienceOf,
    goOn: (step, facts) => dispatch(step, facts, true),
  };

  const start: FallbackChains['start'] = (steps, facts, listener) => {
    const chain = new RunningChain(ways, steps, facts, listener);
    chain.begin();
    return chain;
  };

  return {
    messageIn,
    dispatch,
    start,
    get waiting() {
      return routing.size;
    },
  };
}
