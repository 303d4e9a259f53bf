import type { Attempt, Message } from '../message.ts';
import type { Outcome } from './channel.ts';

/** Sends a text by SMS as one attempt's copy; for the sms channel and for links. */
export type SmsSubmit = (
  message: Message,
  attempt: Attempt,
  msisdn: string,
  text: string,
) => Promise<Outcome>;
