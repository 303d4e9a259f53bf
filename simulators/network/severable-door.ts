/**
 * The line between the implementation and a door of byte streams, while it is cut: no packet
 * passes, in neither direction, and nobody is told. Connections stay up, and new ones open and stay
 * silent. As with TCP, what was sent meanwhile arrives when the line is whole again, in order. What
 * was on a connection that its caller has given up is lost with it: a kernel may go on sending for
 * a while, but nobody who closed in order to be safe shall be blamed for that.
 */
import { Duplex } from 'node:stream';
import type { Ambient } from '../kernel/ambient.ts';
import { linkPath } from '../kernel/paths.ts';
import type { FaultLedger, Lift } from '../kernel/target.ts';
import type { StreamDoor } from './wire.ts';

type Done = (error?: Error | null) => void;

export interface SeverableDoor {
  readonly door: StreamDoor;
  /** Cuts what is open now, and what is opened meanwhile; `hit` selects among connections. */
  cut(ledger: FaultLedger): Lift;
}

export interface SeverableDoorOptions {
  readonly ambient: Pick<Ambient, 'clock' | 'history'>;
  /** Of the component behind the door: `carrier/northtel/sms`. */
  readonly path: string;
  /** A cut may come; else connections are given through as they are. */
  readonly planned: boolean;
  /** Are these bytes evidence of a cut? What nobody meant to send (keep-alives) is not. */
  readonly counts: (bytes: Uint8Array) => boolean;
}

/** The way of one connection. */
class Line {
  readonly #path: string;
  readonly #counts: (bytes: Uint8Array) => boolean;
  #cuts: readonly FaultLedger[] = [];
  #kept: (() => void)[] = [];
  /** Called when all has passed that was kept. */
  emptied: () => void = () => {};

  constructor({ path, counts }: SeverableDoorOptions) {
    this.#path = path;
    this.#counts = counts;
  }

  get whole(): boolean {
    return this.#cuts.length === 0;
  }

  cut(ledger: FaultLedger): void {
    this.#cuts = [...this.#cuts, ledger];
  }

  heal(ledger: FaultLedger): void {
    this.#cuts = this.#cuts.filter((other) => other !== ledger);
    if (!this.whole) return;
    const kept = this.#kept;
    this.#kept = [];
    for (const pass of kept) pass();
    this.emptied();
  }

  /** The caller has gone: what waits is lost, and only that is still told. */
  abandon(pass: () => void): void {
    this.#kept = [pass];
  }

  /** `bytes`: undefined for the end of a direction. */
  keep(where: 'to' | 'from', bytes: Uint8Array | undefined, pass: () => void): void {
    this.#kept.push(pass);
    if (bytes === undefined || !this.#counts(bytes)) return;
    this.#cuts[0]?.touched(`kept ${bytes.length} bytes on their way ${where} ${this.#path}`);
  }
}

/** RST where the stream knows it. */
function breakOff(stream: Duplex & { resetAndDestroy?(): void }): void {
  if (stream.resetAndDestroy === undefined) stream.destroy();
  else stream.resetAndDestroy();
}

/** The door's end of a connection. */
class SeverableStream extends Duplex {
  readonly #outer: Duplex;
  readonly #line: Line;

  constructor(outer: Duplex, line: Line, touch: () => void) {
    super({ allowHalfOpen: false });
    this.#outer = outer;
    this.#line = line;
    const arrive = (bytes: Uint8Array | undefined, take: () => void): void => {
      touch();
      const pass = (): void => {
        if (!this.destroyed) take();
      };
      if (line.whole) pass();
      else line.keep('to', bytes, pass);
    };
    outer.on('data', (bytes: Buffer) => {
      arrive(bytes, () => {
        if (!this.push(bytes)) outer.pause();
      });
    });
    outer.on('end', () => arrive(undefined, () => this.push(null)));
    outer.on('error', (error: Error) => arrive(undefined, () => this.destroy(error)));
    outer.on('close', () => {
      touch();
      if (line.whole) this.destroy();
      else line.abandon(() => this.destroy());
    });
  }

  override _read(): void {
    this.#outer.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    const outer = this.#outer;
    if (!this.#line.whole) {
      // Who writes into a cut line learns nothing of it.
      this.#line.keep('from', bytes, () => outer.writable && outer.write(bytes));
      done();
    } else if (!outer.writable || outer.write(bytes)) {
      done();
    } else {
      outer.once('drain', () => done());
    }
  }

  #leave(act: () => void): void {
    if (this.#line.whole) act();
    else this.#line.keep('from', undefined, act);
  }

  override _final(done: Done): void {
    this.#leave(() => this.#outer.end());
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    const orderly = this.writableFinished && this.readableEnded;
    if (!orderly) this.#leave(() => breakOff(this.#outer));
    done(error);
  }
}

export function createSeverableDoor(
  door: StreamDoor,
  options: SeverableDoorOptions,
): SeverableDoor {
  const { path, planned } = options;
  const { clock, history } = options.ambient;
  const lines = new Set<Line>();
  let cuts: readonly FaultLedger[] = [];

  const tell = (why: string, fault: string): void => {
    const whole = cuts.some(({ partial }) => partial !== true);
    const state = cuts.length === 0 ? 'up' : whole ? 'down' : 'degraded';
    const component = linkPath('implementation', path);
    history.append({ kind: 'component.changed', component, state, why, fault });
  };

  const connected = (outer: Duplex): void => {
    const line = new Line(options);
    for (const ledger of cuts) if (ledger.hits(undefined)) line.cut(ledger);
    lines.add(line);
    const stream = new SeverableStream(outer, line, () => clock.touch());
    // What waits has to pass yet, also from a door that has closed.
    line.emptied = () => {
      if (stream.closed) lines.delete(line);
    };
    stream.once('close', () => {
      if (line.whole) lines.delete(line);
    });
    door.connected(stream);
  };

  return {
    door: planned ? { accepts: () => door.accepts(), connected } : door,
    cut: (ledger) => {
      cuts = [...cuts, ledger];
      tell('partition', ledger.fault);
      for (const line of lines) if (ledger.hits(undefined)) line.cut(ledger);
      return () => {
        cuts = cuts.filter((other) => other !== ledger);
        tell('partition ended', ledger.fault);
        clock.touch();
        for (const line of lines) line.heal(ledger);
      };
    },
  };
}
