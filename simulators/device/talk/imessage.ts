/** iMessage between iPhones: which conversations it carries, and what arrives by it. */
import type { Owner } from '../owner.ts';
import type { Writing } from '../conversation.ts';
import { keyOf } from '../conversation-group.ts';
import { recordReceived } from '../display.ts';
import type { Phone } from '../phone.ts';
import { hear, letsKnow, sendReceipt } from './screen.ts';
import { plaintextOf, readSaid, typingText } from './words.ts';

/** A person's devices that the service knows: theirs by Apple, and not removed. */
function appleDevices(owner: Owner): Phone[] {
  return owner.handsets.filter(
    ({ plan, revoked, thief }) => plan.platform === 'ios' && !revoked && !thief,
  );
}

/** Does everybody in the conversation have it, as far as this phone is told? */
export function hasImessage(phone: Phone, to: readonly Owner[]): boolean {
  const { imessage } = phone.context.lines;
  if (imessage === undefined || phone.plan.platform !== 'ios' || !phone.online) return false;
  const theirs = to.map(appleDevices);
  if (theirs.some((devices) => devices.length === 0)) return false;
  return true;
}

/**
 * Apple's order ("If you see green message bubbles", support page): iMessage when everybody in the
 * conversation has it; else RCS, else SMS. False when it does not carry this, or cannot now.
 */
export function sendByImessage(phone: Phone, to: readonly Owner[], writing: Writing): boolean {
  const { ambient, lines } = phone.context;
  const { imessage } = lines;
  if (imessage === undefined || !hasImessage(phone, to)) return false;
  const handsets = to.flatMap(appleDevices);
  const submit = (text: string, message: string): boolean => {
    const wire = ambient.ids.next('im:');
    return imessage.submit({
      wire,
      device: phone.path,
      message,
      handsets,
      arrived: (handset) => {
        const other = handsets.find(({ path }) => path === handset.path);
        if (other !== undefined) receive(other, phone, to, { wire, message, text });
      },
    });
  };
  if (writing.typing === true) submit(typingText(), writing.id);
  return submit(plaintextOf(writing), writing.id);
}

interface Brought {
  readonly wire: string;
  readonly message: string;
  readonly text: string;
}

function receive(phone: Phone, from: Phone, to: readonly Owner[], brought: Brought): void {
  const { wire, message } = brought;
  const said = readSaid(brought.text);
  const by = from.person;
  const conversation = keyOf([from.owner, ...to].map(({ plan }) => plan.msisdn));
  recordReceived(phone, wire, 'imessage', message);
  const onRead = (): void => {
    if (letsKnow(phone, by)) sendReceipt(phone, { wire, message, by });
  };
  phone.context.ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    // Blue bubbles carry no lock: the label “Encrypted” is that of RCS.
    const shown = { wire, channel: 'imessage', message, padlock: false } as const;
    hear(phone, { ...shown, said, by, conversation, onRead });
  });
}
