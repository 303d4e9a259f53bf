/**
 * truth(c, t): whether a channel could really reach a person, derived from the plan's paths and the
 * changes of their components and devices. Never recorded, never what somebody believed.
 */
import type { EventOf } from '../../simulators/kernel/events.ts';
import { isDevicePath, linkPath, pathsOf } from '../../simulators/kernel/paths.ts';
import { devicePath } from '../../simulators/kernel/people.ts';
import type { Cell, PersonPlan } from '../../simulators/kernel/plan.ts';
import type { Channel, ComponentState, Sensitivity } from '../../simulators/kernel/words.ts';
import { RANK, Timeline, stateOfRank } from './timeline.ts';

/** One way to a person: all components have to be up, and one of its devices. */
export interface Way {
  /** What really carries it: `rcs` or `sms` for a secure link, else the channel itself. */
  readonly bearer: Channel;
  readonly components: readonly string[];
  readonly devices: readonly string[];
}

interface DeviceState {
  readonly rank: number;
  /** null: as the plan has it (`pathsOf` lists only capable devices). */
  readonly channels: readonly Channel[] | null;
}

function bearerOf(channel: Channel, path: readonly string[]): Channel {
  if (channel !== 'secure-link') return channel;
  return path.some((step) => step.startsWith('carrier/') && step.endsWith('/sms')) ? 'sms' : 'rcs';
}

/**
 * What the claims leave of the ways: an implementation without SMS has no link by SMS, and one
 * without the gateway none by RCS.
 */
export type WayFilter = (way: Way) => boolean;

export class Truth {
  readonly #cell: Cell;
  readonly #usable: WayFilter;
  readonly #components = new Map<string, Timeline<number>>();
  readonly #devices = new Map<string, Timeline<DeviceState>>();
  readonly #online = new Map<string, boolean>();
  #hasLinks = false;
  /** By person, with a key of their own where ways are hidden. */
  readonly #ways = new Map<string, Partial<Record<Channel, readonly Way[]>>>();

  constructor(cell: Cell, people: readonly PersonPlan[], usable: WayFilter) {
    this.#cell = cell;
    this.#usable = usable;
    for (const person of people) {
      for (const device of person.devices) {
        if (!device.online) this.#online.set(devicePath(person.id, device.id), false);
      }
    }
  }

  componentChanged(event: EventOf<'component.changed'>): void {
    this.#hasLinks ||= event.component.startsWith('link/');
    let timeline = this.#components.get(event.component);
    if (timeline === undefined) {
      timeline = new Timeline<number>(RANK.up);
      this.#components.set(event.component, timeline);
    }
    timeline.push(event.t, RANK[event.state]);
  }

  deviceChanged(event: EventOf<'device.changed'>): void {
    let timeline = this.#devices.get(event.device);
    if (timeline === undefined) {
      timeline = new Timeline<DeviceState>(this.#planned(event.device));
      this.#devices.set(event.device, timeline);
    }
    timeline.push(event.t, { rank: RANK[event.state], channels: event.channels });
  }

  #planned(device: string): DeviceState {
    return { rank: this.#online.get(device) === false ? RANK.down : RANK.up, channels: null };
  }

  /**
   * The ways of a channel to a person; people with the same place in the world share nothing. A
   * gateway that reads what it encrypts is no way for a class that the policy does not show it.
   */
  waysOf(person: PersonPlan, channel: Channel, sensitivity: Sensitivity): readonly Way[] {
    const isHidden = channel === 'rcs-e2ee' && this.#isHidden(sensitivity);
    const key = isHidden ? `hidden ${person.id}` : person.id;
    let known = this.#ways.get(key);
    if (known === undefined) this.#ways.set(key, (known = {}));
    return (known[channel] ??= pathsOf(this.#cell, person, channel)
      .map((path) => ({
        bearer: bearerOf(channel, path),
        components: path.filter((step) => !isDevicePath(step)),
        devices: path.filter(isDevicePath),
      }))
      .filter((way) => this.#usable(way) && !(isHidden && this.#isReading(way))));
  }

  #isReading({ components }: Way): boolean {
    const reading = this.#cell.world.gatewaysReading ?? [];
    return reading.some((name) => components.includes(`gateway/${name}`));
  }

  /** May no gateway see content of this class that travels encrypted? */
  #isHidden(sensitivity: Sensitivity): boolean {
    if (this.#cell.world.gatewaysReading === undefined) return false;
    const seen = this.#cell.policy.observers.gateway[sensitivity];
    return !seen.includes('rcs-e2ee') && !seen.includes('any');
  }

  #deviceRank(device: string, channel: Channel, bearer: Channel, from: number, to: number): number {
    const timeline = this.#devices.get(device);
    if (timeline === undefined) return this.#planned(device).rank;
    let worst = 0;
    for (const state of timeline.during(from, to)) {
      // A text with a link may come where its page does not: both have to be there.
      const able =
        state.channels === null ||
        (state.channels.includes(bearer) && state.channels.includes(channel));
      worst = Math.max(worst, able ? state.rank : RANK.down);
    }
    return worst;
  }

  /** Of its components, and of the lines between them. */
  #timelinesOf({ components }: Way): Timeline<number>[] {
    const found: Timeline<number>[] = [];
    const add = (path: string): void => {
      const timeline = this.#components.get(path);
      if (timeline !== undefined) found.push(timeline);
    };
    // The first is the door at which the implementation hands its messages over.
    if (this.#hasLinks && components[0] !== undefined && !this.#cell.worldCheck) {
      add(linkPath('implementation', components[0]));
    }
    for (const [index, component] of components.entries()) {
      add(component);
      if (!this.#hasLinks) continue;
      for (const other of components.slice(index + 1)) add(linkPath(component, other));
    }
    return found;
  }

  #wayRank(way: Way, channel: Channel, from: number, to: number): number {
    let worst = 0;
    for (const timeline of this.#timelinesOf(way)) {
      for (const rank of timeline.during(from, to)) worst = Math.max(worst, rank);
    }
    let best: number = RANK.down;
    for (const device of way.devices) {
      best = Math.min(best, this.#deviceRank(device, channel, way.bearer, from, to));
    }
    return Math.max(worst, best);
  }

  /**
   * The best way's worst state over [from, to]: `up` when one way was up throughout, `down` when
   * each way was down at some time.
   */
  over(
    person: PersonPlan,
    channel: Channel,
    sensitivity: Sensitivity,
    from: number,
    to: number,
  ): ComponentState {
    let best: number = RANK.down;
    for (const way of this.waysOf(person, channel, sensitivity)) {
      best = Math.min(best, this.#wayRank(way, channel, from, Math.max(to, from + 1)));
    }
    return stateOfRank(best);
  }

  at(person: PersonPlan, channel: Channel, sensitivity: Sensitivity, time: number): ComponentState {
    return this.over(person, channel, sensitivity, time, time + 1);
  }

  /** Times inside (from, to) at which the truth of this channel may have changed. */
  cuts(
    person: PersonPlan,
    channel: Channel,
    sensitivity: Sensitivity,
    from: number,
    to: number,
  ): number[] {
    const times: number[] = [];
    for (const way of this.waysOf(person, channel, sensitivity)) {
      for (const timeline of this.#timelinesOf(way)) times.push(...timeline.changesIn(from, to));
      for (const device of way.devices) {
        times.push(...(this.#devices.get(device)?.changesIn(from, to) ?? []));
      }
    }
    return times;
  }
}
