import type { Sensitivity } from '../message.ts';
import type { Policy } from '../policy.ts';

/** Adds the sentence that the policy wants on a channel that others can read. */
export function disclosed(
  text: string,
  sensitivity: Sensitivity,
  channel: 'rcs' | 'sms',
  { disclosure }: Policy,
): string {
  return disclosure.on[sensitivity].includes(channel) ? `${text} ${disclosure.text}` : text;
}

/** What a carrier may read of a message that is behind a link: nothing. */
export function linkText(url: string): string {
  return `You have a new secure message. Open it here: ${url}`;
}
