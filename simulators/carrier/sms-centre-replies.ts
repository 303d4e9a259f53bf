/** What phones write to applications: mobile-originated texts as deliver_sm (SMPP 3.4 §4.6). */
import type { Ambient } from '../kernel/ambient.ts';
import type { Tap } from '../network/tap.ts';
import type { MessageBody } from '../protocol/smpp/pdu.ts';
import { messageBody } from '../protocol/smpp/pdu.ts';
import { segmentText } from '../protocol/sms-text/segment.ts';
import type { DeliveryQueue } from './sms-centre-deliveries.ts';

/** A text from a phone, at the centre to which the application is connected. */
export interface TextFromPhone {
  /** `sms-mo:<n>`; the hops so far are recorded. */
  readonly wire: string;
  readonly person: string;
  /** The phone's path. */
  readonly device: string;
  /** msisdn */
  readonly from: string;
  readonly text: string;
  readonly message: string | undefined;
  /** seq of the `carried` that brought it here. */
  readonly cause: number;
  /** It comes from another centre, whose tap is not this one's. */
  readonly scan: boolean;
}

export interface Replies {
  /** Remembers from which address the application wrote to a person: the answer goes there. */
  wrote(person: string, body: MessageBody): void;
  bring(text: TextFromPhone): void;
}

type Address = Pick<MessageBody, 'destAddrTon' | 'destAddrNpi' | 'destinationAddr'>;

/** Where people write who were never written to. */
const SERVICE_NUMBER = '10001';
const INTERNATIONAL = 1;
const NETWORK_SPECIFIC = 3;
const ISDN = 1;
/** Concatenation references are 8 bits. */
const REFERENCES = 256;

export function createReplies({ history }: Ambient, tap: Tap, queue: DeliveryQueue): Replies {
  let reference = 0;
  const senders = new Map<string, Address>();
  const service: Address = {
    destAddrTon: NETWORK_SPECIFIC,
    destAddrNpi: ISDN,
    destinationAddr: SERVICE_NUMBER,
  };
  return {
    wrote: (person, { sourceAddrTon, sourceAddrNpi, sourceAddr }) => {
      if (sourceAddr === '' || senders.get(person)?.destinationAddr === sourceAddr) return;
      senders.set(person, {
        destAddrTon: sourceAddrTon,
        destAddrNpi: sourceAddrNpi,
        destinationAddr: sourceAddr,
      });
    },
    bring: ({ wire, person, device, from, text, message, cause, scan }) => {
      if (scan) tap.scan(text, { channel: 'sms', wire, cause });
      reference = (reference + 1) % REFERENCES;
      const parts = segmentText(text, reference);
      const to = senders.get(person) ?? service;
      let left = parts.length;
      for (const part of parts) {
        queue.add({
          what: `${wire} for the application`,
          facts: { cause, event: 'deliver_sm', wire, person, device },
          pdu: () => ({
            body: messageBody({
              ...to,
              ...part,
              sourceAddrTon: INTERNATIONAL,
              sourceAddrNpi: ISDN,
              sourceAddr: from.replace(/^\+/, ''),
            }),
            tlvs: [],
          }),
          // It has arrived when all of it has.
          taken: (callback, seq) => {
            if (--left > 0) return;
            const channel = 'sms';
            const known = message === undefined ? {} : { message };
            const facts = { cause: seq, wire, person, device, channel, callback } as const;
            history.append({ kind: 'business.received', ...facts, ...known });
          },
        });
      }
    },
  };
}
