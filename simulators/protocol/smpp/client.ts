/** An ESME: binds to an SMS centre, submits within a window, answers deliveries and keep-alives. */
import type { Duplex } from 'node:stream';
import type { Bodies, MessageBody, Tlv } from './pdu.ts';
import { messageBody } from './pdu.ts';
import { readReceipt } from './receipt.ts';
import type { ReadReceipt } from './receipt.ts';
import type { Reply, RequestCommand, RequestPdu } from './session.ts';
import { createSmppSession } from './session.ts';
import { COMMAND_STATUS, statusName } from './status.ts';

export type BindMode = 'transmitter' | 'receiver' | 'transceiver';

/** The part of a clock that a client needs; `ModulePorts.clock` fits. */
export interface SmppClientClock {
  after(delayMs: number, task: () => void, options?: { daemon?: boolean }): { cancel(): void };
}

export interface SmppCredentials {
  readonly systemId: string;
  readonly password: string;
  readonly systemType?: string;
}

/** `none`: no answer came; the request may have been carried out all the same. */
export type SmppOutcome =
  | { readonly kind: 'accepted'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly status: number; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface SmppDelivery {
  readonly body: MessageBody;
  readonly tlvs: readonly Tlv[];
  /** Set when it is a delivery receipt. */
  readonly receipt: ReadReceipt | undefined;
}

export interface SmppClientOptions {
  readonly stream: Duplex;
  readonly clock: SmppClientClock;
  /** Submissions without an answer at one time; more wait here. Default 10. */
  readonly window?: number;
  /** Default 30 s. */
  readonly responseTimeoutMs?: number;
  /** Default 30 s; 0 = none. Two without an answer break the connection. */
  readonly enquireLinkMs?: number;
  /** Returns the command_status of the answer; default ESME_ROK. */
  onDeliver?(delivery: SmppDelivery): number | void;
  onClosed?(reason: string): void;
}

export interface SmppClient {
  bind(mode: BindMode, credentials: SmppCredentials): Promise<SmppOutcome>;
  /**
   * Fields that are not given are at their defaults. Rejects with WIRE_SMPP_FIELD: one is too
   * long.
   */
  submit(message: Partial<MessageBody>, tlvs?: readonly Tlv[]): Promise<SmppOutcome>;
  /** `accepted` while the centre knows the message; its state: `request('query_sm', …)`. */
  query(messageId: string, sourceAddr: string): Promise<SmppOutcome>;
  cancel(message: {
    readonly messageId: string;
    readonly sourceAddr: string;
    readonly destinationAddr: string;
  }): Promise<SmppOutcome>;
  /**
   * Any other request, beside the window of `submit`: replace_sm, submit_multi, data_sm. Rejects
   * with WIRE_SMPP_FIELD.
   */
  request<C extends RequestCommand>(
    command: C,
    body: Bodies[C],
    tlvs?: readonly Tlv[],
  ): Promise<Reply>;
  unbind(): Promise<SmppOutcome>;
  /** Breaks the connection; everything waiting ends with `none`. */
  close(): void;
  readonly open: boolean;
  readonly bound: BindMode | undefined;
  /** Submissions sent or waiting for the window. */
  readonly pending: number;
}

interface Waiting {
  readonly body: MessageBody;
  readonly tlvs: readonly Tlv[];
  readonly resolve: (outcome: SmppOutcome) => void;
  readonly reject: (error: unknown) => void;
}

function outcomeOf(reply: Reply): SmppOutcome {
  if (reply.kind === 'none') return reply;
  const { pdu } = reply;
  if (pdu.status !== COMMAND_STATUS.ESME_ROK || pdu.command === 'generic_nack') {
    return { kind: 'refused', status: pdu.status, name: statusName(pdu.status) };
  }
  return { kind: 'accepted', messageId: 'messageId' in pdu.body ? pdu.body.messageId : '' };
}

export function createSmppClient(options: SmppClientOptions): SmppClient {
  const { clock } = options;
  const window = options.window ?? 10;
  const responseTimeoutMs = options.responseTimeoutMs ?? 30_000;
  const enquireLinkMs = options.enquireLinkMs ?? 30_000;
  const queue: Waiting[] = [];
  let inFlight = 0;
  let bound: BindMode | undefined;
  let unanswered = 0;
  let keepAlive: { cancel(): void } | undefined;

  const onRequest = (pdu: RequestPdu): void => {
    switch (pdu.command) {
      case 'deliver_sm': {
        const { body, tlvs } = pdu;
        const receipt = readReceipt(body, tlvs);
        const status = options.onDeliver?.({ body, tlvs, receipt }) ?? COMMAND_STATUS.ESME_ROK;
        session.respond(pdu, status);
        return;
      }
      case 'enquire_link':
        session.respond(pdu, COMMAND_STATUS.ESME_ROK);
        return;
      case 'unbind':
        session.respond(pdu, COMMAND_STATUS.ESME_ROK);
        session.end();
        return;
      default:
        session.respond(pdu, COMMAND_STATUS.ESME_RINVBNDSTS);
    }
  };

  const session = createSmppSession({
    stream: options.stream,
    onRequest,
    onClosed: (reason) => {
      bound = undefined;
      keepAlive?.cancel();
      for (const one of queue.splice(0)) one.resolve({ kind: 'none', reason: `unsent: ${reason}` });
      options.onClosed?.(reason);
    },
  });

  /** A request with its timeout. */
  const request = <C extends RequestCommand>(
    command: C,
    body: Bodies[C],
    tlvs: readonly Tlv[] = [],
  ): Promise<Reply> =>
    new Promise((resolve) => {
      let timer: { cancel(): void } | undefined;
      let replied = false;
      const sequence = session.request(command, body, tlvs, (reply) => {
        replied = true;
        timer?.cancel();
        resolve(reply);
      });
      if (replied) return;
      timer = clock.after(responseTimeoutMs, () => {
        session.forget(sequence);
        resolve({ kind: 'none', reason: `no answer within ${responseTimeoutMs} ms` });
      });
    });

  const ask = async <C extends RequestCommand>(
    command: C,
    body: Bodies[C],
    tlvs: readonly Tlv[],
  ): Promise<SmppOutcome> => outcomeOf(await request(command, body, tlvs));

  const pump = (): void => {
    while (inFlight < window) {
      const next = queue.shift();
      if (next === undefined) return;
      inFlight++;
      void ask('submit_sm', next.body, next.tlvs)
        .then(next.resolve, next.reject)
        .finally(() => {
          inFlight--;
          pump();
        });
    }
  };

  const enquire = (): void => {
    keepAlive = clock.after(
      enquireLinkMs,
      () => {
        if (unanswered >= 2) {
          session.destroy();
          return;
        }
        unanswered++;
        session.request('enquire_link', {}, [], () => {
          unanswered = 0;
        });
        enquire();
      },
      { daemon: true },
    );
  };

  return {
    bind: async (mode, { systemId, password, systemType = '' }) => {
      const body = {
        systemId,
        password,
        systemType,
        interfaceVersion: 0x34,
        addrTon: 0,
        addrNpi: 0,
        addressRange: '',
      };
      const outcome = await ask(`bind_${mode}`, body, []);
      if (outcome.kind === 'accepted' && session.open) {
        bound = mode;
        if (enquireLinkMs > 0) enquire();
      }
      return outcome;
    },
    submit: (message, tlvs = []) =>
      new Promise((resolve, reject) => {
        if (!session.open) {
          resolve({ kind: 'none', reason: 'unsent: the connection is closed' });
          return;
        }
        queue.push({ body: messageBody(message), tlvs, resolve, reject });
        pump();
      }),
    query: (messageId, sourceAddr) =>
      ask('query_sm', { messageId, sourceAddrTon: 0, sourceAddrNpi: 0, sourceAddr }, []),
    cancel: (message) => {
      const { sourceAddrTon, sourceAddrNpi, destAddrTon, destAddrNpi } = messageBody({});
      const types = { sourceAddrTon, sourceAddrNpi, destAddrTon, destAddrNpi };
      return ask('cancel_sm', { serviceType: '', ...types, ...message }, []);
    },
    request,
    unbind: async () => {
      const outcome = await ask('unbind', {}, []);
      session.end();
      return outcome;
    },
    close: () => session.destroy(),
    get open() {
      return session.open;
    },
    get bound() {
      return bound;
    },
    get pending() {
      return inFlight + queue.length;
    },
  };
}
