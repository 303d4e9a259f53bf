/**
 * The short way of a connection: whole, plain requests are read, handed to the door and answered
 * without Node's objects for them, which cost more than a door does. The first bytes that are
 * anything else, and all that follows on the connection, go to Node's own server.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../kernel/clock.ts';
import type { RenderedAnswer } from './http1-answer.ts';
import type { AnswerQueue } from './http1-answer-queue.ts';
import type { PlainRequest } from './http1-reader.ts';
import type { Exchange, HttpDoor, WireResponse } from './wire.ts';
import { breakConnection } from './break-connection.ts';
import { createPlainReader } from './http1-reader.ts';
import { trickle } from './trickle.ts';

export interface LaneOptions {
  readonly door: HttpDoor;
  readonly render: (response: WireResponse) => RenderedAnswer;
  readonly queue: AnswerQueue;
  /** For bodies that are to come slowly. */
  readonly clock: Pick<Clock, 'after'>;
  /** Hears what the door throws. */
  readonly failed: (cause: unknown, where: string) => void;
  /** An idle connection is closed after it. */
  readonly idleTimeoutMs: number;
  /** Takes the connection over, with all that was not read yet put back. */
  readonly handOver: (socket: Socket) => void;
}

const NOTHING = Buffer.alloc(0);

/** Serves one connection. */
export function openLane(socket: Socket, options: LaneOptions): void {
  const { door, render, queue, clock, failed, idleTimeoutMs, handOver } = options;
  const read = createPlainReader();
  /** What came and was not served yet. */
  let waiting: Buffer = NOTHING;
  /** A request whose answer is still to come. */
  let busy = false;
  /** A request was left without an answer, and answers keep the order of their requests. */
  let silenced = false;
  let ended = false;

  const close = (): void => {
    queue.flush();
    socket.end();
  };

  const onTimeout = (): void => {
    socket.destroy();
  };
  const onData = (chunk: Buffer): void => {
    if (busy) {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      // Nobody reads ahead of the answer for ever.
      socket.pause();
    } else {
      serve(chunk);
    }
  };
  const onEnd = (): void => {
    ended = true;
    if (!busy) close();
  };
  // The peer broke its connection: there is nobody left to answer.
  const onError = (): void => {
    socket.destroy();
  };

  const leave = (rest: Buffer): void => {
    queue.flush();
    socket.off('data', onData).off('end', onEnd).off('error', onError);
    socket.setTimeout(0).off('timeout', onTimeout);
    socket.pause();
    socket.unshift(rest);
    handOver(socket);
    socket.resume();
  };

  const write = (response: WireResponse): void => {
    if (socket.destroyed || silenced) return;
    const answer = render(response);
    if (response.bytesPerSecond !== undefined) {
      writeSlowly(answer, response.bytesPerSecond);
      return;
    }
    queue.push(socket, answer);
    if (answer.close || ended) close();
  };

  /** The head now, and the rest as slowly as a fault wants it; meanwhile nothing else is read. */
  const writeSlowly = (answer: RenderedAnswer, bytesPerSecond: number): void => {
    const text = Buffer.from(answer.text, answer.encoding);
    const whole = answer.bytes === undefined ? text : Buffer.concat([text, answer.bytes]);
    const headEnds = whole.indexOf('\r\n\r\n') + 4;
    queue.flush();
    busy = true;
    socket.setTimeout(0);
    socket.write(whole.subarray(0, headEnds));
    trickle(clock, socket, whole.subarray(headEnds), bytesPerSecond, () => {
      busy = false;
      socket.setTimeout(idleTimeoutMs);
      if (answer.close || ended) close();
      else goOn();
    });
  };

  /** With what came while an answer was under way. */
  const goOn = (): void => {
    const rest = waiting;
    waiting = NOTHING;
    if (rest.length > 0 && !socket.destroyed) serve(rest);
    if (!busy) socket.resume();
  };

  const conclude = (exchange: Exchange): void => {
    if (exchange.kind === 'answer') {
      write(exchange.response);
    } else if (exchange.kind === 'reset') {
      queue.flush();
      breakConnection(socket);
    } else {
      silenced = true;
      socket.setTimeout(0);
    }
  };

  const defect = (cause: unknown, request: PlainRequest): void => {
    socket.destroy();
    const query = request.query === '' ? '' : `?${request.query}`;
    failed(cause, `${request.method} ${request.path}${query}`);
  };

  const awaitAnswer = (later: Promise<Exchange>, request: PlainRequest): void => {
    busy = true;
    socket.setTimeout(0);
    later
      .then((exchange) => {
        busy = false;
        if (!silenced) socket.setTimeout(idleTimeoutMs);
        conclude(exchange);
        if (!busy) goOn();
      })
      .catch((error: unknown) => defect(error, request));
  };

  const serve = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length && !busy && !socket.destroyed && !socket.writableEnded) {
      const request = read(chunk, at);
      if (request === undefined) {
        // A connection that never gets an answer again is of no use to Node's server either.
        if (!silenced) leave(chunk.subarray(at));
        return;
      }
      at = request.end;
      try {
        const exchange = door.handle(request);
        if (exchange instanceof Promise) awaitAnswer(exchange, request);
        else conclude(exchange);
      } catch (error) {
        defect(error, request);
        return;
      }
    }
    if (busy && at < chunk.length) waiting = chunk.subarray(at);
  };

  socket.setTimeout(idleTimeoutMs);
  socket.on('timeout', onTimeout).on('data', onData).on('end', onEnd).on('error', onError);
}
