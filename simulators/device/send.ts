/** Person to person (the world check): the best way that both phones and carriers have now. */
import type { Channel } from '../kernel/words.ts';
import { hasEnded, sendEncrypted } from './conversation.ts';
import type { Writing } from './conversation.ts';
import { keyOf } from './conversation-group.ts';
import { NO_OUTCOME, post } from './conversation-wire.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';
import { needsMms, sendByMms } from './mms/send.ts';
import { hasImessage, sendByImessage } from './talk/imessage.ts';
import { sendFile } from './talk/person-file.ts';
import { keepOnScreen } from './talk/screen.ts';
import { sendText } from './talk/text.ts';
import { plaintextOf, typingText } from './talk/words.ts';

/**
 * Between iPhones by iMessage, where the world has it. Else with end-to-end encryption when
 * everybody in the conversation has it, else by RCS, as messages apps do after the capability
 * exchange (RCC.07 §2.6); else by MMS what SMS has no room or no word for, else by SMS. Returns
 * the channel; undefined when this phone has no way at all now, or when a file has to be put into a
 * store first.
 */
export function sendTo(phone: Phone, to: readonly Owner[], writing: Writing): Channel | undefined {
  const stores = writing.attachment !== undefined && hasRichWay(phone, to);
  return stores ? sendWithFile(phone, to, writing) : sendReady(phone, to, writing);
}

/** The RCS capabilities of everybody in the conversation; undefined when somebody has none. */
function capabilitiesOf(
  phone: Phone,
  to: readonly Owner[],
): { readonly e2ee: boolean } | undefined {
  if (!phone.reachable('rcs')) return undefined;
  const { lines } = phone.context;
  const all = [phone.owner, ...to].map(({ plan }) =>
    lines.coreOf(plan.carrier)?.capabilities(plan.id),
  );
  if (all.includes(undefined)) return undefined;
  return { e2ee: all.every((each) => each?.e2ee === true) };
}

/** Is there a way now that brings what lies in a store? */
function hasRichWay(phone: Phone, to: readonly Owner[]): boolean {
  return hasImessage(phone, to) || capabilitiesOf(phone, to) !== undefined;
}

/** Its file lies in the store, if it has one and that way is taken. */
function sendReady(phone: Phone, to: readonly Owner[], writing: Writing): Channel | undefined {
  if (writing.act === undefined) {
    const numbers = [phone.owner, ...to].map(({ plan }) => plan.msisdn);
    keepOnScreen(phone, writing.id, { author: phone.person, conversation: keyOf(numbers) });
  }
  const { id: message } = writing;
  if (sendByImessage(phone, to, writing)) return 'imessage';
  const capabilities = capabilitiesOf(phone, to);
  if (capabilities !== undefined) {
    const encrypts = capabilities.e2ee && phone.features().e2ee && !phone.keysAreLost;
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
  // Neither MMS nor SMS has a word for it: what was sent before stays as it is.
  if (!phone.reachable('sms') || writing.act !== undefined) return undefined;
  if (needsMms(writing, to) && sendByMms(phone, to, writing)) return 'mms';
  const taken = to.map((owner) => sendText(phone, owner, writing));
  return taken.includes(true) ? 'sms' : undefined;
}

/** First the file, then the words with where it is; without it where the store takes none. */
function sendWithFile(phone: Phone, to: readonly Owner[], writing: Writing): undefined {
  const { attachment } = writing;
  if (attachment === undefined) return undefined;
  const { ambient, failed } = phone.context;
  ambient.clock.touch();
  sendFile(phone, writing.id, attachment)
    .then((descriptor) => {
      sendReady(phone, to, { ...writing, ...(descriptor !== undefined && { descriptor }) });
    })
    .catch(failed);
  return undefined;
}
