/** Folds what happened to keys, groups and ciphertexts, and what senders had been told of it. */
import type { AttestationFault } from '../../simulators/kernel/events-mls.ts';
import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Attribution } from './attribution.ts';
import type { OneOf } from './looker.ts';
import type { Mark, Transmission } from './records.ts';

/** A ciphertext as it was made (phones) or taken by a gateway (implementations). */
export interface Encrypted extends Mark {
  readonly group: string;
  readonly epoch: number;
  readonly wire: string;
  /** The phone that made it; null for the implementation. */
  readonly device: string | null;
  /** The delivery service did not let it in. */
  readonly refused: boolean;
}

/** A time in which a device was not to be trusted. */
export interface Untrusted {
  readonly from: Mark;
  until: Mark | null;
  /** When the implementation had been told; null while it had not. */
  told: Mark | null;
}

export interface Claim extends Mark {
  readonly device: string;
  readonly lastResort: boolean;
  readonly unattested: AttestationFault | null;
}

export interface Welcomed extends Mark {
  readonly group: string;
  readonly epoch: number;
  readonly references: readonly string[];
  readonly device: string | null;
}

/** Opened by somebody who is not the person. */
export interface Theft extends Mark {
  readonly device: string;
  readonly wire: string;
  readonly opened: boolean;
  /** The phone itself had opened it before its state was stolen. */
  readonly before: boolean;
}

/** Where a device, or the implementation, was told that a group has moved on. */
interface Place extends Mark {
  readonly group: string;
  readonly epoch: number;
}

/** A device could not read a message. */
export interface Unread extends Mark {
  readonly device: string;
  readonly wire: string;
  /** When it last read something, or was let into a group; null when never. */
  readonly good: Mark | null;
  /** It had no keys at all. */
  readonly keyless: boolean;
}

/** A phone followed a Commit by which another device let itself in. */
export interface Admission extends Mark {
  /** Who followed. */
  readonly device: string;
  /** The other's path, or what its leaf says where no number has such a device. */
  readonly admitted: string;
  readonly epoch: number;
  /** When the delivery service took that Commit; null when it never did. */
  readonly taken: Mark | null;
}

/** A phone that encrypted where it knew that it should not. */
export interface StaleUse {
  readonly encrypted: Encrypted;
  readonly told: Mark;
  readonly why: 'epoch' | 'ended';
  readonly presentEpoch: number;
}

const mark = ({ t, seq }: HistoryEvent): Mark => ({ at: t, seq });

const KINDS = [
  'mls.encrypted',
  'mls.conflict',
  'mls.claimed',
  'mls.welcomed',
  'mls.joined',
  'mls.advanced',
  'mls.rejected',
  'mls.ended',
  'mls.decrypted',
  'mls.refused',
  'mls.lost',
  'mls.stolen',
  'device.changed',
  'door.request',
  'door.answered',
  'callback.sent',
  'callback.answered',
] as const;

interface Asked {
  readonly person: string | null;
  readonly operation: string;
  readonly wire: string | null;
}

export class MlsFold {
  readonly kinds = KINDS;
  readonly encrypted: Encrypted[] = [];
  readonly byWire = new Map<string, Encrypted>();
  readonly claims = new Map<string, Claim>();
  readonly welcomed: Welcomed[] = [];
  readonly untrusted = new Map<string, Untrusted[]>();
  /** Opened by devices while they were not to be trusted. */
  readonly openedByUntrusted: (Mark & { readonly device: string; readonly wire: string })[] = [];
  readonly thefts: Theft[] = [];
  readonly stolen = new Map<string, Mark>();
  /** device → when its keys were renewed, and when the implementation was told so. */
  readonly renewed = new Map<string, (Mark & { told: Mark | null; readonly rotated: boolean })[]>();
  /** What the implementation was told by a refusal, in order. */
  readonly conflicts: (Place & { readonly present: Place | null })[] = [];
  readonly staleUses: StaleUse[] = [];
  /** `device|wire` or `device|group|epoch` seen once; the second time is a replay. */
  readonly joins = new Map<string, Mark>();
  readonly joinedAgain: (Mark & { readonly device: string; readonly first: Mark })[] = [];
  readonly unread: Unread[] = [];
  readonly admissions: Admission[] = [];
  /** Commits of those who wanted to let themselves in that some phone did not follow. */
  rejections = 0;
  phonesEncrypted = 0;
  readonly #good = new Map<string, Mark>();
  readonly #keyless = new Set<string>();
  readonly #places = new Map<string, Place>();
  readonly #ended = new Map<string, Place>();
  readonly #asked = new Map<number, Asked>();
  readonly #refused = new Map<number, EventOf<'mls.conflict'>>();
  readonly #news = new Map<string, EventOf<'callback.sent'>>();

