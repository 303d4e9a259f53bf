import type { PushDelivery, PushHandset } from '../network/bearer.ts';
import type { Phone } from './phone.ts';

/** One push token of a phone's app, as a push service sees it. An old token stays unregistered. */
export class PushRegistration implements PushHandset {
  readonly token: string;
  readonly #phone: Phone;

  constructor(phone: Phone, token: string) {
    this.#phone = phone;
    this.token = token;
  }

  get path(): string {
    return this.#phone.path;
  }

  get person(): string {
    return this.#phone.person;
  }

  get provider(): 'apns' | 'fcm' {
    return this.#phone.plan.push.provider;
  }

  get delayMicros(): readonly [number, number] {
    return this.#phone.plan.push.delayMicros;
  }

  get phone(): Phone {
    return this.#phone;
  }

  state(): 'online' | 'offline' | 'unregistered' {
    if (!this.#phone.holdsToken(this.token)) return 'unregistered';
    return this.#phone.online ? 'online' : 'offline';
  }

  receive(push: PushDelivery): void {
    this.#phone.receivePush(push);
  }

  onChange(listener: () => void): void {
    this.#phone.onPushChange(listener);
  }
}
