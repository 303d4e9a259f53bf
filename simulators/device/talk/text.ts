/** A text to one person by SMS: all that it has. */
import type { Writing } from '../conversation.ts';
import type { Owner } from '../owner.ts';
import type { Phone } from '../phone.ts';

/** False when the phone's carrier has no SMS, or the number is nobody's. */
export function sendText(phone: Phone, to: Owner, { id: message, text }: Writing): boolean {
  const { ambient, lines } = phone.context;
  const wire = ambient.ids.next('p2p:');
  const { msisdn: from, carrier } = phone.owner.plan;
  ambient.history.append({
    kind: 'carried',
    wire,
    from: phone.path,
    to: `carrier/${carrier}/sms`,
    channel: 'sms',
    message,
  });
  return lines.sendSms(carrier, { wire, from, to: to.plan.msisdn, text, message });
}
