/** A submission as it is read: recorded with what is known of it, tapped, checked. */
import type { Ambient } from '../kernel/ambient.ts';
import type { EventInput } from '../kernel/events.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Channel } from '../kernel/words.ts';
import type { Directory } from '../network/bearer.ts';
import type { Tap } from '../network/tap.ts';
import { echoedId } from '../protocol/link/echoed-id.ts';
import type { MessageBody, Tlv } from '../protocol/smpp/pdu.ts';
import { TLV_TAGS, tlvValue } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';
import { smppDelayMicros } from '../protocol/smpp/time.ts';
import { checkFields, checkTimes } from './sms-centre-checks.ts';
import type { Recorded } from './sms-centre-esme.ts';
import { hasLink } from './sms-centre-item.ts';
import type { PartGroup, PartText } from './sms-centre-parts.ts';
import { joinParts, readPart } from './sms-centre-parts.ts';
import type { Submission } from './sms-centre-receipts.ts';

/** A submission with everything that is known when it has been read. */
export interface Arrival extends Submission {
  readonly text: string;
  /** Of a long message; a whole message is its text. */
  readonly part: PartText | undefined;
  /** Parts of one message share it; undefined for a message in one part. */
  readonly group: string | undefined;
  readonly validMicros: number;
  readonly delayMicros: number;
}

/** One message of a PDU: to one destination. */
export interface Entry {
  readonly of: Recorded;
  readonly body: MessageBody;
  readonly person: string | undefined;
  readonly message: string | undefined;
  /** command_status of what is wrong with the request itself. */
  readonly refused: number | undefined;
  arrival(): Arrival;
}

export interface ReadOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly directory: Directory;
  readonly tap: Tap;
  /** The policy's sentence. */
  readonly disclosureText: string;
  /** The parts of the same message that came before. */
  before(group: string): PartGroup<Arrival> | undefined;
}

/** Records and taps one message as it was handed in, by whatever PDU (`command`). */
export type ReadSubmission = (
  command: string,
  body: MessageBody,
  tlvs: readonly Tlv[],
  key: string,
  wire: string,
) => Entry;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_OCTETS = new Uint8Array(0);
const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TLV_TAGS));

/** E.164 with its plus sign: an SMPP address may come with or without it. */
function msisdnOf(body: MessageBody): string {
  const { destinationAddr } = body;
  return destinationAddr.startsWith('+') ? destinationAddr : `+${destinationAddr}`;
}

/** What the centre can read in one PDU: its text, and vendors' parameters beside it. */
function visible(part: PartText, tlvs: readonly Tlv[]): string {
  if (tlvs.every((tlv) => KNOWN_TAGS.has(tlv.tag))) return part.text;
  const others = tlvs.filter((tlv) => !KNOWN_TAGS.has(tlv.tag));
  return [part.text, ...others.map((tlv) => Buffer.from(tlv.value).toString('latin1'))].join('\n');
}

/** The parts of a message that are known now, in order. */
function partsSoFar(before: PartGroup<Arrival> | undefined, part: PartText): PartText[] {
  const numbered = new Map(before?.parts);
  numbered.set(part.concatenation?.part ?? 1, part);
  return [...numbered].sort(([a], [b]) => a - b).map(([, one]) => one);
}

/**
 * The channel that the text uses. A part with neither canary nor link leaves it open until the last
 * part has come, unless an earlier part told.
 */
function channelOf(text: string, message: string | undefined, whole: boolean): Channel | undefined {
  if (message !== undefined) return 'sms';
  if (hasLink(text)) return 'secure-link';
  return whole ? 'sms' : undefined;
}

function referenceOf(tlvs: readonly Tlv[]): Uint8Array | undefined {
  if (tlvs.length === 0) return undefined;
  const value = tlvValue(tlvs, 'user_message_reference');
  return value === undefined ? undefined : Uint8Array.from(value);
}

export function createReader(options: ReadOptions): ReadSubmission {
  const { path, carrier, ambient, directory, tap, disclosureText } = options;
  const { clock, history } = ambient;
  return (command, body, tlvs, key, wire) => {
    const person = directory.byMsisdn(msisdnOf(body))?.plan.id;
    const part = readPart(body, tlvs);
    let of: Recorded = { request: 0, wire };
    let message: string | undefined;
    const announce = (found: string | undefined, text: string, whole: boolean): number => {
      message = found;
      const channel = channelOf(text, found, whole);
      const echoed = channel === 'secure-link' ? echoedId(text) : undefined;
      // Field by field: this is written for each message, and copies cost more than the reading.
      const event: Writable<EventInput & { kind: 'door.request' }> = {
        kind: 'door.request',
        component: path,
        operation: 'send',
        wire,
        what: command,
        disclosure: disclosureText !== '' && text.includes(disclosureText),
      };
      if (channel !== undefined) event.channel = channel;
      if (person !== undefined) event.person = person;
      if (found !== undefined) event.message = found;
      if (echoed !== undefined) event.echoed = echoed;
      const request = history.append(event);
      of = { request, wire };
      return request;
    };

    let group: string | undefined;
    if (part === undefined) {
      announce(undefined, '', true);
    } else {
      const { concatenation } = part;
      if (concatenation !== undefined) {
        const { reference, total } = concatenation;
        group = [body.sourceAddr, body.destinationAddr, reference, total].join('|');
      }
      const before = group === undefined ? undefined : options.before(group);
      const parts = concatenation === undefined ? [part] : partsSoFar(before, part);
      const soFar = concatenation === undefined ? part.text : joinParts(parts);
      const whole = parts.length >= (concatenation?.total ?? 1);
      const earlier = before?.submissions.find((one) => one.message !== undefined)?.message;
      tap.scan(visible(part, tlvs), {
        wire,
        ...(hasLink(soFar) ? {} : { channel: 'sms' }),
        announce: (found) => announce(found[0]?.message ?? earlier, soFar, whole),
      });
    }

    const nowMillis = clock.epochMillis();
    const refused =
      part === undefined
        ? COMMAND_STATUS.ESME_RINVESMCLASS
        : person === undefined
          ? COMMAND_STATUS.ESME_RINVDSTADR
          : (checkTimes(body, nowMillis) ?? checkFields(body, tlvs));
    const arrival = (): Arrival => {
      const valid =
        body.validityPeriod === '' ? undefined : smppDelayMicros(body.validityPeriod, nowMillis);
      const several = key.indexOf('.');
      return {
        messageId: several === -1 ? key : key.slice(0, several),
        key,
        wire,
        body: { ...body, shortMessage: NO_OCTETS },
        submitMillis: nowMillis,
        person: person ?? '',
        text: part?.text ?? '',
        // What is kept must not hold on to the connection's read buffer, of which octets are views.
        part:
          group === undefined || part === undefined
            ? undefined
            : { ...part, octets: Uint8Array.from(part.octets) },
        group,
        validMicros: Math.min(valid ?? carrier.storeMicros, carrier.storeMicros),
        delayMicros: smppDelayMicros(body.scheduleDeliveryTime, nowMillis) ?? 0,
        message,
        // Only a receipt gives it back.
        userMessageReference: body.registeredDelivery === 0 ? undefined : referenceOf(tlvs),
      };
    };
    return { of, body, person, message, refused, arrival };
  };
}
