/** How findings speak: kinds, channels and times in the words of a release manager. */
import type { Channel } from '../../simulators/kernel/words.ts';
import type { MessageView } from './view.ts';

const CHANNEL_WORDS = {
  'app-push': 'app push',
  imessage: 'iMessage',
  'rcs-e2ee': 'end-to-end encrypted RCS',
  rcs: 'readable RCS',
  'secure-link': 'secure link',
  mms: 'MMS',
  sms: 'readable SMS',
} as const satisfies Record<Channel, string>;

export function channelWords(channel: Channel): string {
  return CHANNEL_WORDS[channel];
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
