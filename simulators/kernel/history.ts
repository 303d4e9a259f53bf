import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from './clock.ts';
import type { EventInput, HistoryEvent } from './events.ts';

/** Bytes of NDJSON held before they are written. */
const BUFFER_BYTES = 64 * 1024;

export type HistoryReader = (event: HistoryEvent) => void;

/** Where lines go. `write` gets whole lines only, so a crash leaves whole lines. */
export interface HistorySink {
  write(lines: string): void;
  close(): void;
}

/**
 * The append-only history of one cell: a single writer, any number of readers, nothing kept in
 * memory but the write buffer.
 */
export interface History {
  /** Appends and returns the event's seq. Readers see it at once. */
  append(event: EventInput): number;
  /** Registers a reader; returns its removal. */
  subscribe(reader: HistoryReader): () => void;
  /** Writes what is buffered. Called before a fault acts and before a submission leaves. */
  flush(): void;
  close(): void;
  readonly length: number;
}

export function createHistory(clock: Clock, sink?: HistorySink): History {
  const readers = new Set<HistoryReader>();
  let seq = 0;
  let buffer = '';
  let lastFlush = 0;
  const flush = (): void => {
    if (buffer === '') return;
    const lines = buffer;
    buffer = '';
    sink?.write(lines);
  };
  return {
    append: (input) => {
      seq++;
      const t = clock.now();
      if (sink !== undefined) {
        // The line of `{ seq, t, ...input }`, without copying the input first.
        buffer += `{"seq":${seq},"t":${t},${JSON.stringify(input).slice(1)}\n`;
        const late = clock.kind === 'wall' && t - lastFlush > 100_000;
        if (buffer.length >= BUFFER_BYTES || late) {
          lastFlush = t;
          flush();
        }
      }
      if (readers.size > 0) {
        const event = { seq, t, ...input } as HistoryEvent;
        for (const reader of readers) reader(event);
      }
      return seq;
    },
    subscribe: (reader) => {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    flush,
    close: () => {
      flush();
      sink?.close();
    },
    get length() {
      return seq;
    },
  };
}

/** An NDJSON file; throws what the file system throws (the caller gives it a code). */
export function fileSink(path: string): HistorySink {
  const file = openSync(path, 'w');
  return {
    write: (lines) => {
      writeSync(file, lines);
    },
    close: () => closeSync(file),
  };
}
