import { hash } from 'node:crypto';
import type { ClaimedKeyPackage, CredentialForm } from '../../network/bearer.ts';
import type { GeneratedKeyPackage, KeyPackageSecrets } from '../../protocol/mls/types.ts';
import type { Phone } from '../phone.ts';

/** One-time packages that a client publishes at once (LineageOS publishes so many). */
const POOL_SIZE = 100;
/** Published packages that nobody used; the oldest are forgotten beyond this many. */
const KEPT_PACKAGES = 32;
/** Welcomes remembered, as digests. */
const KEPT_WELCOMES = 32;

/**
 * The key packages of one device at its home key distribution service: a pool of one-time packages
 * and a last resort, which is given out again and again once the pool is empty. A service does not
 * say that a pool runs dry; clients publish anew when they register. Packages are made when they
 * are claimed, so that phones nobody writes to cost nothing.
 */
export class KeyPackages {
  readonly #phone: Phone;
  readonly #secrets = new Map<string, KeyPackageSecrets>();
  readonly #lastResort = new Map<CredentialForm, GeneratedKeyPackage>();
  readonly #given = new Map<CredentialForm, GeneratedKeyPackage>();
  readonly #welcomes = new Set<string>();
  #left = POOL_SIZE;

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  /** The client registered: a full pool. */
  publish(): void {
    if (this.#phone.keyTrouble.exhausted === undefined) this.#left = POOL_SIZE;
  }

  /** Everything published so far is withdrawn; those in use already stay readable. */
  renew(): void {
    this.#lastResort.clear();
    this.#given.clear();
    this.publish();
  }

  async #make(form: CredentialForm, lastResort: boolean): Promise<GeneratedKeyPackage> {
    const { context, identity, keys, mls } = this.#phone;
    if (form === 'basic') return mls.generateKeyPackage(identity, { lastResort });
    const { leaf } = keys.identity;
    const nowSeconds = Math.floor(context.ambient.clock.epochMillis() / 1_000);
    const lifetimeSeconds = leaf.notAfterSeconds - nowSeconds;
    return mls.generateKeyPackage(identity, { lastResort, leaf, lifetimeSeconds });
  }

  async claim(form: CredentialForm): Promise<ClaimedKeyPackage> {
    const { path, keyTrouble, attestationFault } = this.#phone;
    const claimed = (made: GeneratedKeyPackage, lastResort: boolean): ClaimedKeyPackage => {
      const { keyPackage, reference } = made;
      const doubt = attestationFault === undefined ? {} : { unattested: attestationFault };
      return { device: path, keyPackage, reference, lastResort, ...doubt };
    };
    const before = this.#given.get(form);
    if (before !== undefined && keyTrouble.replays('key-package')) {
      return { ...claimed(before, false), again: true };
    }
    if (keyTrouble.exhausted !== undefined) this.#left = 0;
    if (this.#left > 0) {
      this.#left--;
      const made = await this.#make(form, false);
      this.#keep(made);
      this.#given.set(form, made);
      return claimed(made, false);
    }
    keyTrouble.exhausted?.touched(`gave out the last-resort package of ${path}`);
    let made = this.#lastResort.get(form);
    if (made === undefined) {
      made = await this.#make(form, true);
      this.#lastResort.set(form, made);
      this.#keep(made);
    }
    return claimed(made, true);
  }

  #keep(made: GeneratedKeyPackage): void {
    this.#secrets.set(made.reference, made.private);
    for (const oldest of this.#secrets.keys()) {
      if (this.#secrets.size <= KEPT_PACKAGES) return;
      this.#secrets.delete(oldest);
    }
  }

  /** The secrets of those of its packages that a Welcome names. */
  secretsFor(references: readonly string[]): KeyPackageSecrets[] {
    return references
      .map((reference) => this.#secrets.get(reference))
      .filter((secrets) => secrets !== undefined);
  }

  /** Was the device led into a group by this very Welcome before? */
  sawWelcome(welcome: Uint8Array): boolean {
    return this.#welcomes.has(hash('sha256', welcome, 'base64'));
  }

  /** A package that led into a group is used up (RFC 9420 §10), unless it is the last resort. */
  used(welcome: Uint8Array, reference: string): void {
    this.#welcomes.add(hash('sha256', welcome, 'base64'));
    for (const oldest of this.#welcomes) {
      if (this.#welcomes.size <= KEPT_WELCOMES) break;
      this.#welcomes.delete(oldest);
    }
    for (const last of this.#lastResort.values()) if (last.reference === reference) return;
    this.#secrets.delete(reference);
  }

  /** A copy for whoever steals the device's state. */
  copy(): ReadonlyMap<string, KeyPackageSecrets> {
    return new Map(this.#secrets);
  }

  wipe(): void {
    this.#secrets.clear();
    this.#lastResort.clear();
    this.#given.clear();
    this.#left = POOL_SIZE;
  }
}
