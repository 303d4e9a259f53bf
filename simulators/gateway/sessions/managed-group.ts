/**
 * The group of one number: a leaf of the gateway's own and one for each device of the person. The
 * gateway is client and delivery service in one, so its Commits are never refused.
 */
import type { Ambient } from '../../kernel/ambient.ts';
import type { BearerContent, CoreOutcome, Handset, RcsCore } from '../../network/bearer.ts';
import type { Subscriber } from '../../network/bearer.ts';
import type { MlsEngine, MlsMember } from '../../protocol/mls/types.ts';
import { createKeyClaims } from './key-claims.ts';
import type { KeyClaims } from './key-claims.ts';

/** A payload that was opened, on its way to the devices. */
export interface Outgoing {
  readonly wire: string;
  /** Authenticated with every copy. */
  readonly transaction: string;
  readonly plaintext: Uint8Array;
  readonly message: string | undefined;
  readonly expiresAtMicros: number;
  readonly outcome: Pick<CoreOutcome, 'delivered' | 'displayed' | 'expired'>;
  /** Cancelled, expired: nothing more is sent of it. */
  readonly over: () => boolean;
  /** A further copy has left under this wire. */
  readonly copied: (wire: string) => void;
}

export interface GroupParts {
  readonly ambient: Ambient;
  readonly engine: MlsEngine;
  readonly component: string;
  /** Of the gateway's leaf. */
  readonly identity: string;
  readonly from: string;
  readonly coreOf: (person: string) => RcsCore | undefined;
}

const KEEP_MICROS = 30 * 24 * 3_600 * 1_000_000;
const GROUP_ID_BYTES = 16;
/** A device that fails again and again is left alone until it has new keys. */
const REPAIRS_PER_KEY = 3;
/** RCC.16: encrypted anew for one device at most so often. */
const COPIES_PER_DEVICE = 5;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `person/ana/device/1` → `1`. */
export function deviceIdOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whom the gateway lets into a group: there, able, and vouched for. */
export function isFit(handset: Handset): boolean {
  return !handset.revoked && handset.features().e2ee && handset.attestationFault === undefined;
}

