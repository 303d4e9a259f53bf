/** What becomes of a submit_sm or data_sm: recorded, tapped, treated, answered, taken. */
import type { Ambient } from '../kernel/ambient.ts';
import type { DoorOutcome } from '../kernel/events.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Channel } from '../kernel/words.ts';
import type { Directory } from '../network/bearer.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import type { MessageBody, PduOf } from '../protocol/smpp/pdu.ts';
import { echoedId } from '../protocol/link/echoed-id.ts';
import { TLV_TAGS, messageBody } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { smppDelayMicros } from '../protocol/smpp/time.ts';
import type { Esme, Recorded } from './sms-centre-esme.ts';
import { hasLink } from './sms-centre-item.ts';
import { BROKEN_MICROS, THROTTLED_MICROS, busy } from './sms-centre-meanings.ts';
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
  readonly message: string | undefined;
}

export interface SubmitOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
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
}

const NO_OCTETS = new Uint8Array(0);
const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TLV_TAGS));

/** E.164 with its plus sign: an SMPP address may come with or without it. */
function msisdnOf(body: MessageBody): string {
  const digits = body.destinationAddr.replace(/^\+/, '');
  return `+${digits}`;
}

function bodyOf(pdu: PduOf<'submit_sm'> | PduOf<'data_sm'>): MessageBody {
  return pdu.command === 'submit_sm' ? pdu.body : messageBody(pdu.body);
}

/** What the centre can read in one PDU: its text, and vendors' parameters beside it. */
function visible(part: PartText, pdu: PduOf<'submit_sm'> | PduOf<'data_sm'>): string {
  const others = pdu.tlvs.filter((tlv) => !KNOWN_TAGS.has(tlv.tag));
  if (others.length === 0) return part.text;
  return [part.text, ...others.map((tlv) => Buffer.from(tlv.value).toString('latin1'))].join('\n');
}

/** The parts of a message that are known now, in order. */
function partsSoFar(before: PartGroup<Arrival> | undefined, part: PartText): PartText[] {
  const numbered = new Map(before?.parts);
  numbered.set(part.concatenation?.part ?? 1, part);
  return [...numbered].sort(([a], [b]) => a - b).map(([, one]) => one);
}

type Refusal = { readonly status: number; readonly outcome: DoorOutcome };

