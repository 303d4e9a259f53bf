import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { channelWords } from './wording.ts';

const OUTCOME_WORDS = {
  accepted: 'took it',
  unavailable: 'said that the recipient cannot be reached',
  throttled: 'asked to slow down',
  rejected: 'rejected the request',
  unauthorized: 'refused the token',
  conflict: 'said that the sender’s view is old',
  failed: 'failed',
  silence: 'gave no answer',
  reset: 'broke the connection',
  'refused-connection': 'refused the connection',
  'answer-lost': 'took it, but the answer was lost',
} as const satisfies Record<EventOf<'door.answered'>['outcome'], string>;

/** A channel as it was used for what this event is about. */
export type ChannelWording = (channel: Channel, about: HistoryEvent) => string;

interface OnChannel {
  readonly channel?: Channel | undefined;
}

const by = (event: HistoryEvent & OnChannel, words: ChannelWording): string =>
  event.channel === undefined ? '' : ` by ${words(event.channel, event)}`;

function doorWords(event: EventOf<'door.request'>, words: ChannelWording): string {
  switch (event.operation) {
    case 'send':
      return (
        `Sent${by(event, words)} to ${event.component}` +
        `${event.repeated === true ? ' (same id again)' : ''}.`
      );
    case 'revoke':
      return `Asked ${event.component} to take the copy ${event.wire ?? ''} back.`;
    default:
      return `${event.component} was asked: ${event.what}.`;
  }
}

function callbackWords(event: EventOf<'callback.sent'>): string {
  const untrue = event.untrue === true ? ' (untrue: a lying peer)' : '';
  return `${event.component} reported ${event.event}${untrue}, attempt ${event.attempt}.`;
}

function mediumWords({ by: who, outcome, status, part }: EventOf<'medium.fetched'>): string {
  const what = part === 'file' ? 'file' : 'preview';
  switch (outcome) {
    case 'content':
      return `${who} fetched its ${what}.`;
    case 'cached':
      return `${who} had its ${what} from before.`;
    case 'elsewhere':
      return `Its ${what} lies outside of this world.`;
    default:
      return `${who} could not have its ${what}: ${outcome}, ${status}.`;
  }
}

/** One event in plain words; null for kinds that say nothing about one message. */
export function eventWords(
  event: HistoryEvent,
  words: ChannelWording = (channel) => channelWords(channel),
): string | null {
  switch (event.kind) {
    case 'message.intended':
      return event.from === undefined
        ? `Due to be sent to ${event.to} (${event.traffic}).`
        : `Due to be sent by ${event.from} to ${event.to} (${event.traffic}).`;
    case 'message.submitted':
      return `Handed to the implementation, attempt ${event.attempt}.`;
    case 'message.answered':
      return `The implementation answered ${event.outcome} (${event.status}).`;
    case 'status.seen':
      return event.final === true
        ? `At the final read the implementation said “${event.raw}”.`
        : `The implementation said “${event.raw}”.`;
    case 'status.unread':
      return `At the final read no status could be read: it answered ${event.detail}.`;
    case 'door.request':
      return doorWords(event, words);
    case 'door.answered':
      return `The door ${OUTCOME_WORDS[event.outcome]} (${event.status}).`;
    case 'carried':
      return `Carried on${by(event, words)} from ${event.from} to ${event.to}.`;
    case 'stored':
      return event.component.startsWith('person/')
        ? `Kept back by ${event.component} to save power.`
        : `Stored at ${event.component} until the phone is there.`;
    case 'expired':
      return `Expired at ${event.component}.`;
    case 'revoked':
      return event.before
        ? `Taken back at ${event.component} before it was delivered.`
        : `Too late to take it back at ${event.component}.`;
    case 'lost':
      return `Lost at ${event.component}; nobody was told.`;
    case 'callback.sent':
      return callbackWords(event);
    case 'callback.answered':
      return `The implementation answered the callback: ${event.outcome} (${event.status}).`;
    case 'business.received':
      return `The implementation took it${by(event, words)}.`;
    case 'device.received':
      return `Reached ${event.device}${by(event, words)}.`;
    case 'device.notified':
      return `${event.device} showed that there is something, not what.`;
    case 'device.displayed':
      return (
        `Shown on ${event.device}${by(event, words)}` +
        `${event.padlock ? ', with a padlock' : ''}.`
      );
    case 'device.read':
      return `Read on ${event.device}.`;
    case 'suggestions.shown':
      return `${event.device} showed ${event.does.length} buttons with it.`;
    case 'suggestion.tapped':
      return `A button (${event.does}) was tapped on ${event.device}.`;
    case 'medium.fetched':
      return mediumWords(event);
    case 'medium.displayed':
      return `${event.device} showed its ${event.part} (${event.type}, ${event.bytes} bytes).`;
    case 'mms.notified':
      return `${event.device} was told that it lies at its carrier’s MMS centre.`;
    case 'mms.retrieved':
      return `${event.device} fetched it from there, ${event.bytes} bytes.`;
    case 'device.asked':
      return `Its app on ${event.device} called the implementation.`;
    case 'device.link-opened':
      return `Link opened (${event.step}): ${event.outcome}, ${event.status}.`;
    case 'mls.decrypted':
      return event.afterRevocation === true
        ? `${event.device} decrypted it although it had been removed.`
        : `${event.device} decrypted it.`;
    case 'mls.refused':
      return `${event.device} could not decrypt it: ${event.reason}.`;
    case 'session.payload':
      return event.outcome === 'opened'
        ? `The gateway opened it with the key of session ${event.session}.`
        : `The gateway refused it in session ${event.session}: ${event.reason ?? 'no reason'}.`;
    case 'mls.encrypted':
      return event.device?.startsWith('gateway/') === true
        ? `${event.device} encrypted it for the devices.`
        : null;
    case 'fault.touched':
      return `The fault ${event.fault} ${event.did}.`;
    case 'tap.scanned':
      return event.found.length === 0
        ? null
        : `Readable for ${event.observer} at ${event.where}, as ${event.found[0]?.as ?? ''}.`;
    default:
      return null;
  }
}
