/** What a phone shows and what its person does about it. */
import type { EventInput } from '../kernel/events.ts';
import { holdsText } from '../kernel/text-print.ts';
import type { Channel } from '../kernel/words.ts';
import type { Writable } from '../kernel/writable.ts';
import type { Phone } from './phone.ts';
import { readMessage } from './sight.ts';

export interface Shown {
  readonly wire: string;
  readonly channel: Channel;
  readonly message: string | undefined;
  /** The text as the person reads it, for the disclosure sentence. */
  readonly text: string;
  readonly padlock: boolean;
  /** Called when the person has read it, on the phone where they do. */
  readonly onRead?: () => void;
}

export function recordReceived(
  phone: Phone,
  wire: string,
  channel: Channel,
  message: string | undefined,
): void {
  const event: Writable<EventInput & { kind: 'device.received' }> = {
    kind: 'device.received',
    device: phone.path,
    person: phone.person,
    wire,
    channel,
  };
  if (message !== undefined) event.message = message;
  phone.context.ambient.history.append(event);
}

/** A text before a person's eyes, as they read it: the history has no texts. */
export interface SeenText {
  readonly person: string;
  /** `person/ana/device/1` */
  readonly device: string;
  readonly wire: string;
  readonly channel: Channel;
  readonly text: string;
  readonly padlock: boolean;
}

/** A placeholder: there is something, not what. */
export function notify(phone: Phone, wire: string, message: string | undefined): void {
  phone.context.ambient.history.append({
    kind: 'device.notified',
    device: phone.path,
    person: phone.person,
    wire,
    ...(message !== undefined && { message }),
  });
}

/** A page may dress a text up as it likes; elsewhere the person reads just what came. */
function isAltered(phone: Phone, { channel, text }: Shown): boolean {
  if (channel === 'secure-link') return false;
  const planned = readMessage(text, phone.context.ambient.index);
  return planned?.print !== undefined && !holdsText(text, planned.canary, planned.print);
}

function recordDisplayed(phone: Phone, shown: Shown): void {
  const { ambient, disclosure } = phone.context;
  const { path: device, person } = phone;
  const { wire, channel, message, text, padlock } = shown;
  const kind = 'device.displayed';
  const discloses = disclosure !== '' && text.includes(disclosure);
  const event: Writable<EventInput & { kind: 'device.displayed' }> =
    message === undefined
      ? { kind, device, person, wire, channel, padlock, disclosure: discloses }
      : { kind, device, person, wire, channel, message, padlock, disclosure: discloses };
  if (isAltered(phone, shown)) event.altered = true;
  ambient.history.append(event);
}

function recordRead(phone: Phone, { wire, message }: Shown): void {
  const event: Writable<EventInput & { kind: 'device.read' }> = {
    kind: 'device.read',
    device: phone.path,
    person: phone.person,
    wire,
  };
  if (message !== undefined) event.message = message;
  phone.context.ambient.history.append(event);
}

/** The content is before the person's eyes; they read it after a delay of their own. */
export function display(phone: Phone, shown: Shown): void {
  recordDisplayed(phone, shown);
  const { wire, channel, message, text, padlock } = shown;
  const { path: device, person } = phone;
  phone.context.onSeen?.({ person, device, wire, channel, text, padlock });
  if (!phone.owner.beginsToRead(message ?? wire)) return;
  const delay = phone.state.draw(phone.owner.plan.readDelayMicros);
  phone.context.ambient.clock.after(delay, () => {
    recordRead(phone, shown);
    shown.onRead?.();
  });
}
