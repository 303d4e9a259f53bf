/** What a phone shows of its conversations, and what may be done to it. */
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { EventInput } from '../../kernel/events.ts';
import type { Channel } from '../../kernel/words.ts';
import type { Writable } from '../../kernel/writable.ts';
import { receiveAttachment } from '../attachments/receive.ts';
import { display } from '../display.ts';
import type { Phone } from '../phone.ts';
import type { Said } from './words.ts';

/** Something that another person's phone said. */
export interface Heard {
  readonly wire: string;
  readonly channel: Channel;
  readonly message: string | undefined;
  readonly padlock: boolean;
  readonly said: Said;
  /** Who said it; undefined for whoever is no person of this world. */
  readonly by: string | undefined;
  /** Names the conversation that it came in: the numbers of its people, sorted. */
  readonly conversation: string;
  readonly onRead: () => void;
}

/** A message before a person's eyes. */
export interface OnScreen {
  readonly author: string;
  readonly conversation: string;
}

const KEPT_ON_SCREEN = 10_000;

/** Shows it, or does to an earlier message what it says. */
export function hear(phone: Phone, heard: Heard): void {
  const { said, by } = heard;
  const { history } = phone.context.ambient;
  if (said.typing === true) {
    const { path: device, person } = phone;
    if (by !== undefined) history.append({ kind: 'typing.shown', device, person, by });
    return;
  }
  if (said.act !== undefined) {
    act(phone, heard, said.act);
    return;
  }
  show(phone, heard);
  const { wire, message } = heard;
  if (said.descriptor !== undefined) {
    receiveAttachment(phone, { wire, message, descriptor: said.descriptor });
  }
}

function show(phone: Phone, heard: Heard): void {
  const { wire, channel, message, padlock, said, by, conversation, onRead } = heard;
  display(phone, { wire, channel, message, text: said.text, padlock, onRead });
  if (message === undefined || by === undefined) return;
  keepOnScreen(phone, message, { author: by, conversation });
  if (said.vanishSeconds !== undefined) vanish(phone, message, said.vanishSeconds);
}

/** What the person has before them, words of their own included: others may react to these. */
export function keepOnScreen(phone: Phone, message: string, shown: OnScreen): void {
  phone.state.screen ??= createBoundedMap<OnScreen>(KEPT_ON_SCREEN);
  phone.state.screen.set(message, shown);
}

function vanish(phone: Phone, message: string, seconds: number): void {
  const { clock, history } = phone.context.ambient;
  const remove = (): void => {
    if (phone.state.screen?.delete(message) !== true) return;
    const { path: device, person } = phone;
    history.append({ kind: 'screen.removed', device, person, message });
  };
  clock.after(seconds * 1_000_000, remove);
}

function act(phone: Phone, heard: Heard, { kind, of }: NonNullable<Said['act']>): void {
  const { history } = phone.context.ambient;
  const { message, by = '', wire, conversation } = heard;
  const { path: device, person } = phone;
  const own = message === undefined ? {} : { message };
  const facts = { device, person, act: kind, of, by, ...own };
  history.append({ kind: 'act.arrived', ...facts, wire });
  const target = phone.state.screen?.get(of);
  const refuse = (reason: 'not-a-member' | 'not-the-author' | 'unknown-message'): void => {
    history.append({ kind: 'act.refused', ...facts, reason });
  };
  if (target === undefined) return refuse('unknown-message');
  if (target.conversation !== conversation) return refuse('not-a-member');
  if (kind !== 'react' && target.author !== by) return refuse('not-the-author');
  if (kind === 'delete') phone.state.screen?.delete(of);
  history.append({ kind: 'act.done', ...facts });
  // The new words take the place of the old; they can be edited in their turn.
  if (kind === 'edit') show(phone, heard);
}

/** Does this person let others know that they have read what these wrote? */
export function letsKnow(phone: Phone, by: string | undefined): boolean {
  const { readReceipts, noReceiptsTo } = phone.owner.plan;
  if (phone.suffers('no-read-receipts') || phone.suffers('no-receipts')) return false;
  return readReceipts && (by === undefined || noReceiptsTo?.includes(by) !== true);
}

/** Does it tell that a message has come? The delivery report of a text is the network's. */
export function tellsDelivery(phone: Phone): boolean {
  return !phone.suffers('no-receipts');
}

/** The receipt of a person's phone to another's; to a business the gateway tells. */
export function sendReceipt(
  phone: Phone,
  { wire, message, by }: Pick<Heard, 'wire' | 'message' | 'by'>,
): void {
  if (by === undefined) return;
  const sent: Writable<EventInput & { kind: 'receipt.sent' }> = {
    kind: 'receipt.sent',
    device: phone.path,
    person: phone.person,
    to: by,
    wire,
  };
  if (message !== undefined) sent.message = message;
  phone.context.ambient.history.append(sent);
}
