/**
 * One SMPP connection over a byte stream, either role: frames, sequence numbers, matching of
 * responses, the answers that the protocol itself demands. It knows no time and no state of
 * binding.
 */
import type { Duplex } from 'node:stream';
import type { DamagedPdu } from './codec.ts';
import { decodePdu, emptyBody, pduOf } from './codec.ts';
import { createKnownTexts } from './known-texts.ts';
import type { Bodies, Command, Pdu, PduOf, Tlv } from './pdu.ts';
import { COMMAND_IDS } from './pdu.ts';
import { createPduReader } from './reader.ts';
import { createPduWriter } from './writer.ts';
import { COMMAND_STATUS } from './status.ts';

/** Requests that nothing answers (§4.1.7, §4.12). */
export type NoticeCommand = 'outbind' | 'alert_notification';
export type RequestCommand = Exclude<Command, `${string}_resp` | 'generic_nack' | NoticeCommand>;
export type ResponseOf<C extends RequestCommand> = `${C}_resp`;
/** A request from the peer. */
export type RequestPdu = Extract<Pdu, { command: RequestCommand }>;
export type NoticePdu = Extract<Pdu, { command: NoticeCommand }>;

/** What becomes of our request. */
export type Reply =
  | { readonly kind: 'response'; readonly pdu: Pdu }
  /** The connection ended, or the peer's answer could not be read: it may have been carried out. */
  | { readonly kind: 'none'; readonly reason: string };

export interface SmppSession {
  /**
   * Sends a request; `onReply` is called exactly once unless it is forgotten. Returns its
   * sequence.
   */
  request<C extends RequestCommand>(
    command: C,
    body: Bodies[C],
    tlvs: readonly Tlv[],
    onReply: (reply: Reply) => void,
  ): number;
  /** Nobody waits for this reply any more; a late one is dropped. */
  forget(sequence: number): void;
  /** Answers a request. Without a body, an empty one. */
  respond<C extends RequestCommand>(
    to: { readonly command: C; readonly sequence: number },
    status: number,
    body?: Bodies[ResponseOf<C>],
    tlvs?: readonly Tlv[],
  ): void;
  /** Sends what has no answer. */
  notify<C extends NoticeCommand>(command: C, body: Bodies[C], tlvs?: readonly Tlv[]): void;
  /** Refuses a PDU that has no answer of its own. */
  nack(sequence: number, status: number): void;
  /** Ends after what was written. */
  end(): void;
  /** Breaks the connection at once (RST on a socket). */
  destroy(): void;
  readonly open: boolean;
  /** Requests of ours without a reply. */
  readonly waiting: number;
}

export interface SmppSessionOptions {
  readonly stream: Duplex;
  readonly mostPduBytes?: number;
  onRequest(pdu: RequestPdu): void;
  /** Default: generic_nack with ESME_RINVCMDID, since this side does not take it. */
  onNotice?(pdu: NoticePdu): void;
  /** Told before the session answers it: a damaged request, or an impossible command_length. */
  onDamaged?(damage: Pick<DamagedPdu, 'field' | 'offset' | 'reason' | 'status'>): void;
  onClosed(reason: string): void;
}

/** What answers each request; looked up, for a name put together anew has to be found anew. */
const RESPONSES: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.keys(COMMAND_IDS)
    .filter((command) => `${command}_resp` in COMMAND_IDS)
    .map((command) => [command, `${command}_resp` as Command]),
);
const ANSWERS: ReadonlySet<Command> = new Set([...Object.values(RESPONSES), 'generic_nack']);

function isNotice(command: Command): command is NoticeCommand {
  return command === 'outbind' || command === 'alert_notification';
}

const HIGHEST_SEQUENCE = 0x7fff_ffff;

interface SocketLike {
  resetAndDestroy?(): void;
}

