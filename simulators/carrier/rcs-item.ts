import type { Timer } from '../kernel/clock.ts';
import type { Channel } from '../kernel/words.ts';
import type { BearerMessage, CoreOutcome } from '../network/bearer.ts';

/** One message on its way through a core. */
export interface RcsItem {
  /** As devices get it: wire `rcs:<n>`, the submitter's wire as parent. */
  readonly message: BearerMessage;
  readonly parent: string;
  readonly channel: Channel;
  readonly outcome: CoreOutcome;
  /** Microseconds of the clock. */
  expiresAtMicros: number;
  /** The core has it (`carried` is written); before that its submitter still holds it. */
  taken: boolean;
  /** At least one device got it: it can no longer be revoked. */
  handed: boolean;
  /** Nothing more will be done with it. */
  over: boolean;
  stored: boolean;
  /** Paths of the devices that it waits for; undefined until it has been offered to any. */
  waiting: Set<string> | undefined;
  expiry: Timer | undefined;
  /** When the last receipt arrives back, so that receipts keep their order. */
  receiptsAtMicros: number;
}

/** What the channel of a message is, for `carried`. */
function channelOf(message: BearerMessage): Channel {
  if (message.content.kind === 'mls') return 'rcs-e2ee';
  return message.message === undefined && /https?:\/\//.test(message.content.text)
    ? 'secure-link'
    : 'rcs';
}

export function createItem(
  message: BearerMessage,
  wire: string,
  expiresAtMicros: number,
  outcome: CoreOutcome,
): RcsItem {
  return {
    message: { ...message, wire, parent: message.wire },
    parent: message.wire,
    channel: channelOf(message),
    outcome,
    expiresAtMicros,
    taken: false,
    handed: false,
    over: false,
    stored: false,
    waiting: undefined,
    expiry: undefined,
    receiptsAtMicros: 0,
  };
}
