/**
 * The history's event union: everything that happened in a cell, and all that the judges know.
 * Every event has `seq` (from 1), `t` (integer microseconds since the cell began), `kind` and,
 * where there is one, `cause` (the seq of the event that led to it). No wall date, port, pid or
 * path.
 *
 * Names used in many events:
 * - `component`: a target path such as `gateway/rbm`, `carrier/northtel/rcs`, `push/apns`.
 * - `person` `ana` or `population/17`; `device` `person/ana/device/1`.
 * - `wire`: an id of one transmission, unique in the cell, prefixed by where it was made:
 *   `rbm:<messageId>`, `smpp:<message_id>`, `apns:<apns-id>`, `fcm:<id>`, `rcs:<imdn id>`.
 * - `message`: the message's id in the plan's traffic (`alerts-17`). Present only where the
 *   simulator itself could tell (an open canary, or a parent wire that had it).
 */
import type {
  CallbackForgery,
  DoorOperation,
  DoorOutcome,
  Meaning,
  PartOf,
  TellsOf,
} from './door-words.ts';
import type { Claims } from './claims.ts';
import type { AttachmentEventKinds } from './events-attachments.ts';
import type { ImplementationEventKinds } from './events-implementation.ts';
import type { ImessageEventKinds } from './events-imessage.ts';
import type { MlsEventKinds } from './events-mls.ts';
import type { MmsEventKinds } from './events-mms.ts';
import type { PeopleEventKinds } from './events-people.ts';
import type { Cell } from './plan.ts';
import type { RichEventKinds } from './events-rich.ts';
import type { PushFacts } from './push-facts.ts';
import type { SessionEventKinds } from './events-sessions.ts';
import type { Channel, ComponentState, Observer, StatusWord } from './words.ts';

export type { Claims } from './claims.ts';
export type { CallbackForgery, DoorOperation, DoorOutcome, Meaning, PartOf } from './door-words.ts';

type ElsewhereKinds = AttachmentEventKinds &
  ImplementationEventKinds &
  ImessageEventKinds &
  MlsEventKinds &
  MmsEventKinds &
  PeopleEventKinds &
  RichEventKinds &
  SessionEventKinds;

