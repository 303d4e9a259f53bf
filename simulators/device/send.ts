/** Person to person (the world check): the best way that both phones and carriers have now. */
import type { Channel } from '../kernel/words.ts';
import { hasEnded, sendEncrypted } from './conversation.ts';
import type { Writing } from './conversation.ts';
import { keyOf } from './conversation-group.ts';
import { NO_OUTCOME, post } from './conversation-wire.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';
import { sendByImessage } from './talk/imessage.ts';
import { sendFile } from './talk/person-file.ts';
import { keepOnScreen } from './talk/screen.ts';
import { plaintextOf, typingText } from './talk/words.ts';

/**
 * Between iPhones by iMessage, where the world has it. Else with end-to-end encryption when
 * everybody in the conversation has it, else by RCS, else by SMS, as messages apps do after the
 * capability exchange (RCC.07 §2.6). Returns the channel; undefined when this phone has no way at
 * all now, or when a file has to be put into a store first.
 */
export function sendTo(phone: Phone, to: readonly Owner[], writing: Writing): Channel | undefined {
  if (writing.attachment !== undefined) return sendWithFile(phone, to, writing);
  const { lines } = phone.context;
  if (writing.act === undefined) {
    const numbers = [phone.owner, ...to].map(({ plan }) => plan.msisdn);
    keepOnScreen(phone, writing.id, { author: phone.person, conversation: keyOf(numbers) });
  }
  const { id: message } = writing;
  if (sendByImessage(phone, to, writing)) return 'imessage';
  const capabilitiesOf = ({ plan }: Owner) => lines.coreOf(plan.carrier)?.capabilities(plan.id);
  const own = capabilitiesOf(phone.owner);
  const theirs = to.map(capabilitiesOf);
  if (phone.reachable('rcs') && own !== undefined && !theirs.includes(undefined)) {
    const all = own.e2ee && theirs.every((each) => each?.e2ee === true);
    const encrypts = all && phone.features().e2ee && !phone.keysAreLost;
    // A conversation that was told to end encryption stays open: nobody re-encrypts on the quiet.
    if (encrypts && !hasEnded(phone, to)) {
      if (writing.typing === true) {
        sendEncrypted(phone, to, { id: `${message}/typing`, text: '', notice: typingText() });
      }
      sendEncrypted(phone, to, writing);
      return 'rcs-e2ee';
    }
    const addresses = to.map((owner) => ({ owner, outcome: NO_OUTCOME }));
    const content = { kind: 'text', text: plaintextOf(writing) } as const;
    if (writing.typing === true) {
      post(phone, { content: { kind: 'text', text: typingText() }, addresses });
    }
    post(phone, { content, addresses, message });
    return 'rcs';
  }
  // A text is all that SMS has: what was sent before stays as it is.
  if (!phone.reachable('sms') || writing.act !== undefined) return undefined;
  const taken = to.map((owner) => sendText(phone, owner, writing));
  return taken.includes(true) ? 'sms' : undefined;
}

/** First the file, then the words with where it is; without it where the store takes none. */
function sendWithFile(
  phone: Phone,
  to: readonly Owner[],
  { attachment, ...writing }: Writing,
): undefined {
  if (attachment === undefined) return undefined;
  const { ambient, failed } = phone.context;
  ambient.clock.touch();
  sendFile(phone, writing.id, attachment)
    .then((descriptor) => {
      sendTo(phone, to, { ...writing, ...(descriptor !== undefined && { descriptor }) });
    })
    .catch(failed);
  return undefined;
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
