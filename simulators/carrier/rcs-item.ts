import type { Timer } from '../kernel/clock.ts';
import type { InLine } from '../kernel/in-order.ts';
import type { Channel } from '../kernel/words.ts';
import { holdsLink } from '../protocol/rich-content.ts';
import type { BearerMessage, CoreOutcome, Receipts } from '../network/bearer.ts';
import type { Lane } from './rcs-lanes.ts';

/** Takes what a phone answers. */
export type Upwards = (item: RcsItem, told: keyof Receipts, device: string, reason: string) => void;

/** What the channel of a message is, for `carried`. */
function channelOf(message: BearerMessage): Channel {
  if (message.content.kind === 'mls') return 'rcs-e2ee';
  const { text, rich } = message.content;
  return message.message === undefined && holdsLink(text, rich) ? 'secure-link' : 'rcs';
}

/**
 * One message on its way through a core, and what phones answer to it: kept as long as the message,
 * so it is one object without closures.
 */
export class RcsItem implements Receipts, InLine<RcsItem> {
  /** As devices get it: wire `rcs:<n>`, the submitter's wire as parent. */
  readonly message: BearerMessage;
  readonly parent: string;
  readonly channel: Channel;
  readonly outcome: CoreOutcome;
  /** Microseconds of the clock. */
  expiresAtMicros: number;
  /** The core has it (`carried` is written); before that its submitter still holds it. */
  taken = false;
  /** At least one device got it: it can no longer be revoked. */
  handed = false;
  /** Nothing more will be done with it. */
  over = false;
  stored = false;
  /** Paths of the devices that it waits for; undefined until it has been offered to any. */
  waiting: Set<string> | undefined = undefined;
  expiry: Timer | undefined = undefined;
  /** While the person's lane counts it. */
  lane: Lane | undefined = undefined;
  /** When the last receipt arrives back, so that receipts keep their order. */
  receiptsAtMicros = 0;
  /** Its neighbours among all that the core has under way. */
  before: RcsItem | undefined = undefined;
  after: RcsItem | undefined = undefined;
  readonly #upwards: Upwards;

  constructor(
    submitted: BearerMessage,
    wire: string,
    expiresAtMicros: number,
    outcome: CoreOutcome,
    upwards: Upwards,
  ) {
    this.message = { ...submitted, wire, parent: submitted.wire };
    this.parent = submitted.wire;
    this.channel = channelOf(submitted);
    this.outcome = outcome;
    this.expiresAtMicros = expiresAtMicros;
    this.#upwards = upwards;
  }

  /** The wire by which the history knows it now. */
  get wire(): string {
    return this.taken ? this.message.wire : this.parent;
  }

  delivered(device: string): void {
    this.#upwards(this, 'delivered', device, '');
  }

  displayed(device: string): void {
    this.#upwards(this, 'displayed', device, '');
  }

  failed(device: string, reason: string): void {
    this.#upwards(this, 'failed', device, reason);
  }
}
