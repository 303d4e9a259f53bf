import type { Random } from '../kernel/random.ts';
import type { AppKeys } from './app-keys.ts';
import type { Circumstance } from './circumstances.ts';
import type { Conversation } from './conversation.ts';
import type { Keyring } from './keyring.ts';
import type { HandsetChange, Phone } from './phone.ts';
import { PushRegistration } from './push-registration.ts';

/** Messages shown that a phone remembers, so that opening the app does not show them again. */
const REMEMBERED_DISPLAYS = 64;

/** What a phone keeps once something has happened to it. */
export class PhoneState {
  readonly random: Random;
  readonly circumstances = new Map<Circumstance, number>();
  readonly listeners: ((change: HandsetChange) => void)[] = [];
  readonly pushListeners: (() => void)[] = [];
  readonly waitingForKeys: (() => void)[] = [];
  /** When background pushes were handled in the last hour, µs. */
  readonly backgroundRuns: number[] = [];
  revoked = false;
  keysLost = false;
  keyLosses = 0;
  keys: Keyring | undefined;
  appKeys: AppKeys | undefined;
  /** Encrypted conversations that this phone began, by person. */
  readonly conversations = new Map<string, Conversation>();
  registration: PushRegistration | undefined;
  readonly #displayed = new Set<string>();
  #era = 0;
  #deferred: (() => void)[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  /** Eras count from 1 (RCC.16). */
  nextEra(): number {
    this.#era++;
    return this.#era;
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

  remembersDisplay(message: string): boolean {
    return this.#displayed.has(message);
  }

  rememberDisplay(message: string): void {
    this.#displayed.add(message);
    if (this.#displayed.size <= REMEMBERED_DISPLAYS) return;
    for (const oldest of this.#displayed) {
      this.#displayed.delete(oldest);
      break;
    }
  }

  /** Work that waits for power saving to end. */
  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  /** Work asks again whether it may run, and defers itself anew if it may not. */
  releaseDeferred(): void {
    const tasks = this.#deferred;
    this.#deferred = [];
    for (const task of tasks) task();
  }

  #opaque(bytes: number): string {
    return Buffer.from(this.random.bytes(bytes)).toString('base64url');
  }
}
