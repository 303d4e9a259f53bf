/** What a test says to a world in its process, and what it sees of it. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { ImplementationEdges, ReplyManner, World } from '../../simulators/world.ts';
import type { CellDescription, FaultDescription } from './definition.ts';
import type { App } from './doors.ts';
import type { InboxItem } from './inbox.ts';

export type { InboxItem } from './inbox.ts';
export type { App } from './doors.ts';
export type { FaultDescription, ScenarioDescription, WorldDescription } from './definition.ts';

export interface WorldOptions extends CellDescription {
  /**
   * `virtual` (the default): nothing takes time that the test does not wait for, and the doors lie
   * in memory. `wall`: real time, and the doors also listen on 127.0.0.1.
   */
  readonly clock?: 'virtual' | 'wall' | undefined;
  /** The world's date as it begins in virtual time; default: now. */
  readonly date?: Date | undefined;
  /** Numbers and tokens that nobody has behave as their last digits say; default: they do. */
  readonly magic?: boolean | undefined;
  /** What relative paths begin at; default: that of the process. */
  readonly workingDirectory?: string | undefined;
}

/** Where the world calls the code under test. */
export interface AppEdges extends Partial<Pick<ImplementationEdges, 'app' | 'link'>> {
  /** What stands before its paths as the vendors are told: `https://app.example`. */
  readonly public?: string;
  /** Gateway → the path of its webhook, or more; see `callbacks:` of implementation.yaml. */
  readonly callbacks: Readonly<
    Record<string, string | Omit<ImplementationEdges['callbacks'][string], 'public'>>
  >;
}

export interface SimulatedPerson {
  readonly world: SimulatedWorld;
  readonly id: string;
  /** E.164 with plus sign. */
  readonly msisdn: string;
  /** What they type where a secure link asks for it. */
  readonly signInCode: string;
  /** What their phones showed, oldest first. */
  readonly inbox: readonly InboxItem[];
  /** Of their phones with the organisation's app. */
  readonly devices: ReturnType<World['registration']>['devices'];
  /** They write to the business, or tap a button. */
  replies(text: string, how?: ReplyManner): void;
  /** They write to somebody else of the world, encrypted if both can. */
  writesTo(person: string, text: string): void;
}

/** Texts of which one says something: all in which the pattern stands. */
export interface Tracked {
  readonly world: SimulatedWorld;
  readonly pattern: string | RegExp;
  readonly seen: readonly (InboxItem & { readonly person: string })[];
}

export interface SimulatedWorld {
  /** `gateway.twilio.authToken`, `push.apns.privateKey`, `sms.url` …: what programs are told. */
  readonly environment: Readonly<Record<string, string>>;
  /** The vendors' hosts that lead here. */
  readonly hosts: readonly string[];
  readonly people: readonly SimulatedPerson[];
  /** Everything that happened so far. */
  readonly history: readonly HistoryEvent[];
  /** Made by `secret`. */
  readonly secrets: readonly string[];
  /** Requests for which no simulator stands: `POST https://tracker.example/v1`. */
  readonly strayed: readonly string[];
  /** The world's own date: where time was advanced, later than that of the machine. */
  readonly date: Date;
  /** By id. Throws WORLD_NO_SUCH_PERSON. */
  person(id: string): SimulatedPerson;
  message(pattern: string | RegExp): Tracked;
  /** Whether a simulator answers for this URL. */
  leads(url: string): boolean;
  /** A fetch whose requests to vendors go to the simulators; all others fail. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Lets the vendors call the code under test: a function like a fetch handler, or the address of a
   * server of its own. Returns what did not hold, in words.
   */
  connect(app: App | string, edges: AppEdges): Promise<readonly string[]>;
  /** A fault acts from now on, as a scenario's `faults:` would have it; the result ends it. */
  disturb(fault: FaultDescription): Promise<() => void>;
  /**
   * A word to put into a message to this person: the world then knows who on the way could read it.
   */
  secret(person: string): string;
  /** Until nothing is left to happen, or so long (default an hour; in wall time 10 s). */
  settle(limitMs?: number): Promise<void>;
  /** Like `settle`, ending early when it holds; says whether it does. */
  until(holds: () => boolean, limitMs?: number): Promise<boolean>;
  /** So much time passes. */
  advance(ms: number): Promise<void>;
  /** What happened last, one line each, for a person. */
  story(lines?: number): string;
  close(): Promise<void>;
}
