import type { BearerMessage, Receipts } from '../network/bearer.ts';
import { holdsLink } from '../protocol/rich-content.ts';
import { keyOf } from './conversation-group.ts';
import { display, notify, recordReceived } from './display.ts';
import { visitLink } from './link-visit.ts';
import type { Phone } from './phone.ts';
import { firstUrl, readMessage } from './sight.ts';
import { showMedia } from './media.ts';
import { showSuggestions } from './suggestions.ts';
import { hear, letsKnow, sendReceipt, tellsDelivery } from './talk/screen.ts';
import { readSaid } from './talk/words.ts';
import type { Said } from './talk/words.ts';

/**
 * An open text by RCS or SMS. With its canary it is displayed; without one it is a notice, and its
 * first link is followed. Where no messages are planned it is both.
 */
export function receiveText(phone: Phone, arrived: BearerMessage, receipts: Receipts): void {
  const { ambient } = phone.context;
  const { wire, bearer, content } = arrived;
  const by = phone.context.lines.ownerOfNumber(arrived.from)?.plan.id;
  const written = content.kind === 'text' ? content.text : '';
  const said: Said = by === undefined ? { text: written } : readSaid(written);
  const { text } = said;
  const readable = readMessage(text, ambient.index);
  const rich = content.kind === 'text' ? content.rich : undefined;
  const link = readable === undefined && holdsLink(text, rich) ? firstUrl(text) : undefined;
  const message = readable?.message ?? arrived.message;
  recordReceived(phone, wire, link === undefined ? bearer : 'secure-link', message);
  if (bearer === 'sms' || tellsDelivery(phone)) receipts.delivered(phone.path);
  const onRead = (): void => {
    if (!letsKnow(phone, by)) return;
    receipts.displayed(phone.path);
    if (bearer === 'rcs') sendReceipt(phone, { wire, message, by });
  };
  ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    const { onSeen, edges } = phone.context;
    const channel = bearer;
    const padlock = false;
    if (by !== undefined && (said.typing === true || readable !== undefined)) {
      const conversation = keyOf([phone.owner.plan.msisdn, arrived.from]);
      hear(phone, { wire, channel, message, padlock, said, by, conversation, onRead });
      return;
    }
    if (by === undefined) {
      showSuggestions(phone, arrived, message);
      showMedia({ phone, arrived, message, onRead });
    }
    if (readable !== undefined || onSeen !== undefined) {
      display(phone, { wire, channel, message, text, padlock, onRead });
      if (link === undefined || edges?.link === undefined) return;
      visitLink(phone, { url: link, text, wire, message, onRead });
      return;
    }
    notify(phone, wire, message);
    if (link !== undefined) visitLink(phone, { url: link, text, wire, message, onRead });
  });
}
