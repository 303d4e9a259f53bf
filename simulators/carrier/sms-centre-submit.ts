/**
 * What becomes of a submit_sm, data_sm or submit_multi: recorded, tapped, treated, answered, taken.
 */
import type { Ambient } from '../kernel/ambient.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Channel } from '../kernel/words.ts';
import type { Directory } from '../network/bearer.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import { echoedId } from '../protocol/link/echoed-id.ts';
import type { MessageBody, Tlv, Unsuccess } from '../protocol/smpp/pdu.ts';
import { TLV_TAGS, messageBody, tlvValue } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { smppDelayMicros } from '../protocol/smpp/time.ts';
import { checkFields, checkTimes } from './sms-centre-checks.ts';
import type { Esme, Recorded, SubmitPdu } from './sms-centre-esme.ts';
import type { MessageIds } from './sms-centre-ids.ts';
import { hasLink } from './sms-centre-item.ts';
import { BROKEN_MICROS, busy, refusalMeaning } from './sms-centre-meanings.ts';
import type { PartGroup, PartText } from './sms-centre-parts.ts';
import { joinParts, readPart } from './sms-centre-parts.ts';
import type { Submission } from './sms-centre-receipts.ts';

/** A submission with everything that is known when it has been read. */
export interface Arrival extends Submission {
  readonly part: PartText;
  /** Parts of one message share it; undefined for a message in one part. */
  readonly group: string | undefined;
  readonly validMicros: number;
  readonly delayMicros: number;
}

export interface SubmitOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly messageIds: MessageIds;
  readonly directory: Directory;
  readonly conditions: Conditions;
  readonly tap: Tap;
  /** The policy's sentence. */
  readonly disclosureText: string;
  /** Messages and parts kept now. */
  size(): number;
  /** The parts of the same message that came before. */
  before(group: string): PartGroup<Arrival> | undefined;
  take(arrival: Arrival): void;
  /** Answered as taken, and lost behind the door. */
  lost(arrival: Arrival): void;
}

/** One message of a PDU: to one destination. */
interface Entry {
  readonly of: Recorded;
  readonly body: MessageBody;
  readonly person: string | undefined;
  readonly message: string | undefined;
  /** command_status of what is wrong with the request itself. */
  readonly refused: number | undefined;
  arrival(): Arrival;
}

const NO_OCTETS = new Uint8Array(0);
const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TLV_TAGS));

/** E.164 with its plus sign: an SMPP address may come with or without it. */
function msisdnOf(body: MessageBody): string {
  const digits = body.destinationAddr.replace(/^\+/, '');
  return `+${digits}`;
}

