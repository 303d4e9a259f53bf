import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { BellwetherError, invariant } from './errors.ts';
import { EventLines } from './event-lines.ts';
import type { EventInput, HistoryEvent } from './events.ts';
import type { Writable } from './writable.ts';

export type HistoryReader = (event: HistoryEvent) => void;

/**
 * Where lines go. `write` gets whole lines only, so a crash leaves whole lines; the bytes are its
 * own only until it returns.
 */
export interface HistorySink {
  write(lines: Uint8Array): void;
  close(): void;
}

/**
 * The append-only history of one cell: a single writer, any number of readers, nothing kept in
 * memory but the write buffer.
 */
export interface History {
  /**
   * Appends and returns the event's seq. Readers see it at once, and it is theirs: it gets its
   * `seq` and `t`, and cannot be appended again. `write`: JSON.stringify of this event in a way
   * that its writer knows to be cheaper.
   */
  append<E extends EventInput>(event: E, write?: (event: E) => string): number;
  /** Registers a reader; returns its removal. */
  subscribe(reader: HistoryReader): () => void;
  /**
   * Writes what is buffered. Called before a fault acts, at the process's end, and in wall time
   * before a submission leaves.
   */
  flush(): void;
  close(): void;
  readonly length: number;
}

/** In place: a copy of each event would cost half as much as writing it. */
function numbered(input: EventInput, seq: number, t: number): HistoryEvent {
  const event = input as Writable<HistoryEvent>;
  invariant(event.seq === undefined, 'an event is appended once');
  event.seq = seq;
  event.t = t;
  return event;
}

/**
 * `onFailure` is told once when the sink fails (a full disk); nothing more is written then, and the
 * cell can end in an orderly way. Without it, what the sink throws reaches whoever appends.
 */
export function createHistory(
  clock: Clock,
  sink?: HistorySink,
  onFailure?: (error: unknown) => void,
): History {
  /** Never changed in place, for it is gone through for each event. */
  let readers: readonly HistoryReader[] = [];
  let seq = 0;
  const held = new EventLines();
  let lastFlush = 0;
  let failed = false;
  const flush = (): void => {
    if (held.length === 0) return;
    const lines = held.take();
    if (failed) return;
    try {
      sink?.write(lines);
    } catch (error) {
      failed = true;
      if (onFailure === undefined) throw error;
      onFailure(error);
    }
  };
  return {
    append: (input, write) => {
      seq++;
      const t = clock.now();
      if (sink !== undefined) {
        held.add(seq, t, write === undefined ? JSON.stringify(input) : write(input));
        const late = clock.kind === 'wall' && t - lastFlush > 100_000;
        if (held.full || late) {
          lastFlush = t;
          flush();
        }
      }
      if (readers.length > 0) {
        const event = numbered(input, seq, t);
        for (const reader of readers) reader(event);
      }
      return seq;
    },
    subscribe: (reader) => {
      readers = [...readers, reader];
      return () => {
        readers = readers.filter((other) => other !== reader);
      };
    },
    flush,
    close: () => {
      flush();
      sink?.close();
      // What is told after the end has no file any more, and its number may be another's by now.
      failed = true;
    },
    get length() {
      return seq;
    },
  };
}

function notWritten(what: string, cause: unknown): BellwetherError {
  const code = (cause as { code?: string }).code ?? 'unknown';
  const reason = code === 'ENOSPC' ? 'the disk is full' : code;
  return new BellwetherError(`${what} (${reason})`, {
    code: 'HISTORY_NOT_WRITTEN',
    blame: 'environment',
    hint:
      code === 'ENOSPC'
        ? 'Make room, or keep runs elsewhere with --out.'
        : 'Is the folder there, and may you write in it? --out names another.',
    cause,
  });
}

/** An NDJSON file. Throws HISTORY_NOT_WRITTEN (blame: environment), now or at a write. */
export function fileSink(path: string): HistorySink {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw notWritten(`cannot make the history file ${path}`, error);
  }
  return {
    write: (lines) => {
      try {
        // A nearly full disk takes a part, and refuses the rest at the next call.
        for (let done = 0; done < lines.length;) done += writeSync(file, lines, done);
      } catch (error) {
        throw notWritten(`cannot write the history ${path}`, error);
      }
    },
    close: () => closeSync(file),
  };
}
