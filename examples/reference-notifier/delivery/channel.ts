import type { Attempt, Channel, Message } from '../message.ts';

/**
 * - `accepted`: a door took it
 * - `refused`: it certainly will not arrive this way
 * - `unsure`: nobody answered; it must be taken back before anything else is tried
 */
export type Outcome = 'accepted' | 'refused' | 'unsure';

/** How one channel is spoken. Both may be called again for the same attempt after a restart. */
export interface ChannelSender {
  /** Keeps trying while `attempt.state` is `sending` and stops when it no longer is. */
  send(message: Message, attempt: Attempt): Promise<Outcome>;
  /** Takes the copy back as far as the channel can; resolves when that was asked for. */
  takeBack(message: Message, attempt: Attempt): Promise<void>;
}

export type ChannelSenders = Readonly<Partial<Record<Channel, ChannelSender>>>;
