import type { ClaimedKeyPackage, CredentialForm } from '../network/bearer.ts';
import type { MlsMember } from '../protocol/mls/types.ts';
import { DeviceIdentity } from './keys/identity.ts';
import { KeyPackages } from './keys/packages.ts';
import type { Phone } from './phone.ts';

/** One group per sender; more means a sender that opens a group for each message. */
const KEPT_GROUPS = 64;
/** States before a wipe; more are of no use once their messages are over. */
const KEPT_LOST = 16;
/** Ciphertexts opened last, for an observer who steals the state: what it must not read. */
const KEPT_OPENED = 4;

/** A ciphertext that this phone has opened. */
export interface OpenedCiphertext {
  readonly wire: string;
  readonly body: Uint8Array;
}

/** The MLS state of one device. All of it is gone with `wipe`. */
export class Keyring {
  readonly groups = new Map<string, MlsMember>();
  readonly packages: KeyPackages;
  readonly opened: OpenedCiphertext[] = [];
  /** Signature keys, in hex, of its Basic leaves in conversations with foreign stacks. */
  readonly basicLeaves = new Set<string>();
  readonly #phone: Phone;
  readonly #early = new Map<string, Set<() => void>>();
  /** What a wipe took, newest last: no phone uses it, an observer may identify by it. */
  readonly #lost: MlsMember[] = [];
  #identity: DeviceIdentity | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(phone: Phone) {
    this.#phone = phone;
    this.packages = new KeyPackages(phone);
  }

  /** Participant key and leaf; made when first needed. */
  get identity(): DeviceIdentity {
    this.#identity ??= new DeviceIdentity(this.#phone, this.#phone.keyLosses);
    return this.#identity;
  }

  /**
   * Runs MLS work of this device one after the other, in promises that need microtasks only. An
   * error of ours ends the run; what a peer sent never throws.
   */
  queue(task: () => Promise<void>): void {
    const { ambient, failed } = this.#phone.context;
    ambient.clock.touch();
    this.#work = this.#work.then(task).catch(failed);
  }

  claim(form: CredentialForm): Promise<ClaimedKeyPackage> {
    this.#phone.context.ambient.clock.touch();
    return this.packages.claim(form);
  }

  enter(group: string, member: MlsMember): void {
    // The newest stands last: that is the one to answer in.
    this.groups.delete(group);
    this.groups.set(group, member);
    this.#phone.context.awake.used(member);
    for (const oldest of this.groups.keys()) {
      if (this.groups.size <= KEPT_GROUPS) return;
      this.groups.delete(oldest);
    }
  }

  /** The member that takes this group's next message. */
  memberOf(group: string): MlsMember | undefined {
    const member = this.groups.get(group);
    if (member !== undefined) this.#phone.context.awake.used(member);
    return member;
  }

  remember(opened: OpenedCiphertext): void {
    this.opened.push(opened);
    if (this.opened.length > KEPT_OPENED) this.opened.shift();
  }

  /** Messages that came too early. */
  get waiting(): number {
    let count = 0;
    for (const retries of this.#early.values()) count += retries.size;
    return count;
  }

  /** `retry` runs at the group's next step on this device; returns how to stop waiting. */
  awaitStep(group: string, retry: () => void): () => void {
    const retries = this.#early.get(group) ?? new Set();
    this.#early.set(group, retries.add(retry));
    return () => {
      retries.delete(retry);
      if (retries.size === 0 && this.#early.get(group) === retries) this.#early.delete(group);
    };
  }

  /** The device joined the group or moved to its next epoch. */
  arrive(group: string): void {
    const retries = this.#early.get(group);
    this.#early.delete(group);
    for (const retry of retries ?? []) retry();
  }

  /** Every state in which this device is, or before a wipe was, in the group. */
  statesOf(group: string): MlsMember[] {
    const states = this.#lost.filter(({ groupId }) => hexOf(groupId) === group);
    const present = this.groups.get(group);
    return present === undefined ? states : [present, ...states];
  }

  wipe(): void {
    this.#lost.push(...this.groups.values());
    this.#lost.splice(0, this.#lost.length - KEPT_LOST);
    this.groups.clear();
    this.packages.wipe();
    this.opened.length = 0;
    this.basicLeaves.clear();
    this.#identity = undefined;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
