/** One ESME's connection at the centre's door: binding, and which request goes where. */
import type { Duplex } from 'node:stream';
import type { Ambient } from '../kernel/ambient.ts';
import type { DoorOperation, DoorOutcome, EventInput, Meaning } from '../kernel/events.ts';
import type { SmppPlan } from '../kernel/plan.ts';
import type { Writable } from '../kernel/writable.ts';
import type { Conditions } from '../network/conditions.ts';
import type { RateLimit } from '../network/rate-limit.ts';
import { createRateLimit } from '../network/rate-limit.ts';
import type { PduOf } from '../protocol/smpp/pdu.ts';
import { TLV_TAGS } from '../protocol/smpp/pdu.ts';
import type { RequestPdu, SmppSession } from '../protocol/smpp/session.ts';
import { createSmppSession } from '../protocol/smpp/session.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { BROKEN_MICROS, bindable, busy } from './sms-centre-meanings.ts';
import { createSessionTimers } from './sms-centre-timers.ts';

export type BindPdu = PduOf<'bind_transmitter' | 'bind_receiver' | 'bind_transceiver'>;
export type Bound = 'transmitter' | 'receiver' | 'transceiver';

/** A request as recorded; `request` is its door.request's seq. */
export interface Recorded {
  readonly request: number;
  readonly wire?: string;
}

export type SubmitPdu = PduOf<'submit_sm'> | PduOf<'data_sm'> | PduOf<'submit_multi'>;

export interface Esme {
  readonly session: SmppSession;
  readonly bound: Bound | undefined;
  /** Submissions that have not been answered yet. */
  pending: number;
  /** Submissions a second; undefined where the carrier has no limit. */
  readonly limit: RateLimit | undefined;
  /**
   * Records the answer; tells whether it was handed over. A closed connection turns it into a
   * loss.
   */
  answered(of: Recorded, outcome: DoorOutcome, status: string, meaning?: readonly Meaning[]): void;
  /** True when an outage has taken the request, whatever it was; it is then recorded. */
  stopped(pdu: RequestPdu, of: Recorded): boolean;
}

export interface EsmeHandlers {
  submit(esme: Esme, pdu: SubmitPdu): void;
  query(esme: Esme, pdu: PduOf<'query_sm'>): void;
  cancel(esme: Esme, pdu: PduOf<'cancel_sm'>): void;
  replace(esme: Esme, pdu: PduOf<'replace_sm'>): void;
  /** False when as many sessions are bound as the centre takes. */
  mayBind(): boolean;
  bound(session: SmppSession): void;
  /** It may receive deliver_sm from now on. */
  receiving(session: SmppSession): void;
  closed(session: SmppSession): void;
}

export interface EsmeOptions {
  readonly path: string;
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  readonly credentials: { readonly systemId: string; readonly password: string };
  readonly perSecond: number | null;
  readonly smpp: SmppPlan | undefined;
  readonly stream: Duplex;
  readonly handlers: EsmeHandlers;
}

type Answered = Writable<EventInput & { kind: 'door.answered' }>;