export class ManagedGroup {
  readonly #parts: GroupParts;
  readonly #subscriber: Subscriber;
  readonly #claims: KeyClaims;
  /** Device id → the epoch in which its present leaf came. */
  readonly #joined = new Map<string, number>();
  /** In the group with a leaf that has to be replaced. */
  readonly #stale = new Set<string>();
  readonly #repairs = new Map<string, number>();
  /** Device id → what it could not read, with how often it was sent. */
  readonly #owed = new Map<string, Map<Outgoing, number>>();
  #member: MlsMember | undefined;
  #era = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: GroupParts, subscriber: Subscriber) {
    this.#parts = parts;
    this.#subscriber = subscriber;
    this.#claims = createKeyClaims(parts, subscriber);
  }

  /** Everything about one group happens one after the other. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const { clock } = this.#parts.ambient;
    clock.touch();
    const made = this.#work.then(task).finally(() => clock.touch());
    this.#work = made.catch(() => undefined);
    return made;
  }

  /** False when no device has keys. Rejects for defects of ours only. */
  send(outgoing: Outgoing): Promise<boolean> {
    return this.#inTurn(async () => {
      const member = await this.#ready();
      if (member === undefined) return false;
      if (!outgoing.over()) await this.#encrypt(member, outgoing, outgoing.wire, undefined);
      return true;
    });
  }

  /** Devices came, went or have other keys: the group follows at once where there is one. */
  changed(device: string, renewed: boolean): Promise<void> {
    if (renewed) {
      if (this.#joined.has(device)) this.#stale.add(device);
      this.#repairs.delete(device);
    }
    return this.#inTurn(() => this.#update());
  }

  /** Another node of the gateway has moved the group: this one begins the next era. */
  forked(): void {
    this.#member = undefined;
  }

  get exists(): boolean {
    return this.#member !== undefined;
  }

  /** Opens what a device has encrypted to the gateway; null when no key does. */
  open(device: string, body: Uint8Array): Promise<Uint8Array | null> {
    return this.#inTurn(async () => {
      const received = await this.#member?.process(body);
      if (received?.kind !== 'application') return null;
      return received.senderIdentity === this.#leafOf(device) ? received.plaintext : null;
    });
  }

  #leafOf(device: string): string {
    return `tel:${this.#subscriber.plan.msisdn}/${device}`;
  }

  async #update(): Promise<void> {
    if (this.#member === undefined) return;
    const member = await this.#ready();
    if (member === undefined) return;
    for (const [device, owed] of this.#owed) {
      if (!this.#joined.has(device) || this.#stale.has(device)) continue;
      this.#owed.delete(device);
      for (const [outgoing, copies] of owed) await this.#again(member, device, outgoing, copies);
    }
  }

  async #again(
    member: MlsMember,
    device: string,
    outgoing: Outgoing,
    copies: number,
  ): Promise<void> {
    if (outgoing.over() || copies > COPIES_PER_DEVICE) return;
    const { history, ids } = this.#parts.ambient;
    const { component } = this.#parts;
    const wire = ids.next(`${outgoing.wire}.`);
    const known = outgoing.message === undefined ? {} : { message: outgoing.message };
    const hop = { wire, parent: outgoing.wire, from: component, to: component } as const;
    history.append({ kind: 'carried', ...hop, channel: 'rcs-e2ee', ...known });
    outgoing.copied(wire);
    await this.#encrypt(member, outgoing, wire, { device, copies });
  }

  async #encrypt(
    member: MlsMember,
    outgoing: Outgoing,
    wire: string,
    only: { readonly device: string; readonly copies: number } | undefined,
  ): Promise<void> {
    const { history } = this.#parts.ambient;
    const { epoch } = member;
    const body = await member.encrypt(outgoing.plaintext, Buffer.from(outgoing.transaction));
    const group = hex(member.groupId);
    history.append({ kind: 'mls.encrypted', group, epoch, wire, device: this.#parts.component });
    const { outcome, message } = outgoing;
    this.#submit(wire, this.#content(member, 'message/mls', body), {
      devices: only === undefined ? [...this.#joined.keys()] : [only.device],
      message,
      expiresAtMicros: outgoing.expiresAtMicros,
      outcome: {
        delivered: (device) => outcome.delivered(device),
        displayed: (device) => outcome.displayed(device),
        expired: () => outcome.expired(),
        failed: (device) => this.#failed(deviceIdOf(device), epoch, outgoing, only?.copies ?? 1),
      },
    });
  }

  #content(
    member: MlsMember,
    contentType: 'message/mls' | 'message/mls-rcs-client',
    body: Uint8Array,
  ): BearerContent {
    const epochAuthenticator = base64(member.epochAuthenticator);
    return { kind: 'mls', contentType, eraId: this.#era, epochAuthenticator, body };
  }

  #submit(
    wire: string,
    content: BearerContent,
    how: {
      readonly devices: readonly string[];
      readonly message?: string | undefined;
      readonly expiresAtMicros: number;
      readonly outcome: CoreOutcome;
    },
  ): void {
    const { component, from, coreOf } = this.#parts;
    const person = this.#subscriber.plan.id;
    const { devices, message, expiresAtMicros, outcome } = how;
    const facts = { wire, bearer: 'rcs', from, via: component, person, content, devices } as const;
    const known = message === undefined ? {} : { message };
    coreOf(person)?.submit({ ...facts, ...known }, expiresAtMicros, outcome);
  }

  /** Welcome or Commit. */
  #control(member: MlsMember, wire: string, body: Uint8Array, devices: readonly string[]): void {
    const { epoch } = member;
    const { clock } = this.#parts.ambient;
    this.#submit(wire, this.#content(member, 'message/mls-rcs-client', body), {
      devices,
      expiresAtMicros: clock.now() + KEEP_MICROS,
      outcome: {
        delivered: () => {},
        displayed: () => {},
        expired: () => {},
        failed: (device) => this.#failed(deviceIdOf(device), epoch, undefined, 0),
      },
    });
  }

  #failed(device: string, epoch: number, outgoing: Outgoing | undefined, copies: number): void {
    if (outgoing !== undefined && !outgoing.over()) {
      const owed = this.#owed.get(device) ?? new Map<Outgoing, number>();
      this.#owed.set(device, owed.set(outgoing, copies + 1));
    }
    // A late report of an epoch before its present leaf: only the message has to be sent again.
    const joined = this.#joined.get(device);
    const repairs = this.#repairs.get(device) ?? 0;
    if (joined !== undefined && epoch >= joined && repairs < REPAIRS_PER_KEY) {
      this.#repairs.set(device, repairs + 1);
      this.#stale.add(device);
    }
    this.#inTurn(() => this.#update()).catch((error: unknown) => {
      // A defect of ours: it must not vanish in a promise.
      this.#parts.ambient.clock.after(0, () => {
        throw error;
      });
    });
  }

  /** The group with exactly the devices that may read; undefined when there is none. */
  async #ready(): Promise<MlsMember | undefined> {
    const fit = this.#subscriber.handsets.filter(isFit);
    if (this.#member === undefined) return this.#create(fit);
    const able = new Set(fit.map(({ plan }) => plan.id));
    const remove = [...this.#joined.keys()].filter(
      (device) => !able.has(device) || this.#stale.has(device),
    );
    const wanted = fit.filter(({ plan }) => !this.#joined.has(plan.id) || this.#stale.has(plan.id));
    if (remove.length === 0 && wanted.length === 0) return this.#member;
    const packages = await this.#claims.claim(wanted);
    if (remove.length > 0 || packages.length > 0) {
      await this.#commit(this.#member, remove, packages);
    }
    return this.#joined.size === 0 ? undefined : this.#member;
  }

  async #commit(
    member: MlsMember,
    remove: readonly string[],
    packages: Awaited<ReturnType<KeyClaims['claim']>>,
  ): Promise<void> {
    const pending = await member.commit({
      remove: remove.map((device) => this.#leafOf(device)),
      add: packages.map(({ keyPackage }) => keyPackage),
    });
    if (pending.kind === 'refused') {
      throw new Error(`the gateway's own Commit was refused: ${pending.detail}`);
    }
    await pending.apply();
    for (const device of remove) {
      this.#joined.delete(device);
      this.#stale.delete(device);
    }
    const { ids } = this.#parts.ambient;
    const stay = [...this.#joined.keys()];
    if (stay.length > 0) {
      this.#control(member, ids.next('sessions-mls:'), pending.commit, stay);
    }
    this.#welcome(member, pending.welcome, packages);
  }

  #welcome(
    member: MlsMember,
    welcome: Uint8Array | undefined,
    packages: Awaited<ReturnType<KeyClaims['claim']>>,
  ): void {
    if (welcome === undefined) return;
    const { history, ids } = this.#parts.ambient;
    const wire = ids.next('sessions-mls:');
    const { epoch } = member;
    for (const { device } of packages) {
      this.#joined.set(device, epoch);
      this.#stale.delete(device);
    }
    history.append({
      kind: 'mls.welcomed',
      group: hex(member.groupId),
      epoch,
      references: packages.map(({ reference }) => reference),
      wire,
      device: this.#parts.component,
    });
    this.#control(
      member,
      wire,
      welcome,
      packages.map(({ device }) => device),
    );
  }

  async #create(fit: readonly Handset[]): Promise<MlsMember | undefined> {
    const { engine, identity, ambient, component } = this.#parts;
    const packages = await this.#claims.claim(fit);
    this.#joined.clear();
    this.#stale.clear();
    if (packages.length === 0) return undefined;
    this.#era += 1;
    const number = this.#subscriber.plan.msisdn;
    const groupId = ambient.random
      .fork(`${component}/group/${number}/${this.#era}`)
      .bytes(GROUP_ID_BYTES);
    const member = await engine.createGroup(groupId, identity, { era: this.#era });
    const pending = await member.add(packages.map(({ keyPackage }) => keyPackage));
    if (pending.kind === 'refused') {
      throw new Error(`the gateway's first Commit was refused: ${pending.detail}`);
    }
    await pending.apply();
    this.#member = member;
    this.#welcome(member, pending.welcome, packages);
    return member;
  }
}