  /** Ciphertexts by the transmission that they belong to, once all links are known. */
  byRoot(attribution: Attribution): ReadonlyMap<Transmission, Encrypted> {
    const roots = new Map<Transmission, Encrypted>();
    for (const [wire, made] of this.byWire) roots.set(attribution.ofWire(wire), made);
    return roots;
  }

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'mls.encrypted':
        return this.#made(event, false);
      case 'mls.conflict':
        return this.#conflict(event);
      case 'mls.claimed':
        return this.#claimed(event);
      case 'mls.welcomed':
        this.welcomed.push({ ...mark(event), ...welcomeOf(event) });
        return;
      case 'mls.joined':
        return this.#joined(event);
      case 'mls.advanced':
        this.#places.set(`${event.device}|${event.group}`, { ...mark(event), ...placeOf(event) });
        if (event.admitted !== undefined) {
          const { device, admitted, epoch, group } = event;
          const taken = this.joins.get(`${admitted}|${group}|${epoch}`) ?? null;
          this.admissions.push({ ...mark(event), device, admitted, epoch, taken });
        }
        return;
      case 'mls.rejected':
        this.rejections++;
        return;
      case 'mls.ended':
        this.#ended.set(`${event.device}|${event.group}`, { ...mark(event), ...placeOf(event) });
        return;
      case 'mls.decrypted':
        return this.#decrypted(event);
      case 'mls.refused':
        if (event.thief === true) this.#theft(event, false);
        else this.#unread(event);
        return;
      case 'mls.lost':
        this.#keyless.add(event.device);
        return;
      case 'mls.stolen':
        if (!this.stolen.has(event.device)) this.stolen.set(event.device, mark(event));
        return;
      case 'device.changed':
        return this.#changed(event);
      case 'door.request':
        if (event.operation === 'devices' || event.operation === 'key-packages') {
          const { person = null, operation, wire = null } = event;
          this.#asked.set(event.seq, { person, operation, wire });
        }
        return;
      case 'door.answered':
        return this.#answered(event);
      case 'callback.sent':
        if (event.event.startsWith('DEVICE_')) this.#news.set(event.callback, event);
        return;
      case 'callback.answered':
        return this.#heard(event);
    }
  }

  #made(event: EventOf<'mls.encrypted'> | EventOf<'mls.conflict'>, refused: boolean): void {
    const { group, epoch, wire, device = null } = event;
    const made: Encrypted = { ...mark(event), group, epoch, wire, device, refused };
    if (device === null) {
      this.encrypted.push(made);
      this.byWire.set(wire, made);
      return;
    }
    if (refused) return;
    this.byWire.set(wire, made);
    this.phonesEncrypted++;
    const place = this.#places.get(`${device}|${group}`);
    const ended = this.#ended.get(`${device}|${group}`);
    if (ended !== undefined && ended.seq < event.seq) {
      const presentEpoch = ended.epoch;
      this.staleUses.push({ encrypted: made, told: ended, why: 'ended', presentEpoch });
    } else if (place !== undefined && place.epoch > epoch) {
      const presentEpoch = place.epoch;
      this.staleUses.push({ encrypted: made, told: place, why: 'epoch', presentEpoch });
    }
  }

  #conflict(event: EventOf<'mls.conflict'>): void {
    this.#made(event, true);
    if (event.device === undefined && event.cause !== undefined) {
      this.#refused.set(event.cause, event);
    }
  }

  #claimed(event: EventOf<'mls.claimed'>): void {
    const { device, reference, lastResort, unattested = null } = event;
    if (event.again === true) return;
    this.claims.set(reference, { ...mark(event), device, lastResort, unattested });
  }

  #joined(event: EventOf<'mls.joined'>): void {
    const { device, group, epoch } = event;
    const key = `${device}|${group}|${epoch}`;
    const first = this.joins.get(key);
    if (first === undefined) this.joins.set(key, mark(event));
    else this.joinedAgain.push({ ...mark(event), device, first });
    this.#places.set(`${device}|${group}`, { ...mark(event), ...placeOf(event) });
    this.#good.set(device, mark(event));
  }

  #unread(event: EventOf<'mls.refused'>): void {
    const { device, wire } = event;
    const good = this.#good.get(device) ?? null;
    this.unread.push({ ...mark(event), device, wire, good, keyless: this.#keyless.has(device) });
  }

  #decrypted(event: EventOf<'mls.decrypted'>): void {
    const { device, wire } = event;
    if (event.thief === true && this.stolen.has(device)) return this.#theft(event, true);
    this.#good.set(device, mark(event));
    const spans = this.untrusted.get(device);
    if (spans === undefined) return;
    this.openedByUntrusted.push({ ...mark(event), device, wire });
  }

  #theft(event: EventOf<'mls.decrypted'> | EventOf<'mls.refused'>, opened: boolean): void {
    const { device, wire } = event;
    if (!this.stolen.has(device)) return;
    this.thefts.push({ ...mark(event), device, wire, opened, before: event.before === true });
  }

  #changed(event: EventOf<'device.changed'>): void {
    const { device, change } = event;
    if (change === 'attestation-failed') {
      const spans = this.untrusted.get(device) ?? [];
      spans.push({ from: mark(event), until: null, told: null });
      this.untrusted.set(device, spans);
    } else if (change === 'attested') {
      const span = this.untrusted.get(device)?.at(-1);
      if (span !== undefined) span.until ??= mark(event);
    } else if (change === 'keys-renewed' || change === 'keys-rotated') {
      this.#keyless.delete(device);
      const list = this.renewed.get(device) ?? [];
      list.push({ ...mark(event), told: null, rotated: change === 'keys-rotated' });
      this.renewed.set(device, list);
    }
  }

  #tellOf(devices: Iterable<string>, told: Mark): void {
    for (const device of devices) {
      const span = this.untrusted.get(device)?.at(-1);
      if (span !== undefined && span.until === null) span.told ??= told;
    }
  }

  #answered(event: EventOf<'door.answered'>): void {
    const conflict = this.#refused.get(event.request);
    if (conflict !== undefined) {
      this.#refused.delete(event.request);
      if (event.handedAt === null) return;
      const told = { at: event.handedAt, seq: event.seq };
      const { present, group, epoch } = conflict;
      this.conflicts.push({
        ...told,
        group,
        epoch,
        present: present === undefined ? null : { ...told, ...placeOf(present) },
      });
    }
    const asked = this.#asked.get(event.request);
    if (asked === undefined) return;
    this.#asked.delete(event.request);
    if (asked.person === null || event.handedAt === null || event.outcome !== 'accepted') return;
    const prefix = `person/${asked.person}/device/`;
    const theirs = [...this.untrusted.keys()].filter((device) => device.startsWith(prefix));
    this.#tellOf(theirs, { at: event.handedAt, seq: event.seq });
  }

  #heard(event: EventOf<'callback.answered'>): void {
    const sent = this.#news.get(event.callback);
    if (sent?.device === undefined || event.handedAt === null) return;
    if (event.outcome !== 'accepted') return;
    this.#news.delete(event.callback);
    const told = { at: event.handedAt, seq: event.seq };
    if (sent.event === 'DEVICE_ATTESTATION' || sent.event === 'DEVICE_ADDED') {
      const span = this.untrusted.get(sent.device)?.at(-1);
      if (span !== undefined && span.from.seq < sent.seq) this.#tellOf([sent.device], told);
    }
    if (sent.event !== 'DEVICE_ADDED') return;
    for (const renewal of this.renewed.get(sent.device) ?? []) {
      if (renewal.seq < sent.seq) renewal.told ??= told;
    }
  }
}

function placeOf({ group, epoch }: { readonly group: string; readonly epoch: number }) {
  return { group, epoch };
}

function welcomeOf(event: EventOf<'mls.welcomed'>) {
  const { group, epoch, references, device = null } = event;
  return { group, epoch, references, device };
}
