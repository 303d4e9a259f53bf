/** A submission as it is read: recorded with what is known of it, tapped, checked. */
import type { Ambient } from '../kernel/ambient.ts';
import type { EventInput, PartOf } from '../kernel/events.ts';
import type { Writable } from '../kernel/writable.ts';
import type { Directory } from '../network/bearer.ts';
import type { SteppedTap } from '../network/tap.ts';
import { echoedId } from '../protocol/link/echoed-id.ts';
import type { MessageBody, Tlv } from '../protocol/smpp/pdu.ts';
import { REGISTERED, TLV_TAGS, tlvValue } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';
import { smppDelayMicros } from '../protocol/smpp/time.ts';
import { checkFields, checkTimes } from './sms-centre-checks.ts';
import { hasLink } from './sms-centre-item.ts';
import type { PartGroup, PartText } from './sms-centre-parts.ts';
import { joinParts, readPart } from './sms-centre-parts.ts';
import { Submission } from './sms-centre-submission.ts';

export interface ReadOptions {
  readonly path: string;
  readonly ambient: Ambient;
  readonly directory: Directory;
  readonly tap: SteppedTap;
  /** The policy's sentence. */
  readonly disclosureText: string;
  /** The parts of the same message that came before. */
  before(group: string): PartGroup<Submission> | undefined;
  /** Those of them that were lost behind the door, by number. */
  lostBefore(group: string, nowMillis: number): ReadonlyMap<number, Submission> | undefined;
}

/** Records and taps one message as it was handed in, by whatever PDU (`command`). */
export type ReadSubmission = (
  command: string,
  body: MessageBody,
  tlvs: readonly Tlv[],
  key: string,
  wire: string,
) => Submission;

const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TLV_TAGS));

/** E.164 with its plus sign: an SMPP address may come with or without it. */
function msisdnOf(body: MessageBody): string {
  const { destinationAddr } = body;
  return destinationAddr.startsWith('+') ? destinationAddr : `+${destinationAddr}`;
}

/** What the centre can read in one PDU: its text, and vendors' parameters beside it. */
function visible(part: PartText, tlvs: readonly Tlv[]): string {
  if (tlvs.length === 0) return part.text;
  const others = tlvs.filter((tlv) => !KNOWN_TAGS.has(tlv.tag));
  if (others.length === 0) return part.text;
  return [part.text, ...others.map((tlv) => Buffer.from(tlv.value).toString('latin1'))].join('\n');
}

/** The parts of a message that are known now, in order. */
function partsSoFar(
  before: PartGroup<Submission> | undefined,
  lost: ReadonlyMap<number, Submission> | undefined,
  part: PartText,
): PartText[] {
  const numbered = new Map(before?.parts);
  for (const [number, gone] of lost ?? []) {
    if (gone.part !== undefined && !numbered.has(number)) numbered.set(number, gone.part);
  }
  numbered.set(part.concatenation?.part ?? 1, part);
  return [...numbered].sort(([a], [b]) => a - b).map(([, one]) => one);
}

/** A receipt of arrival was asked for, whatever else was (§5.2.17). */
function asksOfArrival({ registeredDelivery }: MessageBody): boolean {
  const mask = registeredDelivery & REGISTERED.receiptMask;
  return mask === 1 || mask === 3;
}

/** What a door.request says of a message. */
interface DoorFacts {
  readonly command: string;
  readonly wire: string;
  readonly person: string;
  readonly message: string | undefined;
  /** As far as its parts have come. */
  readonly text: string;
  readonly link: boolean;
  readonly whole: boolean;
  readonly partOf?: PartOf;
}

function referenceOf(tlvs: readonly Tlv[]): Uint8Array | undefined {
  if (tlvs.length === 0) return undefined;
  const value = tlvValue(tlvs, 'user_message_reference');
  return value === undefined ? undefined : Uint8Array.from(value);
}

