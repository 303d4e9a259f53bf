/** How a phone's messages to other people leave it, and what their focus says to them. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { EventInput } from '../kernel/events.ts';
import type { Writable } from '../kernel/writable.ts';
import type { BearerContent, BearerMessage, CoreOutcome } from '../network/bearer.ts';
import type { FocusAnswer, FocusMessage } from '../network/focus.ts';
import type { MlsMember } from '../protocol/mls/types.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

export type MlsContent = Extract<BearerContent, { kind: 'mls' }>;

/** One person's part of a transmission: which of their devices, and who hears what became of it. */
export interface Address {
  readonly owner: Owner;
  /** Device paths; absent: every fitting device. */
  readonly devices?: readonly string[];
  readonly outcome: CoreOutcome;
}

/** One content for some people. */
export interface Posting {
  readonly content: BearerContent;
  readonly addresses: readonly Address[];
  /** The planned message that it is. */
  readonly message?: string;
}

/** How long a core keeps trying for the receiver's phone. */
const VALIDITY_MICROS = 172_800 * MICROS_PER_SECOND;

/** What comes back is of no interest: the history has the display. */
export const NO_OUTCOME: CoreOutcome = {
  delivered: () => {},
  displayed: () => {},
  failed: () => {},
  expired: () => {},
};

const EMPTY = new Uint8Array(0);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export function contentOf(
  member: MlsMember,
  eraId: number,
  contentType: MlsContent['contentType'],
  body: Uint8Array,
  epochAuthenticator = member.epochAuthenticator,
): MlsContent {
  const authenticator = base64(epochAuthenticator);
  return { kind: 'mls', contentType, eraId, epochAuthenticator: authenticator, body };
}

/** From the sender's core to everybody's. The first address keeps the wire. */
function forward(phone: Phone, wire: string, posting: Posting, from: string): void {
  const { ambient, lines } = phone.context;
  const { content, message, addresses } = posting;
  const channel = content.kind === 'mls' ? 'rcs-e2ee' : 'rcs';
  for (const [index, { owner, devices, outcome }] of addresses.entries()) {
    const theirs = lines.coreOf(owner.plan.carrier);
    if (theirs === undefined) continue;
    const own = index === 0 ? wire : ambient.ids.next('p2p:');
    if (own !== wire) {
      const hop = { wire: own, parent: wire, from, to: theirs.path, channel } as const;
      ambient.history.append({
        kind: 'carried',
        ...hop,
        ...(message !== undefined && { message }),
      });
    }
    const sent: Writable<BearerMessage> = {
      wire: own,
      bearer: 'rcs',
      from: phone.owner.plan.msisdn,
      via: from,
      person: owner.plan.id,
      content,
    };
    if (devices !== undefined) {
      const theirOwn = owner.handsets.filter(({ path }) => devices.includes(path));
      sent.devices = theirOwn.map(({ plan }) => plan.id);
    }
    if (message !== undefined) sent.message = message;
    theirs.submit(sent, ambient.clock.now() + VALIDITY_MICROS, outcome);
  }
}

/** Who is asked before anything goes on, and told. */
export interface FocusCall {
  readonly question: FocusMessage;
  answered(answer: FocusAnswer, wire: string): void;
  /** Goes out with the posting once it is accepted: the Welcome that belongs to a Commit. */
  readonly also?: readonly Posting[];
}

/** Asks the focus, by way of the phone's own core; false when the carrier has none. */
export function askFocus(phone: Phone, era: number, asked: () => void): boolean {
  const { ambient, lines } = phone.context;
  const own = lines.coreOf(phone.owner.plan.carrier);
  if (own === undefined) return false;
  const wire = ambient.ids.next('p2p:');
  const facts = { from: phone.path, to: own.path, channel: 'rcs-e2ee' } as const;
  ambient.history.append({ kind: 'carried', wire, ...facts });
  const contentType = 'message/mls-rcs-client';
  const question = { contentType, eraId: era, epochAuthenticator: '', body: EMPTY } as const;
  own.fromPhone(phone.path, { kind: 'mls', ...question }, wire, asked);
  return true;
}

/**
 * Through the sender's own core to the receivers'; past the conversation focus where it is an
 * encrypted conversation. The root of the wire chain is the phone's own `carried`, so that an event
 * of any hop leads back to the message. Undefined when the sender's carrier has no core.
 */
export function post(phone: Phone, posting: Posting, focus?: FocusCall): string | undefined {
  const { ambient, lines } = phone.context;
  const own = lines.coreOf(phone.owner.plan.carrier);
  if (own === undefined) return undefined;
  const { content, message } = posting;
  const wire = ambient.ids.next('p2p:');
  const carried: Writable<EventInput & { kind: 'carried' }> = {
    kind: 'carried',
    wire,
    from: phone.path,
    to: own.path,
    channel: content.kind === 'mls' ? 'rcs-e2ee' : 'rcs',
  };
  if (message !== undefined) carried.message = message;
  ambient.history.append(carried);
  const arrived = (): void => {
    if (focus !== undefined) {
      const answer = lines.focus.submit(focus.question);
      focus.answered(answer, wire);
      if (answer.kind === 'refused') return;
    }
    forward(phone, wire, posting, own.path);
    for (const more of focus?.also ?? []) {
      forward(phone, ambient.ids.next('p2p:'), more, own.path);
    }
  };
  own.fromPhone(phone.path, content, wire, arrived, message);
  return wire;
}
