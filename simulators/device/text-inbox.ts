import type { BearerMessage, Receipts } from '../network/bearer.ts';
import { display, notify, recordReceived } from './display.ts';
import { visitLink } from './link-visit.ts';
import type { Phone } from './phone.ts';
import { firstUrl, readMessage } from './sight.ts';

/**
 * An open text by RCS or SMS. With its canary it is displayed; without one it is a notice, and its
 * first link is followed. Where no messages are planned it is both.
 */
export function receiveText(phone: Phone, arrived: BearerMessage, receipts: Receipts): void {
  const { ambient } = phone.context;
  const { wire, bearer, content } = arrived;
  const text = content.kind === 'text' ? content.text : '';
  const readable = readMessage(text, ambient.index);
  const link = readable === undefined ? firstUrl(text) : undefined;
  const message = readable?.message ?? arrived.message;
  recordReceived(phone, wire, link === undefined ? bearer : 'secure-link', message);
  receipts.delivered(phone.path);
  const onRead = (): void => {
    if (phone.owner.plan.readReceipts) receipts.displayed(phone.path);
  };
  ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    const { onSeen, edges } = phone.context;
    if (readable !== undefined || onSeen !== undefined) {
      display(phone, { wire, channel: bearer, message, text, padlock: false, onRead });
      if (link === undefined || edges?.link === undefined) return;
      visitLink(phone, { url: link, text, wire, message, onRead });
      return;
    }
    notify(phone, wire, message);
    if (link !== undefined) visitLink(phone, { url: link, text, wire, message, onRead });
  });
}
