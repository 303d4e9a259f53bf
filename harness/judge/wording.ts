/** How findings speak: kinds, channels and times in the words of a release manager. */
import type { Channel } from '../../simulators/kernel/words.ts';
import type { Dispatch, Transmission } from './records.ts';
import type { CaseView, MessageView } from './view.ts';

const CHANNEL_WORDS = {
  'app-push': 'app push',
  imessage: 'iMessage',
  'rcs-e2ee': 'end-to-end encrypted RCS',
  rcs: 'readable RCS',
  'secure-link': 'secure link',
  mms: 'MMS',
  sms: 'readable SMS',
} as const satisfies Record<Channel, string>;

/** What `rcs-e2ee` is where a gateway encrypts: on the air it is encrypted, and not end to end. */
const MANAGED_WORDS = 'RCS that the gateway encrypts';

/** `isManaged`: it was given to a gateway that holds the keys. */
export function channelWords(channel: Channel, isManaged = false): string {
  return channel === 'rcs-e2ee' && isManaged ? MANAGED_WORDS : CHANNEL_WORDS[channel];
}

/** As `channelWords`, for a channel that this world offers, by what it would protect with. */
export function offeredWords({ cell }: Pick<CaseView, 'cell'>, channel: Channel): string {
  const { gateways, gatewayChannels, gatewaysReading = [] } = cell.world;
  const encrypting = gateways.filter(
    (name) => gatewayChannels?.[name]?.includes('rcs-e2ee') !== false,
  );
  const isManaged =
    encrypting.length > 0 && encrypting.every((name) => gatewaysReading.includes(name));
  return channelWords(channel, isManaged);
}

interface Copy {
  readonly channel: Channel;
  readonly transmission: Transmission;
}

/** As `channelWords`, for a copy that was sent: by what it was really protected. */
export function copyWords(
  { fold }: Pick<CaseView, 'fold'>,
  copy: Copy | { readonly channel: Channel; readonly dispatches: readonly Dispatch[] },
): string {
  const { channel } = copy;
  const transmission =
    'transmission' in copy ? copy.transmission : copy.dispatches[0]?.transmission;
  if (channel !== 'rcs-e2ee' || transmission === undefined) return channelWords(channel);
  return channelWords(channel, fold.sessions.manages(fold.attribution.root(transmission)));
}

/** `Fraud alert alerts-17` */
export function subject(message: MessageView): string {
  const kind = message.record.traffic.message.kind.replaceAll('-', ' ');
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${message.id}`;
}

/** `850 ms`, `4.2 s`, `12 min` */
export function duration(micros: number): string {
  const ms = micros / 1_000;
  if (Math.abs(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (Math.abs(seconds) < 120) return `${Math.round(seconds * 10) / 10} s`;
  return `${Math.round(seconds / 6) / 10} min`;
}

/** A point of the cell's time: `at 61.2 s`. */
export function when(micros: number): string {
  return `at ${Math.round(micros / 100_000) / 10} s`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