export function createReader(options: ReadOptions): ReadSubmission {
  const { path, ambient, directory, tap, disclosureText } = options;
  const { clock, history } = ambient;

  /**
   * The channel that the text uses. A part with neither canary nor link leaves it open until the
   * last part has come, unless an earlier part told.
   */
  const record = (facts: DoorFacts): number => {
    const { command, wire, person, message, text, link, whole, partOf } = facts;
    const leads = message === undefined && link;
    const echoed = leads ? echoedId(text) : undefined;
    // Field by field: this is written for each message, and copies cost more than the reading.
    const event: Writable<EventInput & { kind: 'door.request' }> = {
      kind: 'door.request',
      component: path,
      operation: 'send',
      wire,
      what: command,
      disclosure: disclosureText !== '' && text.includes(disclosureText),
    };
    if (leads) event.channel = 'secure-link';
    else if (message !== undefined || whole) event.channel = 'sms';
    if (partOf !== undefined) event.part = partOf;
    if (person !== '') event.person = person;
    if (message !== undefined) event.message = message;
    if (echoed !== undefined) event.echoed = echoed;
    return history.append(event);
  };

  return (command, body, tlvs, key, wire) => {
    const person = directory.byMsisdn(msisdnOf(body))?.plan.id ?? '';
    const part = readPart(body, tlvs);
    const concatenation = part?.concatenation;
    let group: string | undefined;
    let message: string | undefined;
    let request: number;
    if (part === undefined) {
      const nothing = { message, text: '', link: false, whole: true };
      request = record({ command, wire, person, ...nothing });
    } else {
      let { text } = part;
      let whole = true;
      let earlier: string | undefined;
      let partOf: PartOf | undefined;
      if (concatenation !== undefined) {
        const { reference, total, part: number } = concatenation;
        group = [body.sourceAddr, body.destinationAddr, reference, total].join('|');
        const before = options.before(group);
        const lost = options.lostBefore(group, clock.epochMillis());
        const others = [...(before?.submissions ?? []), ...(lost?.values() ?? [])];
        const parts = partsSoFar(before, lost, part);
        text = joinParts(parts);
        whole = parts.length >= total;
        earlier = others.find((one) => one.message !== undefined)?.message;
        const of = others[0]?.wire ?? wire;
        partOf = asksOfArrival(body) ? { of, number, total } : { of, number, total, unasked: true };
      }
      const link = hasLink(text);
      const seen = tap.look(visible(part, tlvs));
      message = seen.messages[0]?.message ?? earlier;
      // A canary that a cut goes through stands in no part, only in all of them.
      if (message === undefined && whole && partOf !== undefined) {
        message = tap.look(text).messages[0]?.message;
      }
      const facts = { command, wire, person, message, text, link, whole };
      request = record(partOf === undefined ? facts : { ...facts, partOf });
      tap.record(seen, request, wire, link ? undefined : 'sms');
    }

    const submitMillis = clock.epochMillis();
    const refused =
      part === undefined
        ? COMMAND_STATUS.ESME_RINVESMCLASS
        : person === ''
          ? COMMAND_STATUS.ESME_RINVDSTADR
          : (checkTimes(body, submitMillis) ?? checkFields(body, tlvs));
    const { validityPeriod, scheduleDeliveryTime, registeredDelivery } = body;
    return new Submission({
      key,
      wire,
      request,
      body,
      person,
      message,
      text: part?.text ?? '',
      part: group === undefined ? undefined : part,
      group,
      submitMillis,
      validMicros:
        validityPeriod === '' ? undefined : smppDelayMicros(validityPeriod, submitMillis),
      delayMicros:
        scheduleDeliveryTime === ''
          ? 0
          : (smppDelayMicros(scheduleDeliveryTime, submitMillis) ?? 0),
      refused,
      // Only a receipt gives it back.
      reference: registeredDelivery === 0 ? undefined : referenceOf(tlvs),
    });
  };
}