export function createSmppSession(options: SmppSessionOptions): SmppSession {
  const { stream } = options;
  const replies = new Map<number, (reply: Reply) => void>();
  let nextSequence = 1;
  let open = true;

  const texts = createKnownTexts();
  const writer = createPduWriter((bytes) => stream.write(bytes));

  /** Throws WIRE_SMPP_FIELD. */
  const write = <C extends Command>(pdu: PduOf<C>): void => {
    writer.write(pdu, open && stream.writable);
  };

  const close = (reason: string): void => {
    if (!open) return;
    open = false;
    const waiting = [...replies.values()];
    replies.clear();
    for (const onReply of waiting) onReply({ kind: 'none', reason });
    options.onClosed(reason);
  };

  const reply = (sequence: number, answer: Reply): void => {
    const onReply = replies.get(sequence);
    if (replies.delete(sequence)) onReply?.(answer);
  };

  const nack = (sequence: number, status: number): void => {
    write(pduOf('generic_nack', sequence, {}, [], status));
  };

  const onDamaged = (damage: DamagedPdu): void => {
    options.onDamaged?.(damage);
    const { command, sequence, status } = damage;
    if ((damage.commandId & 0x8000_0000) !== 0) {
      reply(sequence, { kind: 'none', reason: `${damage.field}: ${damage.reason}` });
    } else if (command === undefined || isNotice(command)) {
      nack(sequence, status);
    } else {
      const response = `${command as RequestCommand}_resp` as const;
      write(pduOf(response, sequence, emptyBody(response), [], status));
    }
  };

  const end = (): void => {
    writer.flush();
    stream.end();
  };

  const reader = createPduReader({
    ...(options.mostPduBytes === undefined ? {} : { mostBytes: options.mostPduBytes }),
    onFrame: (bytes, start, end) => {
      if (!open) return;
      const decoded = decodePdu(bytes, start, end, texts);
      if (decoded.kind === 'damaged') {
        onDamaged(decoded);
        return;
      }
      const { pdu } = decoded;
      if (ANSWERS.has(pdu.command)) {
        reply(pdu.sequence, { kind: 'response', pdu });
      } else if (isNotice(pdu.command)) {
        if (options.onNotice === undefined) nack(pdu.sequence, COMMAND_STATUS.ESME_RINVCMDID);
        else options.onNotice(pdu as NoticePdu);
      } else {
        options.onRequest(pdu as RequestPdu);
      }
    },
    onBroken: ({ reason, sequence }) => {
      const status = COMMAND_STATUS.ESME_RINVCMDLEN;
      options.onDamaged?.({ field: 'command_length', offset: 0, reason, status });
      nack(sequence, status);
      end();
      close(reason);
    },
  });

  stream.on('data', (chunk: Buffer) => {
    // Answers to one chunk leave in one write.
    writer.begin();
    try {
      reader.push(chunk);
    } finally {
      writer.flush();
    }
    // Who does not read our answers is not read either, so that memory stays bounded.
    if (stream.writableNeedDrain) stream.pause();
  });
  stream.on('drain', () => stream.resume());
  stream.on('end', () => {
    end();
    close('the peer ended the connection');
  });
  stream.on('error', (error: Error) => close(error.message));
  stream.on('close', () => close('the connection was closed'));

  const takeSequence = (): number => {
    const sequence = nextSequence;
    nextSequence = nextSequence === HIGHEST_SEQUENCE ? 1 : nextSequence + 1;
    return sequence;
  };

  return {
    request: (command, body, tlvs, onReply) => {
      const sequence = takeSequence();
      if (!open) {
        onReply({ kind: 'none', reason: 'the connection is closed' });
        return sequence;
      }
      const pdu = pduOf(command, sequence, body, tlvs);
      writer.check(pdu);
      replies.set(sequence, onReply);
      write(pdu);
      return sequence;
    },
    forget: (sequence) => {
      replies.delete(sequence);
    },
    respond: ({ command, sequence }, status, body, tlvs = []) => {
      const response = RESPONSES[command] as ResponseOf<typeof command>;
      write(pduOf(response, sequence, body ?? emptyBody(response), tlvs, status));
    },
    notify: (command, body, tlvs = []) => {
      write(pduOf(command, takeSequence(), body, tlvs));
    },
    nack,
    end,
    destroy: () => {
      writer.drop();
      const socket = stream as SocketLike;
      if (socket.resetAndDestroy === undefined) stream.destroy();
      else socket.resetAndDestroy();
      close('the connection was broken here');
    },
    get open() {
      return open;
    },
    get waiting() {
      return replies.size;
    },
  };
}