/** What the centre can read in one PDU: its text, and vendors' parameters beside it. */
function visible(part: PartText, tlvs: readonly Tlv[]): string {
  const others = tlvs.filter((tlv) => !KNOWN_TAGS.has(tlv.tag));
  if (others.length === 0) return part.text;
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

export interface Submit {
  (esme: Esme, pdu: SubmitPdu): void;
  /** Records and taps one message as it was handed in, by whatever PDU. */
  read(command: string, body: MessageBody, tlvs: readonly Tlv[], key: string, wire: string): Entry;
}

export function createSubmit(options: SubmitOptions): Submit {
  const { path, carrier, ambient, messageIds, directory, conditions, tap } = options;
  const { disclosureText } = options;
  const { clock, history, ids } = ambient;
  const window = carrier.smpp?.window ?? null;

  const limits = (esme: Esme): number | undefined => {
    const limit = carrier.smsQueueLimit;
    if (window !== null && esme.pending >= window) return COMMAND_STATUS.ESME_RTHROTTLED;
    if (!esme.limit.take(clock.now())) return COMMAND_STATUS.ESME_RTHROTTLED;
    if (limit !== null && options.size() >= limit) return COMMAND_STATUS.ESME_RMSGQFUL;
    return undefined;
  };

  const read: Submit['read'] = (command, body, tlvs, key, wire) => {
    const person = directory.byMsisdn(msisdnOf(body))?.plan.id;
    const part = readPart(body, tlvs);
    let of: Recorded = { request: 0, wire };
    let message: string | undefined;
    const announce = (found: string | undefined, text: string, whole: boolean): number => {
      message = found;
      const channel = channelOf(text, found, whole);
      const echoed = channel === 'secure-link' ? echoedId(text) : undefined;
      const request = history.append({
        kind: 'door.request',
        component: path,
        operation: 'send',
        ...(channel === undefined ? {} : { channel }),
        wire,
        ...(person === undefined ? {} : { person }),
        ...(found === undefined ? {} : { message: found }),
        ...(echoed === undefined ? {} : { echoed }),
        what: command,
        disclosure: disclosureText !== '' && text.includes(disclosureText),
      });
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
        // What is kept must not hold on to the connection's read buffer, of which octets are views.
        part: {
          ...part!,
          octets: group === undefined ? NO_OCTETS : Uint8Array.from(part!.octets),
        },
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

  const readAll = (pdu: SubmitPdu, key: string): Entry[] => {
    const wire = `smpp:${key}`;
    if (pdu.command === 'submit_sm') return [read(pdu.command, pdu.body, pdu.tlvs, key, wire)];
    if (pdu.command === 'data_sm') {
      return [read(pdu.command, messageBody(pdu.body), pdu.tlvs, key, wire)];
    }
    const { destinations, ...common } = pdu.body;
    const lists = destinations.some((destination) => 'listName' in destination);
    if (lists) {
      const entry = read(pdu.command, messageBody(common), pdu.tlvs, key, wire);
      return [{ ...entry, refused: COMMAND_STATUS.ESME_RINVDLNAME }];
    }
    return destinations.map((destination, index) => {
      const body = messageBody({ ...common, ...destination });
      const own = `${key}.${index + 1}`;
      return read(pdu.command, body, pdu.tlvs, own, `smpp:${own}`);
    });
  };

  const respond = (
    esme: Esme,
    pdu: SubmitPdu,
    status: number,
    key: string,
    unsuccessful: readonly Unsuccess[],
  ): void => {
    const messageId = status === COMMAND_STATUS.ESME_ROK ? messageIds.answer(key) : '';
    if (pdu.command === 'submit_multi') {
      esme.session.respond(pdu, status, { messageId, unsuccessful });
    } else {
      esme.session.respond(pdu, status, { messageId });
    }
  };

  const record = (esme: Esme, { of, person }: Entry, status: number): void => {
    if (status === COMMAND_STATUS.ESME_ROK) {
      esme.answered(of, 'accepted', 'ESME_ROK');
      return;
    }
    const { outcome, meaning } = refusalMeaning(status, path, person);
    esme.answered(of, outcome, statusName(status), meaning);
  };

  const answerOne = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entry: Entry,
    status: number,
  ): void => {
    if (!esme.session.open) {
      const lost = status === COMMAND_STATUS.ESME_ROK ? 'answer-lost' : 'reset';
      esme.answered(entry.of, lost, 'connection closed');
      return;
    }
    respond(esme, pdu, status, key, unsuccessOf(pdu, entry, status));
    record(esme, entry, status);
  };

  /** One answer for all destinations; each is recorded by what became of it. */
  const answer = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entries: readonly Entry[],
    all: number | undefined,
  ): void => {
    const { ESME_ROK, ESME_RSUBMITFAIL } = COMMAND_STATUS;
    const [first] = entries;
    if (first !== undefined && entries.length === 1) {
      answerOne(esme, pdu, key, first, all ?? first.refused ?? ESME_ROK);
      return;
    }
    const statuses = entries.map((entry) => all ?? entry.refused ?? ESME_ROK);
    if (esme.session.open) {
      const some = statuses.includes(ESME_ROK) ? ESME_ROK : ESME_RSUBMITFAIL;
      const unsuccessful = entries.flatMap((one, nth) => unsuccessOf(pdu, one, statuses[nth]!));
      respond(esme, pdu, all ?? some, key, unsuccessful);
    }
    for (const [index, entry] of entries.entries()) {
      const status = statuses[index]!;
      if (esme.session.open) record(esme, entry, status);
      else {
        const lost = status === ESME_ROK ? 'answer-lost' : 'reset';
        esme.answered(entry.of, lost, 'connection closed');
      }
    }
  };

  const treat = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entries: readonly Entry[],
    treatment: Treatment,
  ): void => {
    switch (treatment.kind) {
      case 'serve':
      case 'serve-then-drop-answer':
      case 'answer-then-lose': {
        const good = entries.every(isGood) ? entries : entries.filter(isGood);
        const limited = good.length === 0 ? undefined : limits(esme);
        if (good.length === 0 || limited !== undefined) {
          answer(esme, pdu, key, entries, limited);
        } else if (treatment.kind === 'serve-then-drop-answer') {
          esme.session.destroy();
          for (const { of } of entries) {
            esme.answered(of, 'answer-lost', 'connection reset', busy(path, BROKEN_MICROS));
          }
          for (const entry of good) options.take(entry.arrival());
        } else {
          answer(esme, pdu, key, entries, undefined);
          for (const entry of good) {
            if (treatment.kind === 'serve') {
              options.take(entry.arrival());
              continue;
            }
            const { request: cause, wire = '' } = entry.of;
            history.append({ kind: 'lost', cause, wire, component: path });
            options.lost(entry.arrival());
          }
        }
        return;
      }
      case 'error':
        answer(esme, pdu, key, entries, statusNamed(treatment.as));
        return;
      case 'throttle': {
        const { ESME_RMSGQFUL, ESME_RTHROTTLED } = COMMAND_STATUS;
        const full = treatment.queueFull === true;
        answer(esme, pdu, key, entries, full ? ESME_RMSGQFUL : ESME_RTHROTTLED);
        return;
      }
      case 'silence':
        for (const { of } of entries) esme.answered(of, 'silence', 'no answer');
        return;
      case 'reset':
        esme.session.destroy();
        for (const { of } of entries) {
          esme.answered(of, 'reset', 'connection reset', busy(path, BROKEN_MICROS));
        }
    }
  };

  const submit = (esme: Esme, pdu: SubmitPdu): void => {
    const key = ids.next('smpp:').slice('smpp:'.length);
    const entries = readAll(pdu, key);
    const [first] = entries;
    const treatment = conditions.meet(first?.message, first?.of.wire);
    if (treatment.delayMicros === 0) {
      treat(esme, pdu, key, entries, treatment);
      return;
    }
    // Beyond the window it is refused now; nobody waits for that.
    if (window !== null && esme.pending >= window) {
      answer(esme, pdu, key, entries, COMMAND_STATUS.ESME_RTHROTTLED);
      return;
    }
    esme.pending++;
    clock.after(treatment.delayMicros, () => {
      esme.pending--;
      treat(esme, pdu, key, entries, treatment);
    });
  };
  return Object.assign(submit, { read });
}

function referenceOf(tlvs: readonly Tlv[]): Uint8Array | undefined {
  if (tlvs.length === 0) return undefined;
  const value = tlvValue(tlvs, 'user_message_reference');
  return value === undefined ? undefined : Uint8Array.from(value);
}

function isGood({ refused }: Entry): boolean {
  return refused === undefined;
}

const NONE: readonly Unsuccess[] = [];

function unsuccessOf(pdu: SubmitPdu, { body }: Entry, errorStatus: number): readonly Unsuccess[] {
  if (pdu.command !== 'submit_multi' || errorStatus === COMMAND_STATUS.ESME_ROK) return NONE;
  const { destAddrTon, destAddrNpi, destinationAddr } = body;
  return [{ destAddrTon, destAddrNpi, destinationAddr, errorStatus }];
}

/** The command_status that a fault names; without a name, the centre is broken. */
function statusNamed(word: string | undefined): number {
  const known: Readonly<Record<string, number>> = COMMAND_STATUS;
  return known[word ?? 'ESME_RSYSERR'] ?? COMMAND_STATUS.ESME_RSYSERR;
}
