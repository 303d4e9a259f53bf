/** Person to person (the world check): the best way that both phones and carriers have now. */
import type { Channel } from '../kernel/words.ts';
import { hasEnded, sendEncrypted } from './conversation.ts';
import type { Writing } from './conversation.ts';
import { NO_OUTCOME, post } from './conversation-wire.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

/**
 * Sends with end-to-end encryption when everybody in the conversation has it, else by RCS, else by
 * SMS, as messages apps do after the capability exchange (RCC.07 §2.6). Returns the channel;
 * undefined when this phone has no way at all now.
 */
export function sendTo(phone: Phone, to: readonly Owner[], writing: Writing): Channel | undefined {
  const { lines } = phone.context;
  const { id: message, text } = writing;
  const capabilitiesOf = ({ plan }: Owner) => lines.coreOf(plan.carrier)?.capabilities(plan.id);
  const own = capabilitiesOf(phone.owner);
  const theirs = to.map(capabilitiesOf);
  if (phone.reachable('rcs') && own !== undefined && !theirs.includes(undefined)) {
    const all = own.e2ee && theirs.every((each) => each?.e2ee === true);
    const encrypts = all && phone.features().e2ee && !phone.keysAreLost;
    // A conversation that was told to end encryption stays open: nobody re-encrypts on the quiet.
    if (encrypts && !hasEnded(phone, to)) {
      sendEncrypted(phone, to, writing);
      return 'rcs-e2ee';
    }
    const addresses = to.map((owner) => ({ owner, outcome: NO_OUTCOME }));
    post(phone, { content: { kind: 'text', text }, addresses, message });
    return 'rcs';
  }
  if (!phone.reachable('sms')) return undefined;
  const taken = to.map((owner) => sendText(phone, owner, writing));
  return taken.includes(true) ? 'sms' : undefined;
}

function sendText(phone: Phone, to: Owner, { id: message, text }: Writing): boolean {
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
