import type { EventOf } from '../../simulators/kernel/events.ts';
import { BUSINESS } from '../../simulators/kernel/words.ts';
import type { Attribution } from './attribution.ts';
import type { DeviceMark, Mark, Transmission } from './records.ts';
import { withOne } from './records.ts';

/** A step of opening a secure link that showed more than it may. */
export interface LinkStep extends Mark {
  readonly step: EventOf<'device.link-opened'>['step'];
  readonly outcome: EventOf<'device.link-opened'>['outcome'];
  readonly leaks: readonly string[];
  readonly afterSignIn: boolean;
  /** Whose right code the wrong one was. */
  readonly codeOf: string | null;
  readonly device: string;
  readonly transmission: Transmission;
}

/** What happened to one device's keys. */
export interface KeyStory {
  lost: Mark | null;
  renewed: Mark | null;
  revoked: Mark | null;
}

/** Folds what devices did: reception, display, reading, links, keys. */
export class DeviceFold {
  readonly #attribution: Attribution;
  readonly links: LinkStep[] = [];
  readonly keys = new Map<string, KeyStory>();

  constructor(attribution: Attribution) {
    this.#attribution = attribution;
  }

  #keysOf(device: string): KeyStory {
    let story = this.keys.get(device);
    if (story === undefined) {
      story = { lost: null, renewed: null, revoked: null };
      this.keys.set(device, story);
    }
    return story;
  }

  #of(event: { readonly wire: string; readonly message?: string }): Transmission {
    const transmission = this.#attribution.ofWire(event.wire);
    this.#attribution.knownAs(transmission, event.message);
    return transmission;
  }

  changed(event: EventOf<'device.changed'>): void {
    const mark = { at: event.t, seq: event.seq };
    if (event.change === 'keys-lost') {
      const story = this.#keysOf(event.device);
      story.lost = mark;
      story.renewed = null;
    }
    if (event.change === 'keys-renewed') this.#keysOf(event.device).renewed = mark;
    if (event.change === 'revoked') this.#keysOf(event.device).revoked ??= mark;
  }

  /** Its keys, or its place in the group. */
  keysLost(event: EventOf<'mls.lost'> | EventOf<'mls.diverged'>): void {
    const story = this.#keysOf(event.device);
    story.lost ??= { at: event.t, seq: event.seq };
  }

  received(event: EventOf<'device.received'>): void {
    const transmission = this.#of(event);
    transmission.received = withOne(transmission.received, markOf(event));
  }

  notified(event: EventOf<'device.notified'>): void {
    const transmission = this.#of(event);
    transmission.notified = withOne(transmission.notified, markOf(event));
  }

  asked(event: EventOf<'device.asked'>): void {
    this.#of(event).asked ??= { at: event.since, seq: event.seq };
  }

  /** A service keeps pushes for phones that are away; this is a phone that has it and waits. */
  stored(event: EventOf<'stored'>): void {
    if (!event.component.startsWith('person/')) return;
    this.#attribution.ofWire(event.wire).held ??= { at: event.t, seq: event.seq };
  }

  read(event: EventOf<'device.read'>): void {
    const transmission = this.#of(event);
    transmission.reads = withOne(transmission.reads, markOf(event));
  }

  displayed(event: EventOf<'device.displayed'>): void {
    const transmission = this.#of(event);
    transmission.displays = withOne(transmission.displays, {
      at: event.t,
      seq: event.seq,
      channel: event.channel,
      person: event.person,
      device: event.device,
      wire: event.wire,
      padlock: event.padlock,
      disclosure: event.disclosure,
      altered: event.altered === true,
      transmission,
    });
  }

  /** The implementation took a person's message: that is where it arrives. */
  taken(event: EventOf<'business.received'>): void {
    const transmission = this.#of(event);
    transmission.displays = withOne(transmission.displays, {
      at: event.t,
      seq: event.seq,
      channel: event.channel,
      person: event.person,
      device: BUSINESS,
      wire: event.wire,
      padlock: false,
      disclosure: false,
      altered: false,
      transmission,
    });
  }

  linkOpened(event: EventOf<'device.link-opened'>): void {
    const transmission = this.#of(event);
    transmission.linkOpened ??= { at: event.t, seq: event.seq };
    this.links.push({
      at: event.t,
      seq: event.seq,
      step: event.step,
      outcome: event.outcome,
      leaks: event.leaks ?? [],
      afterSignIn: event.afterSignIn === true,
      codeOf: event.codeOf ?? null,
      device: event.device,
      transmission,
    });
  }

  decrypted(event: EventOf<'mls.decrypted'>): void {
    const transmission = this.#of(event);
    if (event.afterRevocation === true) {
      const heard = { ...markOf(event), opened: true };
      transmission.overheard = withOne(transmission.overheard, heard);
    }
  }

  /** Evidence about which message it was; nobody has read it. */
  identified(event: EventOf<'mls.identified'>): void {
    this.#of(event);
  }

  refused(event: EventOf<'mls.refused'>): void {
    if (event.thief === true) return;
    const transmission = this.#attribution.ofWire(event.wire);
    const revoked = this.keys.get(event.device)?.revoked;
    if (revoked === null || revoked === undefined) {
      transmission.refused = withOne(transmission.refused, markOf(event));
      return;
    }
    const heard = { ...markOf(event), opened: false };
    transmission.overheard = withOne(transmission.overheard, heard);
  }
}

function markOf(event: { t: number; seq: number; device: string }): DeviceMark {
  return { at: event.t, seq: event.seq, device: event.device };
}
