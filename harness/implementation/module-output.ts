/**
 * What a module prints past `ports.log`, by `console` or on the streams of this process, would be
 * seen by no tap and stand among our own lines. While it lives, that is its output.
 */
import { stripVTControlCharacters } from 'node:util';

export type PrintedOn = 'stdout' | 'stderr';
export type Printed = (stream: PrintedOn, bytes: Buffer) => void;

const STREAMS: readonly PrintedOn[] = ['stdout', 'stderr'];
/** An end would be that of our own lines, too; it says its last words. */
const METHODS = ['write', 'end'] as const;

/** Who is told of it. It stands on the process; a thread has one of its own. */
interface Switch {
  printed: Printed | undefined;
}
const SWITCH = Symbol.for('bellwether.output');

/** Without colours: whether there are any depends on the terminal. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  if (typeof chunk !== 'string') return undefined;
  const named = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
  return Buffer.from(stripVTControlCharacters(chunk), named);
}

function stand(name: PrintedOn, told: Switch): void {
  const stream = process[name];
  for (const method of METHODS) {
    const own = stream[method] as (...given: unknown[]) => unknown;
    const taken = (...given: unknown[]): unknown => {
      const { printed } = told;
      if (printed === undefined) return own.apply(stream, given);
      const bytes = bytesOf(given[0], given[1]);
      if (bytes !== undefined && bytes.length > 0) printed(name, bytes);
      const written = given.find((each) => typeof each === 'function');
      if (written !== undefined) queueMicrotask(() => void written(null));
      return method === 'end' ? stream : true;
    };
    Object.assign(stream, { [method]: taken });
  }
}

/**
 * Stands before the streams from the first call on, so that a module which keeps `write` for later
 * keeps ours. While nobody watches they do what they always do.
 */
export function guardOutput(): Switch {
  const own = process as { [SWITCH]?: Switch };
  if (own[SWITCH] !== undefined) return own[SWITCH];
  const told: Switch = { printed: undefined };
  Object.defineProperty(own, SWITCH, { value: told });
  for (const name of STREAMS) stand(name, told);
  return told;
}

/** Tells what is printed until the returned function is called. */
export function watchOutput(printed: Printed): () => void {
  const told = guardOutput();
  told.printed = printed;
  return () => {
    told.printed = undefined;
  };
}

/** Calls what is no module's (a reporter): what it prints goes where it always goes. */
export function aside(call: () => void): void {
  const told = guardOutput();
  const { printed } = told;
  told.printed = undefined;
  try {
    call();
  } finally {
    told.printed = printed;
  }
}
