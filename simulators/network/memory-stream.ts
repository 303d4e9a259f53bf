import type { Clock } from '../kernel/clock.ts';
import { Duplex } from 'node:stream';

/** Bytes that may be on the way or unread before the writer has to wait. */
const WINDOW_BYTES = 64 * 1024;

type Done = (error?: Error | null) => void;

/** The error that a socket gives for a broken connection, code and syscall alike. */
export function connectionError(code: 'ECONNRESET' | 'ECONNREFUSED', syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}

/**
 * One end of a connection in memory. Bytes arrive after the network's delay; a reader that stops
 * reading stops the writer; destroying one end before both have finished resets the other.
 */
class MemoryStream extends Duplex {
  readonly #clock: Clock;
  readonly #delayMicros: number;
  #peer: MemoryStream | undefined;
  /** Sent by the peer and not arrived yet. */
  #onTheWayBytes = 0;
  /** The peer's writer, waiting for this end to read. */
  #waiting: Done | undefined;

  constructor(clock: Clock, delayMicros: number) {
    super({ allowHalfOpen: false, emitClose: true });
    this.#clock = clock;
    this.#delayMicros = delayMicros;
  }

  pairWith(peer: MemoryStream): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  /** Sends one delayed action to the other end, in order. */
  #later(action: (peer: MemoryStream) => void): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    this.#clock.after(this.#delayMicros, () => {
      this.#clock.touch();
      action(peer);
    });
  }

  #take(bytes: Buffer): void {
    if (!this.destroyed) this.push(bytes);
    this.#onTheWayBytes -= bytes.length;
    if (this.readableLength + this.#onTheWayBytes <= WINDOW_BYTES) this.#releaseWriter();
  }

  #releaseWriter(): void {
    const done = this.#waiting;
    if (done === undefined) return;
    this.#waiting = undefined;
    this.#clock.touch();
    done();
  }

  #send(bytes: Buffer, done: Done): void {
    const peer = this.#peer;
    this.#clock.touch();
    if (peer === undefined || peer.destroyed) {
      done(connectionError('ECONNRESET', 'write'));
      return;
    }
    peer.#onTheWayBytes += bytes.length;
    this.#later((other) => other.#take(bytes));
    if (peer.readableLength + peer.#onTheWayBytes > WINDOW_BYTES) peer.#waiting = done;
    else done();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#send(Buffer.concat(chunks.map((one) => one.chunk)), done);
  }

  override _final(done: Done): void {
    this.#later((peer) => {
      if (!peer.destroyed) peer.push(null);
    });
    this.#clock.touch();
    done();
  }

  /** Node asks for more just before it hands the last bytes to the reader. */
  override _read(): void {
    this.#releaseWriter();
  }

  override _destroy(error: Error | null, done: Done): void {
    const orderly = this.writableFinished && this.readableEnded;
    const writer = this.#waiting;
    this.#waiting = undefined;
    writer?.(connectionError('ECONNRESET', 'write'));
    if (!orderly) {
      this.#later((peer) => {
        if (!peer.destroyed) peer.destroy(connectionError('ECONNRESET', 'read'));
      });
    }
    this.#clock.touch();
    done(error);
  }
}

/** Two ends of one connection: what is written to one is read from the other, in order. */
export function createStreamPair(clock: Clock, delayMicros: number): [Duplex, Duplex] {
  const near = new MemoryStream(clock, delayMicros);
  const far = new MemoryStream(clock, delayMicros);
  near.pairWith(far);
  return [near, far];
}
