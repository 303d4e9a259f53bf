import type { Due, Timer } from '../kernel/clock.ts';
import type { InLine } from '../kernel/in-order.ts';
import type { Channel } from '../kernel/words.ts';
import { holdsLink } from '../protocol/rich-content.ts';
import type { BearerMessage, CoreOutcome, Receipts, Subscriber } from '../network/bearer.ts';
import type { Lane } from './rcs-lanes.ts';

/** What a core does with its messages. */
export interface CoreWays {
  /** Takes what a phone answers. */
  upwards(receipt: RcsReceipt): void;
  /** The receipt has come back through the core. */
  told(receipt: RcsReceipt): void;
  /** The message has come through the core to where its phones are. */
  arrived(item: RcsItem): void;
}

/** What a phone answers to a message, on its way back. */
export class RcsReceipt implements Due {
  readonly item: RcsItem;
  readonly told: keyof Receipts;
  readonly device: string;
  readonly reason: string;
  readonly #ways: CoreWays;

  constructor(ways: CoreWays, item: RcsItem, told: keyof Receipts, device: string, reason: string) {
    this.#ways = ways;
    this.item = item;
    this.told = told;
    this.device = device;
    this.reason = reason;
  }

  due(): void {
    this.#ways.told(this);
  }
}

/** What the channel of a message is, for `carried`. */
function channelOf(message: BearerMessage): Channel {
  if (message.content.kind === 'mls') return 'rcs-e2ee';
  const { text, rich } = message.content;
  return message.message === undefined && holdsLink(text, rich) ? 'secure-link' : 'rcs';
}

/** As devices get it. What gateways bring is written out, for a copy has no shape of its own. */
function carriedAs(submitted: BearerMessage, wire: string): BearerMessage {
  const { wire: parent, bearer, from, via, person, content, message, devices } = submitted;
  if (message === undefined || via === undefined || devices !== undefined) {
    return { ...submitted, wire, parent };
  }
  return { wire, parent, bearer, from, via, person, content, message };
}

/**
 * One message on its way through a core, and what phones answer to it: kept as long as the message,
 * so it is one object without closures.
 */
export class RcsItem implements Receipts, Due, InLine<RcsItem> {
  /** As devices get it: wire `rcs:<n>`, the submitter's wire as parent. */
  readonly message: BearerMessage;
  readonly parent: string;
  readonly channel: Channel;
  readonly outcome: CoreOutcome;
  /** Whom it is for, where they are anybody. */
  subscriber: Subscriber | undefined = undefined;
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
  readonly #ways: CoreWays;

  constructor(
    submitted: BearerMessage,
    wire: string,
    expiresAtMicros: number,
    outcome: CoreOutcome,
    ways: CoreWays,
  ) {
    this.message = carriedAs(submitted, wire);
    this.parent = submitted.wire;
    this.channel = channelOf(submitted);
    this.outcome = outcome;
    this.expiresAtMicros = expiresAtMicros;
    this.#ways = ways;
  }

  /** The wire by which the history knows it now. */
  get wire(): string {
    return this.taken ? this.message.wire : this.parent;
  }

  due(): void {
    this.#ways.arrived(this);
  }

  delivered(device: string): void {
    this.#ways.upwards(new RcsReceipt(this.#ways, this, 'delivered', device, ''));
  }

  displayed(device: string): void {
    this.#ways.upwards(new RcsReceipt(this.#ways, this, 'displayed', device, ''));
  }

  failed(device: string, reason: string): void {
    this.#ways.upwards(new RcsReceipt(this.#ways, this, 'failed', device, reason));
  }
}
