/** iMessage between iPhones: which conversations it carries, and what arrives by it. */
import type { ImessageDevice } from '../../network/bearer.ts';
import { isRefusal, keyIdOf, readPacket } from '../../protocol/imessage/packet.ts';
import type { Owner } from '../owner.ts';
import type { Writing } from '../conversation.ts';
import { keyOf } from '../conversation-group.ts';
import { recordReceived } from '../display.ts';
import type { Phone } from '../phone.ts';
import { hear, letsKnow, sendReceipt } from './screen.ts';
import { plaintextOf, readSaid, typingText } from './words.ts';

/** Devices of everybody in the conversation; undefined when somebody has none, or no answer. */
function devicesOf(phone: Phone, to: readonly Owner[]): readonly ImessageDevice[] | undefined {
  const { imessage } = phone.context.lines;
  if (imessage === undefined || phone.plan.platform !== 'ios' || !phone.online) return undefined;
  if (phone.imessageKeys() === undefined) return undefined;
  // Whoever has not registered themselves is nobody to the others.
  if (imessage.lookup(phone.owner.plan.msisdn) === undefined) return undefined;
  const theirs = to.map((owner) => imessage.lookup(owner.plan.msisdn));
  if (theirs.some((devices) => devices === undefined || devices.length === 0)) return undefined;
  return theirs.flatMap((devices) => devices ?? []);
}

/** Does everybody in the conversation have it, as far as this phone is told? */
export function hasImessage(phone: Phone, to: readonly Owner[]): boolean {
  return devicesOf(phone, to) !== undefined;
}

/**
 * Apple's order ("If you see green message bubbles", support page): iMessage when everybody in the
 * conversation has it; else RCS, else SMS. False when it does not carry this, or cannot now. Each
 * device gets it encrypted for itself.
 */
export function sendByImessage(phone: Phone, to: readonly Owner[], writing: Writing): boolean {
  const { ambient, lines } = phone.context;
  const { imessage } = lines;
  const devices = devicesOf(phone, to);
  if (imessage === undefined || devices === undefined) return false;
  const keys = phone.imessage;
  const own = keys.current(phone);
  for (const { plan } of to) {
    const theirs = devices.filter(({ person }) => person === plan.id);
    keys.compare(phone, plan.id, theirs);
  }
  const submit = (text: string, message: string): boolean => {
    const wire = ambient.ids.next('im:');
    const plaintext = Buffer.from(text);
    const packets = devices.map(({ path, keys: theirs }) => ({
      path,
      octets: keys.crypto.seal(plaintext, own, theirs),
    }));
    const taken = imessage.submit({
      wire,
      device: phone.path,
      message,
      packets,
      arrived: (path, octets) => {
        const other = ownerOf(phone, devices, path)?.handsets.find((each) => each.path === path);
        if (other !== undefined) receive(other, phone, to, { wire, message, octets });
      },
    });
    if (!taken) return false;
    ambient.history.append({
      kind: 'imessage.sealed',
      wire,
      device: phone.path,
      message,
      people: to.map(({ plan }) => plan.id),
      to: devices.map(({ path: device, person, keys: theirs }) => ({
        person,
        device,
        key: keyIdOf(theirs.encryption),
      })),
    });
    return true;
  };
  if (writing.typing === true) submit(typingText(), writing.id);
  return submit(plaintextOf(writing), writing.id);
}

function ownerOf(
  phone: Phone,
  devices: readonly ImessageDevice[],
  path: string,
): Owner | undefined {
  const person = devices.find((device) => device.path === path)?.person;
  return person === undefined ? undefined : phone.context.lines.ownerOf(person);
}

interface Brought {
  readonly wire: string;
  readonly message: string;
  readonly octets: Uint8Array;
}

/** Opened with the key that it is for, once its signature is the sender's; undefined when not. */
function opened(phone: Phone, { wire, message, octets }: Brought): string | undefined {
  const { lines, ambient } = phone.context;
  const { history } = ambient;
  const place = { wire, device: phone.path, message };
  const packet = readPacket(octets);
  if (isRefusal(packet)) {
    history.append({ kind: 'imessage.refused', ...place, reason: packet.reason });
    return undefined;
  }
  const from = lines.imessage?.sender(packet.from);
  if (from === undefined) {
    history.append({ kind: 'imessage.refused', ...place, reason: 'unknown-sender' });
    return undefined;
  }
  const read = phone.imessage.open(phone, packet, from);
  if (read.kind === 'refused') {
    history.append({ kind: 'imessage.refused', ...place, reason: read.reason });
    return undefined;
  }
  const { person } = phone;
  history.append({ kind: 'imessage.opened', ...place, person, key: packet.to, verified: true });
  return Buffer.from(read.plaintext).toString('utf8');
}

function receive(phone: Phone, from: Phone, to: readonly Owner[], brought: Brought): void {
  const { wire, message } = brought;
  const text = opened(phone, brought);
  if (text === undefined) return;
  const said = readSaid(text);
  const by = from.person;
  const conversation = keyOf([from.owner, ...to].map(({ plan }) => plan.msisdn));
  recordReceived(phone, wire, 'imessage', message);
  // On a thief's device it is before the thief's eyes, which no person of this world has.
  const onRead = (): void => {
    if (letsKnow(phone, by)) sendReceipt(phone, { wire, message, by });
  };
  phone.context.ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    // Blue bubbles carry no lock: the label “Encrypted” is that of RCS.
    const shown = { wire, channel: 'imessage', message, padlock: false } as const;
    hear(phone, { ...shown, said, by, conversation, onRead });
  });
}