export function acceptEsme(options: EsmeOptions): Esme {
  const { path, ambient, conditions, credentials, handlers } = options;
  const { clock, history } = ambient;
  let bound: Bound | undefined;

  const request = (operation: DoorOperation, what: string): Recorded => ({
    request: history.append({ kind: 'door.request', component: path, operation, what }),
  });

  const answered: Esme['answered'] = ({ request: seq, wire }, outcome, status, meaning) => {
    const never = outcome === 'silence' || outcome === 'answer-lost';
    const handedAt = never ? null : clock.now();
    const event: Answered = {
      kind: 'door.answered',
      cause: seq,
      request: seq,
      outcome,
      status,
      handedAt,
    };
    if (meaning !== undefined) event.meaning = meaning;
    if (wire !== undefined) event.wire = wire;
    history.append(event);
  };

  /** Answers with a bare command_status. */
  const refuse = (pdu: RequestPdu, of: Recorded, outcome: DoorOutcome, status: number): void => {
    session.respond(pdu, status);
    answered(of, outcome, statusName(status));
  };

  /**
   * What an outage does to requests that are not messages. Limits and losses concern messages only;
   * they are not asked, so that keep-alives use up no tokens.
   */
  const stoppedByOutage = (pdu: RequestPdu, of: Recorded | undefined): boolean => {
    if (conditions.state !== 'down') return false;
    const treatment = conditions.meet(undefined);
    switch (treatment.kind) {
      case 'silence':
        if (of !== undefined) answered(of, 'silence', 'no answer');
        return true;
      case 'reset':
        session.destroy();
        if (of !== undefined) {
          answered(of, 'reset', 'connection reset', busy(path, BROKEN_MICROS));
        }
        return true;
      case 'error': {
        const status = COMMAND_STATUS.ESME_RSYSERR;
        session.respond(pdu, status);
        if (of !== undefined) {
          answered(of, 'failed', statusName(status), busy(path, BROKEN_MICROS));
        }
        return true;
      }
      case 'serve':
      case 'throttle':
      case 'serve-then-drop-answer':
      case 'answer-then-lose':
        return false;
    }
  };

  const bind = (pdu: BindPdu, mode: Bound): void => {
    const of = request('bind', pdu.command);
    if (stoppedByOutage(pdu, of)) return;
    const { systemId, password } = pdu.body;
    if (bound !== undefined) {
      refuse(pdu, of, 'rejected', COMMAND_STATUS.ESME_RALYBND);
    } else if (systemId !== credentials.systemId) {
      refuse(pdu, of, 'unauthorized', COMMAND_STATUS.ESME_RINVSYSID);
    } else if (password !== credentials.password) {
      refuse(pdu, of, 'unauthorized', COMMAND_STATUS.ESME_RINVPASWD);
    } else if (!handlers.mayBind()) {
      refuse(pdu, of, 'throttled', COMMAND_STATUS.ESME_RBINDFAIL);
    } else {
      bound = mode;
      // Who speaks 3.3 or older knows no optional parameters (§3.3).
      const old = pdu.body.interfaceVersion < 0x34;
      const version = { tag: TLV_TAGS.sc_interface_version, value: Uint8Array.of(0x34) };
      const systemIdOfCentre = path.slice(0, 15);
      const tlvs = old ? [] : [version];
      session.respond(pdu, COMMAND_STATUS.ESME_ROK, { systemId: systemIdOfCentre }, tlvs);
      answered(of, 'accepted', 'ESME_ROK', bindable(path));
      timers.bound();
      handlers.bound(session);
      if (mode !== 'transmitter') handlers.receiving(session);
    }
  };

  const onRequest = (pdu: RequestPdu): void => {
    clock.touch();
    timers.heard();
    const sends = bound === 'transmitter' || bound === 'transceiver';
    switch (pdu.command) {
      case 'bind_transmitter':
        return bind(pdu, 'transmitter');
      case 'bind_receiver':
        return bind(pdu, 'receiver');
      case 'bind_transceiver':
        return bind(pdu, 'transceiver');
      case 'submit_sm':
      case 'data_sm':
      case 'submit_multi':
        if (sends) return handlers.submit(esme, pdu);
        break;
      case 'query_sm':
        if (sends) return handlers.query(esme, pdu);
        break;
      case 'cancel_sm':
        if (sends) return handlers.cancel(esme, pdu);
        break;
      case 'replace_sm':
        if (sends) return handlers.replace(esme, pdu);
        break;
      case 'enquire_link':
        // A keep-alive tells nothing about any message: it leaves no events.
        if (!stoppedByOutage(pdu, undefined)) session.respond(pdu, COMMAND_STATUS.ESME_ROK);
        return;
      case 'unbind':
        if (bound === undefined) break;
        bound = undefined;
        handlers.closed(session);
        session.respond(pdu, COMMAND_STATUS.ESME_ROK);
        session.end();
        return;
      case 'deliver_sm':
        break;
    }
    const operation = pdu.command === 'deliver_sm' ? 'unexpected' : 'event';
    refuse(pdu, request(operation, pdu.command), 'rejected', COMMAND_STATUS.ESME_RINVBNDSTS);
  };

  const session = createSmppSession({
    stream: options.stream,
    onRequest,
    onNotice: (pdu) => {
      clock.touch();
      const status = COMMAND_STATUS.ESME_RINVCMDID;
      session.nack(pdu.sequence, status);
      answered(request('unexpected', pdu.command), 'rejected', statusName(status));
    },
    onDamaged: ({ field, offset, reason, status }) => {
      clock.touch();
      const what = `${field} at octet ${offset}: ${reason}`;
      answered(request('unexpected', what), 'rejected', statusName(status));
    },
    onClosed: () => {
      clock.touch();
      timers.stop();
      handlers.closed(session);
    },
  });

  const timers = createSessionTimers({
    clock,
    smpp: options.smpp,
    session,
    gaveUp: (why) => answered(request('connect', why), 'reset', 'the centre ended the session'),
  });
  const esme: Esme = {
    session,
    pending: 0,
    get bound() {
      return bound;
    },
    limit: options.perSecond === null ? undefined : createRateLimit(options.perSecond),
    answered,
    stopped: stoppedByOutage,
  };
  return esme;
}
