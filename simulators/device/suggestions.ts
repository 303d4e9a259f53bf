/** The buttons that businesses put under their messages, and what a person taps of them. */
import type { Suggestion, SuggestionDoes } from '../protocol/rich-content.ts';
import type { BearerMessage } from '../network/bearer.ts';
import type { Phone } from './phone.ts';

/** A button that the phone shows now. */
interface Offered {
  readonly suggestion: Suggestion;
  /** By which the phone has the message under which it stands, and by which its gateway sent it. */
  readonly shownWire: string;
  readonly wire: string;
  readonly via: string;
  /** The planned message. */
  readonly message: string | undefined;
}

/** Oldest first. */
export type OnOffer = readonly Offered[];

/** A tap as it leaves the phone. */
export interface Tap {
  readonly label: string;
  readonly postback: string;
  readonly tapped: { readonly does: SuggestionDoes; readonly via: string; readonly wire: string };
}

/** Buttons of cards that stay within reach. */
const MOST_ON_OFFER = 200;

/**
 * With each new message of a sender the chips under the one before go away, the buttons in cards
 * stay (“Suggested replies”: chips are shown with the latest message only).
 */
export function showSuggestions(
  phone: Phone,
  arrived: BearerMessage,
  message: string | undefined,
): void {
  const { content, from, wire: shownWire, parent, via } = arrived;
  const suggestions = content.kind === 'text' ? (content.rich?.suggestions ?? []) : [];
  const before = phone.state.onOffer?.get(from);
  if (before === undefined && suggestions.length === 0) return;
  const offered = (phone.state.onOffer ??= new Map<string, OnOffer>());
  const stays = (before ?? []).filter(({ suggestion }) => suggestion.inCard === true);
  const place = { shownWire, wire: parent ?? shownWire, via: via ?? from, message };
  const added = suggestions.map((suggestion): Offered => ({ suggestion, ...place }));
  offered.set(from, [...stays, ...added].slice(-MOST_ON_OFFER));
  if (added.length === 0) return;
  phone.context.ambient.history.append({
    kind: 'suggestions.shown',
    device: phone.path,
    person: phone.person,
    wire: shownWire,
    does: suggestions.map(({ does }) => does),
    ...(message !== undefined && { message }),
  });
}

/**
 * Taps the latest button with this behind it or on it; undefined where the phone shows none. The
 * chips that stood beside it go away.
 */
export function tapSuggestion(
  phone: Phone,
  choice: string,
  message: string | undefined,
): Tap | undefined {
  for (const [from, all] of phone.state.onOffer ?? []) {
    const found = all.findLast(
      ({ suggestion }) => suggestion.postback === choice || suggestion.label === choice,
    );
    if (found === undefined) continue;
    const { suggestion, shownWire, wire, via, message: of } = found;
    const { label, postback, does, inCard } = suggestion;
    if (inCard !== true) {
      phone.state.onOffer?.set(
        from,
        all.filter((one) => one.suggestion.inCard === true || one.shownWire !== shownWire),
      );
    }
    phone.context.ambient.history.append({
      kind: 'suggestion.tapped',
      device: phone.path,
      person: phone.person,
      wire: shownWire,
      does,
      ...(of !== undefined && { of }),
      ...(message !== undefined && { message }),
    });
    return { label, postback, tapped: { does, via, wire } };
  }
  return undefined;
}
