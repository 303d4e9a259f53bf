import type { ClaimedKeyPackage } from '../network/bearer.ts';
import type { KeyPackageSecrets, MlsMember } from '../protocol/mls/types.ts';
import type { Phone } from './phone.ts';

/** Published packages that nobody used; the oldest are forgotten beyond this many. */
const KEPT_PACKAGES = 32;
/** One group per sender; more means a sender that opens a group for each message. */
const KEPT_GROUPS = 64;
/** States before a wipe; more are of no use once their messages are over. */
const KEPT_LOST = 16;

/** The MLS state of one device. All of it is gone with `wipe`. */
export class Keyring {
  readonly groups = new Map<string, MlsMember>();
  readonly #phone: Phone;
  readonly #packages = new Map<string, KeyPackageSecrets>();
  readonly #early = new Map<string, Set<() => void>>();
  /** What a wipe took, newest last: no phone uses it, an observer may identify by it. */
  readonly #lost: MlsMember[] = [];
  #work: Promise<void> = Promise.resolve();

  constructor(phone: Phone) {
    this.#phone = phone;
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

  async claim(): Promise<ClaimedKeyPackage> {
    const { context, identity, path } = this.#phone;
    context.ambient.clock.touch();
    const made = await context.mls.generateKeyPackage(identity);
    this.#packages.set(made.reference, made.private);
    forgetOldest(this.#packages, KEPT_PACKAGES);
    const { keyPackage, reference } = made;
    return { device: path, keyPackage, reference, lastResort: false };
  }

  /** The secrets of those of its packages that a Welcome names. */
  secretsFor(references: readonly string[]): KeyPackageSecrets[] {
    return references
      .map((reference) => this.#packages.get(reference))
      .filter((secrets) => secrets !== undefined);
  }

  /** A package that led into a group is used up (RFC 9420 §10). */
  spend(reference: string): void {
    this.#packages.delete(reference);
  }

  enter(group: string, member: MlsMember): void {
    this.groups.set(group, member);
    forgetOldest(this.groups, KEPT_GROUPS);
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
    this.#packages.clear();
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= limit) return;
    map.delete(oldest);
  }
}
