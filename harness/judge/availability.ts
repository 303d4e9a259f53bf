/** Policy, truth and knowledge together: which channel was there, and was that to be known? */
import type { Channel, ComponentState, Sensitivity } from '../../simulators/kernel/words.ts';
import type { Fold } from './fold.ts';
import type { Belief } from './knowledge.ts';
import type { MessageView } from './message-view.ts';
import type { Mark, Told } from './records.ts';
import { spansWhere } from './timeline.ts';
import { arrivalTold } from './told-arrival.ts';
import type { Span } from './timeline.ts';

/** A channel that would have brought a message in time, and from when to when it was there. */
export interface Opening {
  readonly channel: Channel;
  readonly span: Span;
  /** Really up; otherwise some of it was only degraded. */
  readonly certain: boolean;
}

/** What an opening has to offer. */
export interface Search {
  /** Only channels on which the implementation had not got the message through the door. */
  readonly untriedOnly: boolean;
  /** Long enough for the channel's own attempt as well. */
  readonly ownTurn: boolean;
  /** When this much running time of the implementation has passed since then. */
  readonly running: (from: number, durationMicros: number) => number;
}

function forGood({ at, seq }: Mark, unavailable: boolean): Belief {
  return { from: at, until: Infinity, saidUntil: Infinity, unavailable, seq };
}

export class Availability {
  readonly #fold: Fold;
  readonly #usable = new Map<Sensitivity, readonly Channel[]>();

  constructor(fold: Fold) {
    this.#fold = fold;
  }

  /** Best first: preferred, allowed for the class, and claimed. */
  usable(sensitivity: Sensitivity): readonly Channel[] {
    let channels = this.#usable.get(sensitivity);
    if (channels === undefined) {
      const { policy } = this.#fold.cell;
      const { claims } = this.#fold.started.implementation;
      channels = policy.preference.filter(
        (channel) =>
          policy.allowed[sensitivity].includes(channel) && claims.channels.includes(channel),
      );
      this.#usable.set(sensitivity, channels);
    }
    return channels;
  }

  /** Usable channels that the policy prefers to this one; all of them when it is not preferred. */
  betterThan(sensitivity: Sensitivity, channel: Channel): readonly Channel[] {
    const usable = this.usable(sensitivity);
    const { preference } = this.#fold.cell.policy;
    const rank = preference.indexOf(channel);
    if (rank < 0) return usable;
    return usable.filter((candidate) => preference.indexOf(candidate) < rank);
  }

  truth(message: MessageView, channel: Channel, from: number, to: number): ComponentState {
    const { person, sensitivity } = message;
    return this.#fold.truth.over(person, channel, sensitivity, from, to);
  }

  /** What had been told against a channel for this message; undefined when nothing that holds. */
  against(message: MessageView, channel: Channel, at: number): Belief | undefined {
    for (const told of message.told) {
      if (told.at > at) break;
      if (told.unavailable.includes(channel)) {
        return forGood(told, true);
      }
    }
    const wish = this.#fold.consent.excuse(message.person.id, at);
    if (wish !== undefined) {
      return forGood(wish, false);
    }
    const ways = this.#fold.truth.waysOf(message.person, channel, message.sensitivity);
    if (ways.length === 0) return undefined;
    return this.#fold.knowledge.against(message.person, channel, ways, at);
  }

  /** Evidence of delivery that had been handed over by `at`, true or not. */
  deliveredTold(message: MessageView, by: number): Mark | null {
    const [only] = message.transmissions;
    if (only === undefined) return null;
    const had = ({ at }: Told): boolean => at <= by;
    if (message.transmissions.length === 1) return arrivalTold(only, 'claim', had) ?? null;
    const all = message.transmissions.map((each) => arrivalTold(each, 'claim', had));
    return all.reduce<Mark | null>(
      (first, one) => (one !== undefined && (first === null || one.seq < first.seq) ? one : first),
      null,
    );
  }

  /**
   * Attempt timeouts of all channels before this one, plus tolerance: when its turn is due. What
   * the world does not offer this person at all takes no turn.
   */
  turnMicros(message: MessageView, channel: Channel): number {
    const { policy } = this.#fold.cell;
    let sum = policy.toleranceMicros;
    const { person, sensitivity } = message;
    for (const better of this.betterThan(sensitivity, channel)) {
      if (this.#fold.truth.waysOf(person, better, sensitivity).length === 0) continue;
      sum += policy.attemptTimeoutMicros[better] ?? 0;
    }
    return sum;
  }

  /** Spans in [from, to) in which a channel was there and not known to be away. */
  spans(message: MessageView, channel: Channel, from: number, to: number, strict: boolean): Span[] {
    const { truth, knowledge, consent } = this.#fold;
    const { person, sensitivity } = message;
    const ways = truth.waysOf(person, channel, sensitivity);
    if (ways.length === 0 || to <= from) return [];
    const cuts = [
      ...truth.cuts(person, channel, sensitivity, from, to),
      ...knowledge.cuts(message.person, channel, ways, from, to),
      ...message.told.filter((told) => told.unavailable.length > 0).map((told) => told.at),
      ...consent.of(message.person.id).map(({ told }) => told.at),
    ];
    return spansWhere(from, to, cuts, (at) => {
      const state = truth.at(person, channel, sensitivity, at);
      if (state === 'down' || (strict && state !== 'up')) return false;
      return this.against(message, channel, at) === undefined;
    });
  }

  /**
   * The first allowed channel that was there for long enough in [from, to), its turn included;
   * an uncertain one only when no certain one exists.
   */
  opening(message: MessageView, from: number, to: number, search: Search): Opening | null {
    let uncertain: Opening | null = null;
    const { attemptTimeoutMicros } = this.#fold.cell.policy;
    // The last channel has no timeout of its own: it is given the longest of the others.
    const longest = Math.max(0, ...Object.values(attemptTimeoutMicros));
    for (const channel of this.usable(message.sensitivity)) {
      const own = search.ownTurn ? (attemptTimeoutMicros[channel] ?? longest) : 0;
      const needed = this.turnMicros(message, channel) + own;
      const fits = (span: Span): boolean =>
        search.running(span.from, needed) <= span.to &&
        !(search.untriedOnly && this.#tried(message, channel, span));
      const span = this.spans(message, channel, from, to, true).find(fits);
      if (span !== undefined) return { channel, span, certain: true };
      if (uncertain !== null) continue;
      const weak = this.spans(message, channel, from, to, false).find(fits);
      if (weak !== undefined) uncertain = { channel, span: weak, certain: false };
    }
    return uncertain;
  }

  /** The implementation used the channel while it was there: what came of it was the world's. */
  #tried(message: MessageView, channel: Channel, span: Span): boolean {
    return message.dispatches.some(
      (dispatch) =>
        dispatch.channel === channel &&
        dispatch.at >= span.from &&
        dispatch.at < span.to &&
        (dispatch.outcome === 'accepted' || dispatch.outcome === null),
    );
  }
}