export function createSubmit(
  options: SubmitOptions,
): (esme: Esme, pdu: PduOf<'submit_sm'> | PduOf<'data_sm'>) => void {
  const { path, carrier, ambient, directory, conditions, tap, disclosureText } = options;
  const { clock, history, ids } = ambient;

  /**
   * The channel that the text uses. A part with neither canary nor link leaves it open until the
   * last part has come, unless an earlier part told.
   */
  const channelOf = (text: string, message: string | undefined, whole: boolean) => {
    if (message !== undefined) return 'sms' satisfies Channel;
    if (hasLink(text)) return 'secure-link' satisfies Channel;
    return whole ? ('sms' satisfies Channel) : undefined;
  };

  /** What is wrong with the request itself. */
  const check = (body: MessageBody, person: string | undefined): Refusal | undefined => {
    const rejected = (status: number): Refusal => ({ status, outcome: 'rejected' });
    const now = clock.epochMillis();
    if (person === undefined) return rejected(COMMAND_STATUS.ESME_RINVDSTADR);
    if (body.validityPeriod !== '' && smppDelayMicros(body.validityPeriod, now) === undefined) {
      return rejected(COMMAND_STATUS.ESME_RINVEXPIRY);
    }
    const schedule = body.scheduleDeliveryTime;
    if (schedule !== '' && smppDelayMicros(schedule, now) === undefined) {
      return rejected(COMMAND_STATUS.ESME_RINVSCHED);
    }
    return undefined;
  };

  const limits = (esme: Esme): Refusal | undefined => {
    const limit = carrier.smsQueueLimit;
    if (!esme.limit.take(clock.now())) {
      return { status: COMMAND_STATUS.ESME_RTHROTTLED, outcome: 'throttled' };
    }
    if (limit !== null && options.size() >= limit) {
      return { status: COMMAND_STATUS.ESME_RMSGQFUL, outcome: 'throttled' };
    }
    return undefined;
  };

  const meaningOf = (outcome: DoorOutcome) =>
    outcome === 'throttled'
      ? busy(path, THROTTLED_MICROS)
      : outcome === 'failed'
        ? busy(path, BROKEN_MICROS)
        : undefined;

  return (esme, pdu) => {
    const body = bodyOf(pdu);
    const messageId = ids.next('smpp:').slice('smpp:'.length);
    const wire = `smpp:${messageId}`;
    const subscriber = directory.byMsisdn(msisdnOf(body));
    const person = subscriber?.plan.id;
    const part = readPart(body, pdu.tlvs);
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
        what: pdu.command,
        disclosure: disclosureText !== '' && text.includes(disclosureText),
      });
      of = { request, wire };
      return request;
    };
    const answer = (status: number, outcome: DoorOutcome): void => {
      if (!esme.session.open) {
        const lost = outcome === 'accepted' ? 'answer-lost' : 'reset';
        esme.answered(of, lost, 'connection closed');
        return;
      }
      esme.session.respond(pdu, status, { messageId: status === 0 ? messageId : '' });
      esme.answered(of, outcome, statusName(status), meaningOf(outcome));
    };

    if (part === undefined) {
      announce(undefined, '', true);
      answer(COMMAND_STATUS.ESME_RINVESMCLASS, 'rejected');
      return;
    }
    const { concatenation } = part;
    const group =
      concatenation === undefined
        ? undefined
        : [
            body.sourceAddr,
            body.destinationAddr,
            concatenation.reference,
            concatenation.total,
          ].join('|');
    const before = group === undefined ? undefined : options.before(group);
    const parts = concatenation === undefined ? [part] : partsSoFar(before, part);
    const soFar = concatenation === undefined ? part.text : joinParts(parts);
    const whole = parts.length >= (concatenation?.total ?? 1);
    const earlier = before?.submissions.find((one) => one.message !== undefined)?.message;
    tap.scan(visible(part, pdu), {
      wire,
      ...(hasLink(soFar) ? {} : { channel: 'sms' }),
      announce: (found) => announce(found[0]?.message ?? earlier, soFar, whole),
    });

    const refusal = check(body, person);
    const nowMillis = clock.epochMillis();
    const valid =
      body.validityPeriod === '' ? undefined : smppDelayMicros(body.validityPeriod, nowMillis);
    const accept = (): void => {
      options.take({
        messageId,
        body: { ...body, shortMessage: NO_OCTETS },
        submitMillis: nowMillis,
        person: person ?? '',
        // What is kept must not hold on to the connection's read buffer, of which octets are views.
        part: { ...part, octets: group === undefined ? NO_OCTETS : Uint8Array.from(part.octets) },
        group,
        validMicros: Math.min(valid ?? carrier.storeMicros, carrier.storeMicros),
        delayMicros: smppDelayMicros(body.scheduleDeliveryTime, nowMillis) ?? 0,
        message,
      });
    };

    const treat = (treatment: Treatment): void => {
      switch (treatment.kind) {
        case 'serve':
        case 'serve-then-drop-answer':
        case 'answer-then-lose': {
          const refused = refusal ?? limits(esme);
          if (refused !== undefined) {
            answer(refused.status, refused.outcome);
          } else if (treatment.kind === 'serve-then-drop-answer') {
            esme.session.destroy();
            esme.answered(of, 'answer-lost', 'connection reset', busy(path, BROKEN_MICROS));
            accept();
          } else {
            answer(COMMAND_STATUS.ESME_ROK, 'accepted');
            if (treatment.kind === 'serve') accept();
            else history.append({ kind: 'lost', cause: of.request, wire, component: path });
          }
          return;
        }
        case 'error':
          answer(COMMAND_STATUS.ESME_RSYSERR, 'failed');
          return;
        case 'throttle': {
          const full = treatment.queueFull === true;
          const { ESME_RMSGQFUL, ESME_RTHROTTLED } = COMMAND_STATUS;
          answer(full ? ESME_RMSGQFUL : ESME_RTHROTTLED, 'throttled');
          return;
        }
        case 'silence':
          esme.answered(of, 'silence', 'no answer');
          return;
        case 'reset':
          esme.session.destroy();
          esme.answered(of, 'reset', 'connection reset', busy(path, BROKEN_MICROS));
      }
    };
    const treatment = conditions.meet(message, wire);
    if (treatment.delayMicros === 0) treat(treatment);
    else clock.after(treatment.delayMicros, () => treat(treatment));
  };
}