type Kinds = ElsewhereKinds & {
  'run.started': {
    /** The cell as planned; with the history it is all that judging needs. */
    readonly plan: Cell;
    readonly implementation: {
      readonly name: string;
      readonly version: string;
      readonly role: 'notifier' | 'adapter' | 'mls-client' | 'none';
      readonly claims: Claims;
    };
    readonly wire: 'memory' | 'sockets';
  };
  'phase.began': { readonly phase: 'main' | 'heal' | 'final' };
  'cell.ended': {
    readonly outcome: 'completed' | 'deadline' | 'stopped' | 'harness-error';
    /** For `harness-error`: what failed. */
    readonly why?: string;
    /** What had not come to rest: `message alerts-3`, `timer`, `stored rbm:…`. */
    readonly unfinished: readonly string[];
  };
  'harness.lag': {
    readonly fromMicros: number;
    readonly toMicros: number;
    /** The event loop's worst delay in the window. */
    readonly loopMicros: number;
    /** How late the worst submission left after it was intended. */
    readonly sendMicros: number;
  };

  'component.changed': {
    readonly component: string;
    readonly state: ComponentState;
    readonly why: string;
    readonly fault?: string;
  };
  'device.changed': {
    readonly device: string;
    readonly person: string;
    /** Can it receive now: online, registered, not removed. */
    readonly state: ComponentState;
    readonly change:
      | 'created'
      | 'online'
      | 'offline'
      | 'keys-lost'
      | 'keys-renewed'
      | 'keys-rotated'
      | 'revoked'
      | 'attestation-failed'
      | 'attested'
      | 'capability'
      | 'app-installed'
      | 'app-removed'
      | 'app-stopped'
      | 'app-opened'
      | 'entitlement'
      | 'token-invalid'
      | 'power'
      | 'roaming'
      | 'receipts-off'
      | 'receipts-on';
    /** Channels that this device can display from now on, given its own state alone. */
    readonly channels: readonly Channel[];
    readonly fault?: string;
  };

  'fault.armed': { readonly fault: string; readonly entry: string; readonly target: string };
  'fault.applied': { readonly fault: string; readonly entry: string; readonly target: string };
  'fault.touched': {
    readonly fault: string;
    /** What it did, in words: `refused the connection`, `answered 503`. */
    readonly did: string;
    readonly message?: string;
    readonly wire?: string;
  };
  'fault.lifted': { readonly fault: string; readonly entry: string; readonly target: string };

  'message.intended': {
    readonly message: string;
    readonly traffic: string;
    /** A person; `business` for what a person writes to the implementation. */
    readonly to: string;
    /** Set when a simulated device is the sender (a world check, or a message to the business). */
    readonly from?: string;
    readonly canary: string;
  };
  'message.submitted': { readonly message: string; readonly attempt: number };
  'message.answered': {
    readonly message: string;
    readonly attempt: number;
    readonly outcome: 'accepted' | 'busy' | 'refused' | 'no-answer';
    /** Did it certainly not happen? (only meaningful when not accepted) */
    readonly definite: boolean;
    /** HTTP status or stdio error code, for the reader. */
    readonly status: string;
    /** The implementation's own id. */
    readonly id?: string;
  };
  'status.seen': {
    readonly message: string;
    /** The word as the implementation said it; `word` is absent when it is not one it declared. */
    readonly raw: string;
    readonly word?: StatusWord;
    /** As the implementation called it. */
    readonly channel?: string;
    /** What that stands for where it declared the name: one channel, several, or none. */
    readonly means?: readonly Channel[];
    readonly encrypted?: boolean;
    /** What it told instead of true or false, as JSON. */
    readonly encryptedAs?: string;
    readonly by: 'poll' | 'push';
    /** The read after heal, by which it is judged. */
    readonly final?: boolean;
  };

  'door.request': {
    readonly component: string;
    readonly operation: DoorOperation;
    /** The channel that a `send` would use. A link in an open text is secure-link. */
    readonly channel?: Channel;
    readonly wire?: string;
    readonly person?: string;
    readonly device?: string;
    readonly message?: string;
    /** The implementation's own id, where the payload names it: a push's data, a link's path. */
    readonly echoed?: string;
    /** A protocol's own word for it: `POST /v1/phones/…/agentMessages`, `submit_sm`. */
    readonly what: string;
    /** A gateway carried out a fall-back of its own for the sender. */
    readonly onBehalf?: boolean;
    /** The protocol's idempotency id seen again. */
    readonly repeated?: boolean;
    /** For carrier texts: does it carry the policy's disclosure sentence? */
    readonly disclosure?: boolean;
    readonly part?: PartOf;
    readonly push?: PushFacts;
  };
  'door.answered': {
    /** seq of the door.request. */
    readonly request: number;
    readonly outcome: DoorOutcome;
    /** `404 NOT_FOUND`, `ESME_RTHROTTLED`, `410 Unregistered`. */
    readonly status: string;
    readonly meaning?: readonly Meaning[];
    /** Of a status that was asked for: evidence as good as that of a callback. */
    readonly tells?: readonly TellsOf[];
    /** When the answer reached the implementation; null when it never will. */
    readonly handedAt: number | null;
    /** A Retry-After that was told, µs. */
    readonly retryAfterMicros?: number;
    /** Of an access token that was given out: how long it is said to live, µs. */
    readonly tokenLifeMicros?: number;
    /** Refused because the token had expired. */
    readonly tokenExpired?: true;
    readonly wire?: string;
  };

  /** One hop: gateway → carrier core, core → device, SMS part → message, Welcome → group. */
  carried: {
    readonly wire: string;
    readonly parent?: string;
    readonly from: string;
    readonly to: string;
    readonly channel: Channel;
    readonly message?: string;
  };
  stored: { readonly wire: string; readonly component: string; readonly person: string };
  expired: { readonly wire: string; readonly component: string; readonly person: string };
  revoked: {
    readonly wire: string;
    readonly component: string;
    readonly person: string;
    /** False when it had already been delivered. */
    readonly before: boolean;
  };
  /** The network dropped it (a loss fault, a full queue): nobody is told. */
  lost: { readonly wire: string; readonly component: string; readonly fault?: string };

  'callback.sent': {
    readonly callback: string;
    readonly component: string;
    /**
     * DELIVERED, READ, TTL_EXPIRATION_REVOKED, deliver_sm receipt, MLS_FAILURE, DEVICE_REMOVED …
     */
    readonly event: string;
    readonly wire?: string;
    readonly person?: string;
    readonly device?: string;
    readonly attempt: number;
    readonly meaning?: readonly Meaning[];
    /** The protocol's status that it implies for the message, if any. */
    readonly implies?: StatusWord;
    /** The simulator knows it to be untrue (a lying-peer fault). */
    readonly untrue?: boolean;
    /** It did not come from the vendor as it should: to be refused, or taken for nothing new. */
    readonly forgery?: CallbackForgery;
    /** Of a forgery or a repetition: the status that it would have the implementation believe. */
    readonly pretends?: StatusWord;
    /** Of a stale or replayed one: when its signature says it was made, µs of the cell. */
    readonly signedAt?: number;
    /** The vendor sent it once more although it had been taken. */
    readonly again?: boolean;
    /** Signed by the key that comes or has come in by a rotation. */
    readonly newKey?: boolean;
  };
  'callback.answered': {
    readonly callback: string;
    readonly attempt: number;
    readonly outcome: 'accepted' | 'refused' | 'no-answer';
    readonly status: string;
    /** When the implementation had it (the connection took it); null if it never did. */
    readonly handedAt: number | null;
  };
  /**
   * A person's message to the business arrived: the implementation's webhook answered 2xx to the
   * callback that carried it. The only proof of arrival in this direction.
   */
  'business.received': {
    /** As the gateway has it: `rbm-user:<messageId>`. */
    readonly wire: string;
    readonly person: string;
    /** The phone that it was written on. */
    readonly device: string;
    /** `rcs-e2ee` when the phone had encrypted it, `rcs` when it left in the clear. */
    readonly channel: Channel;
    readonly message?: string;
    readonly callback: string;
  };

  'device.received': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly channel: Channel;
    readonly message?: string;
  };
  /**
   * The phone's app reached the implementation about a push, by whatever call came first: from then
   * on the implementation may know that the phone has it.
   */
  'device.asked': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly message?: string;
    /** When the call left, µs of the cell; the event stands where it ended. */
    readonly since: number;
  };
  /** A placeholder was shown: there is something, not what. */
  'device.notified': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly message?: string;
  };
  /** The content with its canary was put where the person sees it. */
  'device.displayed': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly channel: Channel;
    readonly message?: string;
    readonly padlock: boolean;
    /** The policy's disclosure sentence stood in the text. */
    readonly disclosure: boolean;
    /** The planned text did not stand in it as it was: cut, recoded, mixed with another. */
    readonly altered?: true;
  };
  'device.read': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly message?: string;
  };
  'device.link-opened': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly step: 'anonymous' | 'preview-bot' | 'wrong-code' | 'signed-in';
    readonly outcome: 'content' | 'no-content' | 'error';
    readonly status: string;
    readonly message?: string;
    /** Once more by a stranger, after the person had signed in and read it. */
    readonly afterSignIn?: true;
    /** Of a wrong code that is somebody else's right one: whose. */
    readonly codeOf?: string;
    /** Where else the canary stood: url, title, header, referrer, cacheable. */
    readonly leaks?: readonly string[];
  };

  'tap.scanned': {
    readonly observer: Observer;
    /** Where: a component, `stdout`, a file's relative path. */
    readonly where: string;
    readonly bytes: number;
    /** Of all the bytes, hex; not where all of them are kept, for these say more. */
    readonly sha256?: string;
    /** Canaries found and how each was encoded: `base64>gzip`. */
    readonly found: readonly { readonly canary: string; readonly as: string }[];
    /** The bytes of a hit, base64, at most 4 KiB around it. */
    readonly kept?: string;
    /** More bytes than the scanner reads: something was left unread. */
    readonly truncated?: boolean;
    /** The tap's own test at the beginning of the cell. */
    readonly calibration?: boolean;
    readonly channel?: Channel;
    readonly wire?: string;
  };
};

export type EventKind = keyof Kinds;
type Stamped<K extends EventKind> = {
  readonly seq: number;
  readonly t: number;
  readonly kind: K;
  readonly cause?: number;
} & Kinds[K];

/** An event of the given kind, as it stands in the history. */
export type EventOf<K extends EventKind> = Stamped<K>;
/** Any event, a union tagged by `kind`. */
export type HistoryEvent = { [K in EventKind]: Stamped<K> }[EventKind];
/** What a writer hands over; seq and t are the history's. */
export type EventInput = { [K in EventKind]: { kind: K; cause?: number } & Kinds[K] }[EventKind];
