import type { BoundedMap } from '../kernel/bounded-map.ts';
import type { DevicePlan } from '../kernel/plan.ts';
import type { Random } from '../kernel/random.ts';
import type { HandsetChange } from '../network/bearer.ts';
import type { AppKeys } from './app-keys.ts';
import type { Circumstance } from './circumstances.ts';
import type { Conversation } from './conversation-group.ts';
import type { Keyring } from './keyring.ts';
import type { KeyTrouble } from './keys/trouble.ts';
import type { SentMms } from './mms/send.ts';
import type { OnOffer } from './suggestions.ts';
import type { ImessageKeys } from './talk/imessage-keys.ts';
import type { OnScreen } from './talk/screen.ts';
import type { Phone } from './phone.ts';
import { PushPower } from './push-power.ts';
import { PushRegistration } from './push-registration.ts';

/** `window`: Doze lets work through for a moment; `change`: something about the phone changed. */
export type Release = 'window' | 'change';

/** What a phone keeps once something happened to it; collections come with their first entry. */
export class PhoneState {
  /** Written into every event of the phone: made once. */
  readonly path: string;
  readonly random: Random;
  readonly power: PushPower;
  /** The wire of the notification that a collapse id shows now. */
  collapsed: Map<string, string> | undefined;
  listeners: ((change: HandsetChange) => void)[] | undefined;
  pushListeners: (() => void)[] | undefined;
  waitingForKeys: (() => void)[] | undefined;
  /** Encrypted conversations of this phone, by the numbers of their people. */
  conversations: Map<string, Conversation> | undefined;
  /** Messages of other people that it shows, by their ids. */
  screen: BoundedMap<OnScreen> | undefined;
  /** What can be tapped, by who sent it. */
  onOffer: Map<string, OnOffer> | undefined;
  imessage: ImessageKeys | undefined;
  /** What it has sent by MMS, by the id that its centre gave it: reports name that. */
  mmsSent: Map<string, SentMms> | undefined;
  revoked = false;
  keysLost = false;
  keyLosses = 0;
  keyRotations = 0;
  /** Above 0 while it comes back into its conversations by itself. */
  comingBack = 0;
  /** How often it tried to get into a conversation that it is shut out of, and when last. */
  intrusions = 0;
  intrudedAtMicros = 0;
  keyTrouble: KeyTrouble | undefined;
  /** What an update or downgrade of the OS made of its encryption; undefined: as planned. */
  e2eeNow: boolean | undefined;
  keys: Keyring | undefined;
  appKeys: AppKeys | undefined;
  registration: PushRegistration | undefined;
  #circumstances: Map<Circumstance, number> | undefined;
  #backgroundRuns: number[] | undefined;
  #deferred: ((why: Release) => void)[] | undefined;

  constructor(path: string, random: Random, push: DevicePlan['push']) {
    this.path = path;
    this.random = random;
    this.power = new PushPower(push);
  }

  /** How many faults do this to the phone at the moment. */
  suffering(what: Circumstance): number {
    return this.#circumstances?.get(what) ?? 0;
  }

  /** One more (1) or one less (-1); returns how many there are now. */
  suffer(what: Circumstance, change: 1 | -1): number {
    const count = this.suffering(what) + change;
    this.#circumstances ??= new Map();
    this.#circumstances.set(what, count);
    return count;
  }

  /** Takes one of so many background runs in the window before `now`; false when used up. */
  mayRunInBackground(now: number, windowMicros: number, limit: number): boolean {
    const recent = (this.#backgroundRuns ?? []).filter((at) => at >= now - windowMicros);
    this.#backgroundRuns = recent;
    if (recent.length >= limit) return false;
    recent.push(now);
    return true;
  }

  /** Draws from a range of the plan, µs. */
  draw([min, max]: readonly [number, number]): number {
    return this.random.int(min, max);
  }

  /** APNs tokens are 32 bytes in hex; FCM's are opaque, with the app instance before a colon. */
  registrationOf(phone: Phone): PushRegistration {
    if (this.registration !== undefined) return this.registration;
    const token =
      phone.plan.push.provider === 'apns'
        ? Buffer.from(this.random.bytes(32)).toString('hex')
        : `${this.#opaque(16)}:APA91b${this.#opaque(99)}`;
    this.registration = new PushRegistration(phone, token);
    phone.context.tokens.set(token, this.registration);
    return this.registration;
  }

  forgetRegistration(): void {
    this.registration = undefined;
  }

  /** Work that waits for power saving to end. */
  defer(task: (why: Release) => void): void {
    this.#deferred ??= [];
    this.#deferred.push(task);
  }

  /** Work asks again whether it may run, and defers itself anew if it may not. */
  releaseDeferred(why: Release = 'change'): void {
    const tasks = this.#deferred ?? [];
    this.#deferred = undefined;
    for (const task of tasks) task(why);
  }

  #opaque(bytes: number): string {
    return Buffer.from(this.random.bytes(bytes)).toString('base64url');
  }
}
