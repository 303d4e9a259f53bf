/** One message that an ESME handed in, to one destination. */
import type { MessageBody } from '../protocol/smpp/pdu.ts';
import type { InLine } from '../kernel/in-order.ts';
import type { Writable } from '../kernel/writable.ts';
import type { SmsItem } from './sms-centre-item.ts';
import type { PartText } from './sms-centre-parts.ts';

/** What is known of it when it has been read. */
export interface ReadFacts {
  /** The message id, or with the destination's number behind it: `17.2`. */
  readonly key: string;
  /** `smpp:17` */
  readonly wire: string;
  /** seq of its door.request. */
  readonly request: number;
  readonly body: MessageBody;
  /** '' when the number is nobody's. */
  readonly person: string;
  readonly message: string | undefined;
  readonly text: string;
  /** Of a long message; a whole message is its text. */
  readonly part: PartText | undefined;
  /** Parts of one message share it; undefined for a message in one part. */
  readonly group: string | undefined;
  readonly submitMillis: number;
  /** As it asked for; undefined: as long as the carrier keeps anything. */
  readonly validMicros: number | undefined;
  readonly delayMicros: number;
  /** command_status of what is wrong with the request itself. */
  readonly refused: number | undefined;
  /** user_message_reference, where a receipt is to give it back. */
  readonly reference: Uint8Array | undefined;
}

const NO_OCTETS = new Uint8Array(0);

/**
 * A submission from its PDU to its end. One object for all of that: thousands are under way at
 * once, and the collector moves all that outlives its next round.
 */
export class Submission implements ReadFacts, InLine<Submission> {
  readonly key: string;
  readonly wire: string;
  readonly request: number;
  /** Once it is kept, without its text: receipts need the addresses and what was registered. */
  readonly body: MessageBody;
  readonly person: string;
  readonly message: string | undefined;
  readonly text: string;
  part: PartText | undefined;
  readonly group: string | undefined;
  readonly submitMillis: number;
  readonly validMicros: number | undefined;
  readonly delayMicros: number;
  refused: number | undefined;
  readonly reference: Uint8Array | undefined;
  /** The message that it is, or is a part of; undefined until the last part has come. */
  item: SmsItem | undefined = undefined;
  before: Submission | undefined = undefined;
  after: Submission | undefined = undefined;

  constructor(facts: ReadFacts) {
    this.key = facts.key;
    this.wire = facts.wire;
    this.request = facts.request;
    this.body = facts.body;
    this.person = facts.person;
    this.message = facts.message;
    this.text = facts.text;
    this.part = facts.part;
    this.group = facts.group;
    this.submitMillis = facts.submitMillis;
    this.validMicros = facts.validMicros;
    this.delayMicros = facts.delayMicros;
    this.refused = facts.refused;
    this.reference = facts.reference;
  }

  /** As the ESME was told it, in plain form. One for all destinations of a submit_multi. */
  get messageId(): string {
    const several = this.key.indexOf('.');
    return several === -1 ? this.key : this.key.slice(0, several);
  }

  /**
   * To be called when it is taken: what is kept must not hold on to the connection's read buffer,
   * of which the octets are views.
   */
  keep(): this {
    (this.body as Writable<MessageBody>).shortMessage = NO_OCTETS;
    const { part } = this;
    this.part = part === undefined ? undefined : { ...part, octets: Uint8Array.from(part.octets) };
    return this;
  }
}
