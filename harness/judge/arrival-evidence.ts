/**
 * What an implementation could know of a message's arrival: callbacks, and the calls by which its
 * app and its pages were asked for the content. All by an instant, in µs of the cell.
 */
import type { Channel } from '../../simulators/kernel/words.ts';
import type { MessageView } from './message-view.ts';
import type { Display, Told, Transmission } from './records.ts';
import { arrivalTold, saysArrived } from './told-arrival.ts';

export interface Known {
  /** Any sign of arrival, also of a link's carrier text or of content that was only fetched. */
  delivered: boolean;
  read: boolean;
  /** A receipt for the content itself: less than `delivered` contradicts it. */
  certain: boolean;
  /** The last copy was reported failed and none delivered. */
  failed: boolean;
}

/** From when on it was there to be known, or from when on it had to be. */
type Clock = 'offeredAt' | 'answeredAt';

const speaks = (told: Told, by: number): boolean => told.offeredAt <= by && told.implies !== null;

/** Content that it served itself: it knows who fetched it. */
const serves = ({ at, channel }: Display, by: number): boolean =>
  at <= by && (channel === 'app-push' || channel === 'secure-link');

/** What the evidence rests on. */
export function evidenceSeqs(message: MessageView, by: number): number[] {
  const told = message.transmissions.flatMap((each) => each.told);
  return [
    ...told.filter((each) => speaks(each, by)).map(({ seq }) => seq),
    ...message.displays.filter((each) => serves(each, by)).map(({ seq }) => seq),
  ];
}

function fromCallbacks(message: MessageView, by: number, clock: Clock, known: Known): void {
  const had = (told: Told): boolean => told[clock] <= by;
  for (const transmission of message.transmissions) {
    if (transmission.told.some((told) => told.implies === 'read' && had(told))) known.read = true;
    if (arrivalTold(transmission, 'claim', had) === undefined) continue;
    known.delivered = true;
    const link = transmission.dispatches[0]?.channel === 'secure-link';
    if (!link && arrivalTold(transmission, 'certain', had) !== undefined) known.certain = true;
  }
}

/** Evidence that had reached the implementation: callbacks, and content it served itself. */
export function evidence(message: MessageView, by: number, clock: Clock = 'offeredAt'): Known {
  const known = { delivered: false, read: false, certain: false, failed: false };
  fromCallbacks(message, by, clock, known);
  if (message.displays.some((display) => serves(display, by))) {
    known.delivered = true;
    known.read = true;
  }
  const last = message.dispatches.at(-1);
  known.failed =
    !known.delivered &&
    last !== undefined &&
    last.transmission.told.some((told) => told[clock] <= by && told.implies === 'failed');
  return known;
}

/**
 * Its app called about the push, or somebody opened its link: a phone has the copy, whatever came
 * of the call.
 */
function wasAskedFor({ asked, linkOpened }: Transmission, by: number): boolean {
  return (asked !== null && asked.at <= by) || (linkOpened !== null && linkOpened.at <= by);
}

/** Might it have known by then that the message had arrived? */
export function mayKnowOfArrival(message: MessageView, by: number): boolean {
  return (
    message.transmissions.some((each) => wasAskedFor(each, by)) || evidence(message, by).delivered
  );
}

const arrives = (told: Told, by: number): boolean => told.offeredAt <= by && saysArrived(told);

/**
 * Channels on which a copy arrived by then as far as anybody could tell: one that showed it, and
 * all of a transmission that a callback speaks of, for that need not say which.
 */
export function channelsOfArrival(message: MessageView, by: number): ReadonlySet<Channel> {
  const channels = new Set<Channel>();
  for (const transmission of message.transmissions) {
    const told = transmission.told.some((each) => arrives(each, by));
    if (!told && !wasAskedFor(transmission, by)) continue;
    for (const { channel } of transmission.dispatches) channels.add(channel);
  }
  for (const { at, channel } of message.displays) if (at <= by) channels.add(channel);
  return channels;
}
