import type { EventOf } from '../../simulators/kernel/events.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { OBSERVERS } from '../../simulators/kernel/words.ts';
import type { Channel, Observer } from '../../simulators/kernel/words.ts';
import type { Attribution } from './attribution.ts';
import type { MessageRecord, Transmission } from './records.ts';

/** A canary seen where it is not clear yet, or clear that it is not, allowed. */
export interface Sighting {
  readonly record: MessageRecord;
  readonly observer: Observer;
  readonly where: string;
  readonly as: string;
  readonly channel: Channel | null;
  readonly transmission: Transmission | null;
  readonly seqs: number[];
  count: number;
}

/** Who carries what a person writes, and what is sent on of it. */
export const ON_THE_WAY: ReadonlySet<Observer> = new Set(['gateway', 'carrier', 'smsc']);

/** Seqs kept per sighting. */
const KEPT = 5;

/** Folds what the taps saw; allowed sightings are only counted. */
export class TapFold {
  readonly #policy: Policy;
  readonly #attribution: Attribution;
  readonly #sightings = new Map<string, Sighting>();
  /** Observers whose tap found its own canary, and those whose tap missed it. */
  readonly calibrated = new Set<Observer>();
  readonly missed = new Set<Observer>();
  /** Observers that scanned real traffic. */
  readonly scanning = new Set<Observer>();
  /** Observers that had to leave bytes unread. */
  readonly truncated = new Set<Observer>();
  scans = 0;
  seen = 0;

  constructor(policy: Policy, attribution: Attribution) {
    this.#policy = policy;
    this.#attribution = attribution;
  }

  get sightings(): Iterable<Sighting> {
    return this.#sightings.values();
  }

  /** Observers that could read the message somewhere, allowed or not. */
  readersOf({ readerBits: bits }: MessageRecord): readonly Observer[] {
    return bits === 0 ? [] : OBSERVERS.filter((_, index) => (bits & (1 << index)) !== 0);
  }

  scanned(event: EventOf<'tap.scanned'>): void {
    if (event.calibration === true) {
      if (event.found.length > 0) this.calibrated.add(event.observer);
      else this.missed.add(event.observer);
      return;
    }
    this.scans++;
    this.scanning.add(event.observer);
    if (event.truncated === true) this.truncated.add(event.observer);
    if (event.found.length === 0) return;
    this.#found(event);
  }

  #found(event: EventOf<'tap.scanned'>): void {
    const transmission = event.wire === undefined ? null : this.#attribution.ofWire(event.wire);
    for (const { canary, as } of event.found) {
      const record = this.#attribution.byCanary(canary);
      if (record === undefined) continue;
      this.seen++;
      record.readerBits |= 1 << OBSERVERS.indexOf(event.observer);
      if (transmission !== null) this.#attribution.belongs(transmission, record);
      const channel = event.channel ?? null;
      // Of what a person wrote it depends on who passed it on: to be told at the end.
      const open = record.toBusiness && ON_THE_WAY.has(event.observer);
      if (!open && mayBeSeen(this.#policy, event.observer, record, channel)) continue;
      const place = `${event.observer}|${event.where}|${channel ?? ''}`;
      const key = `${record.id}|${place}${open ? `|${event.wire ?? ''}` : ''}`;
      const known = this.#sightings.get(key);
      if (known === undefined) {
        const { observer, where, seq } = event;
        this.#sightings.set(key, {
          record,
          observer,
          where,
          as,
          channel,
          transmission,
          seqs: [seq],
          count: 1,
        });
      } else {
        known.count++;
        if (known.seqs.length < KEPT) known.seqs.push(event.seq);
      }
    }
  }
}

/** Does the policy let this observer see the class's content, travelling on this channel? */
export function mayBeSeen(
  policy: Policy,
  observer: Observer,
  record: MessageRecord,
  channel: Channel | null,
): boolean {
  const allowed = policy.observers[observer][record.traffic.message.sensitivity];
  if (allowed.includes('any')) return true;
  return channel !== null && allowed.includes(channel);
}
