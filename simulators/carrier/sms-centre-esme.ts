/** One ESME's connection at the centre's door: binding, and which request goes where. */
import type { Duplex } from 'node:stream';
import type { Ambient } from '../kernel/ambient.ts';
import type { DoorOperation, DoorOutcome, Meaning } from '../kernel/events.ts';
import type { Conditions } from '../network/conditions.ts';
import type { RateLimit } from '../network/rate-limit.ts';
import { createRateLimit } from '../network/rate-limit.ts';
import type { PduOf } from '../protocol/smpp/pdu.ts';
import { TLV_TAGS } from '../protocol/smpp/pdu.ts';
import type { RequestPdu, SmppSession } from '../protocol/smpp/session.ts';
import { createSmppSession } from '../protocol/smpp/session.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { BROKEN_MICROS, bindable, busy } from './sms-centre-meanings.ts';

export type BindPdu = PduOf<'bind_transmitter' | 'bind_receiver' | 'bind_transceiver'>;
export type Bound = 'transmitter' | 'receiver' | 'transceiver';

/** A request as recorded; `request` is its door.request's seq. */
export interface Recorded {
  readonly request: number;
  readonly wire?: string;
}

export interface Esme {
  readonly session: SmppSession;
  readonly bound: Bound | undefined;
  /** Submissions a second. */
  readonly limit: RateLimit;
  /**
   * Records the answer; tells whether it was handed over. A closed connection turns it into a
   * loss.
   */
  answered(of: Recorded, outcome: DoorOutcome, status: string, meaning?: readonly Meaning[]): void;
}

export interface EsmeHandlers {
  submit(esme: Esme, pdu: PduOf<'submit_sm'> | PduOf<'data_sm'>): void;
  query(esme: Esme, pdu: PduOf<'query_sm'>): void;
  cancel(esme: Esme, pdu: PduOf<'cancel_sm'>): void;
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
  readonly stream: Duplex;
  readonly handlers: EsmeHandlers;
}

const UNLIMITED: RateLimit = { take: () => true };

export function acceptEsme(options: EsmeOptions): Esme {
  const { path, ambient, conditions, credentials, handlers } = options;
  const { clock, history } = ambient;
  let bound: Bound | undefined;

  const request = (operation: DoorOperation, what: string): Recorded => ({
    request: history.append({ kind: 'door.request', component: path, operation, what }),
  });

  const answered: Esme['answered'] = ({ request: seq, wire }, outcome, status, meaning) => {
    const never = outcome === 'silence' || outcome === 'answer-lost';
    history.append({
      kind: 'door.answered',
      cause: seq,
      request: seq,
      outcome,
      status,
      ...(meaning === undefined ? {} : { meaning }),
      handedAt: never ? null : clock.now(),
      ...(wire === undefined ? {} : { wire }),
    });
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
      refuse(pdu, of, 'unauthorized', COMMAND_STATUS.ESME_RBINDFAIL);
    } else if (password !== credentials.password) {
      refuse(pdu, of, 'unauthorized', COMMAND_STATUS.ESME_RINVPASWD);
    } else {
      bound = mode;
      const version = { tag: TLV_TAGS.sc_interface_version, value: Uint8Array.of(0x34) };
      session.respond(pdu, COMMAND_STATUS.ESME_ROK, { systemId: path.slice(0, 15) }, [version]);
      answered(of, 'accepted', 'ESME_ROK', bindable(path));
      if (mode !== 'transmitter') handlers.receiving(session);
    }
  };

  const onRequest = (pdu: RequestPdu): void => {
    clock.touch();
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
        if (sends) return handlers.submit(esme, pdu);
        break;
      case 'query_sm':
        if (sends) return handlers.query(esme, pdu);
        break;
      case 'cancel_sm':
        if (sends) return handlers.cancel(esme, pdu);
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
    onDamaged: ({ field, reason, status }) => {
      clock.touch();
      answered(request('unexpected', `${field}: ${reason}`), 'rejected', statusName(status));
    },
    onClosed: () => {
      clock.touch();
      handlers.closed(session);
    },
  });

  const esme: Esme = {
    session,
    get bound() {
      return bound;
    },
    limit: options.perSecond === null ? UNLIMITED : createRateLimit(options.perSecond),
    answered,
  };
  return esme;
}
