import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { HistorySink } from '../../simulators/kernel/history.ts';
import { createHistory, fileSink } from '../../simulators/kernel/history.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

function memorySink(): HistorySink & { readonly writes: string[]; closed: number } {
  const sink = {
    writes: [] as string[],
    closed: 0,
    write: (lines: Uint8Array) => {
      sink.writes.push(Buffer.from(lines).toString());
    },
    close: () => {
      sink.closed++;
    },
  };
  return sink;
}

const submitted = (number: number) =>
  ({ kind: 'message.submitted', message: `alerts-${number}`, attempt: 1 }) as const;

describe('the history', () => {
  it('numbers events from 1 and stamps them with the clock', async () => {
    const clock = createVirtualClock();
    const sink = memorySink();
    const history = createHistory(clock, sink);
    expect(history.append(submitted(1))).toBe(1);
    await clock.run(1_500);
    expect(history.append({ ...submitted(2), cause: 1 })).toBe(2);
    history.close();
    expect(sink.writes.join('')).toBe(
      '{"seq":1,"t":0,"kind":"message.submitted","message":"alerts-1","attempt":1}\n' +
        '{"seq":2,"t":1500,"kind":"message.submitted","message":"alerts-2","attempt":1,' +
        '"cause":1}\n',
    );
    expect(history.length).toBe(2);
  });

  it('hands its sink whole lines only, also when the buffer runs over', () => {
    const sink = memorySink();
    const history = createHistory(createVirtualClock(), sink);
    for (let number = 1; number <= 5_000; number++) history.append(submitted(number));
    history.close();
    expect(sink.writes.length).toBeGreaterThan(1);
    for (const write of sink.writes) expect(write.endsWith('\n')).toBe(true);
    const lines = sink.writes.join('').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as HistoryEvent).seq)).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index + 1),
    );
  });

  it('holds no more than a buffer in memory', () => {
    const sink = memorySink();
    const history = createHistory(createVirtualClock(), sink);
    const long = 'x'.repeat(1_000);
    for (let number = 0; number < 1_000; number++) {
      history.append({ kind: 'message.submitted', message: long, attempt: 1 });
    }
    const written = sink.writes.join('').length;
    expect(1_000_000 - written).toBeLessThan(70_000);
  });

  it('writes at once what is flushed, and nothing twice', () => {
    const sink = memorySink();
    const history = createHistory(createVirtualClock(), sink);
    history.append(submitted(1));
    expect(sink.writes).toEqual([]);
    history.flush();
    history.flush();
    expect(sink.writes).toHaveLength(1);
    history.close();
    expect(sink.writes).toHaveLength(1);
    expect(sink.closed).toBe(1);
  });

  it('shows readers every event at once, until they leave', () => {
    const history = createHistory(createVirtualClock(), memorySink());
    const seen: HistoryEvent[] = [];
    const leave = history.subscribe((event) => seen.push(event));
    history.append(submitted(1));
    expect(seen).toEqual([{ seq: 1, t: 0, ...submitted(1) }]);
    leave();
    history.append(submitted(2));
    expect(seen).toHaveLength(1);
  });

  it('shows readers exactly what it writes', () => {
    const sink = memorySink();
    const history = createHistory(createVirtualClock(), sink);
    const seen: HistoryEvent[] = [];
    history.subscribe((event) => seen.push(event));
    history.append({ ...submitted(1), cause: 7 });
    history.append({ kind: 'phase.began', phase: 'heal' });
    history.close();
    const lines = sink.writes.join('').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(seen);
  });

  it('needs no file', () => {
    const history = createHistory(createVirtualClock());
    history.append(submitted(1));
    history.close();
    expect(history.length).toBe(1);
  });
});

describe('a history whose sink fails', () => {
  it('says so once and lets the cell go on to its end', () => {
    const told: unknown[] = [];
    const sink: HistorySink = {
      write: () => {
        throw new Error('full');
      },
      close: () => {},
    };
    const seen: HistoryEvent[] = [];
    const history = createHistory(createVirtualClock(), sink, (error) => told.push(error));
    history.subscribe((event) => seen.push(event));
    history.append(submitted(1));
    history.flush();
    history.append(submitted(2));
    history.close();
    expect(told).toEqual([new Error('full')]);
    expect(seen).toHaveLength(2);
  });
});

describe('the history file', () => {
  it('keeps every flushed line though nobody ever closes it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-history-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'cell.ndjson');
    const history = createHistory(createVirtualClock(), fileSink(file));
    history.append(submitted(1));
    history.flush();
    history.append(submitted(2));
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
    history.close();
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  it.runIf(existsSync('/dev/full'))('blames the machine when the disk is full', () => {
    const history = createHistory(createVirtualClock(), fileSink('/dev/full'));
    history.append(submitted(1));
    expect(() => history.flush()).toThrow(
      expect.objectContaining({ code: 'HISTORY_NOT_WRITTEN', blame: 'environment' }),
    );
    // What could not be written is dropped, so that closing can still end in an orderly way.
    expect(() => history.close()).not.toThrow();
  });

  it('blames the machine when the file cannot be made', () => {
    expect(() => fileSink('/nonexistent-folder/cell.ndjson')).toThrow(
      expect.objectContaining({ code: 'HISTORY_NOT_WRITTEN', blame: 'environment' }),
    );
  });
});
