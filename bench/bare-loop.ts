/**
 * What no simulator that writes its events as JSON can beat: a binary heap (the hold model, so many
 * events pending all the time), one JSON line an event, written 64 KiB at a time.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const PENDING = 10_000;
const BUFFER_BYTES = 64 * 1024;

/** An event of ten fields, of which two are drawn; a line is about as long as one of a history. */
interface BareEvent {
  readonly seq: number;
  readonly t: number;
  readonly kind: string;
  readonly cause: number;
  readonly component: string;
  readonly operation: string;
  readonly channel: string;
  readonly wire: string;
  readonly person: string;
  readonly message: string;
}

function before(a: BareEvent, b: BareEvent): boolean {
  return a.t < b.t || (a.t === b.t && a.seq < b.seq);
}

function push(heap: BareEvent[], event: BareEvent): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const other = heap[parent]!;
    if (!before(event, other)) break;
    heap[index] = other;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: BareEvent[]): BareEvent {
  const top = heap[0]!;
  const last = heap.pop()!;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return top;
}

/** Seconds for so many events. */
export function bareLoop(events: number, file: string): number {
  const begin = performance.now();
  const out = openSync(file, 'w');
  const heap: BareEvent[] = [];
  let buffer = '';
  let seq = 0;
  let drawn = 123_456_789;
  const draw = (below: number): number => {
    drawn ^= drawn << 13;
    drawn ^= drawn >>> 17;
    drawn ^= drawn << 5;
    return (drawn >>> 0) % below;
  };
  const make = (now: number): BareEvent => {
    seq++;
    return {
      seq,
      t: now + draw(1_000_000),
      kind: 'door.request',
      cause: seq >> 1,
      component: 'gateway/rbm',
      operation: 'send',
      channel: 'rcs',
      wire: `rbm:8f75dd69-a3e4-4963-8f49-${seq}`,
      person: `population/${draw(1_000)}`,
      message: `offers-${seq}`,
    };
  };
  for (let count = 0; count < PENDING; count++) push(heap, make(0));
  for (let count = 0; count < events; count++) {
    const event = pop(heap);
    push(heap, make(event.t));
    buffer += `${JSON.stringify(event)}\n`;
    if (buffer.length < BUFFER_BYTES) continue;
    writeSync(out, buffer);
    buffer = '';
  }
  writeSync(out, buffer);
  closeSync(out);
  return (performance.now() - begin) / 1_000;
}
