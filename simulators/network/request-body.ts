import type { Readable } from 'node:stream';

/** Larger bodies are answered 413 and not read on. */
export const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

const EMPTY = new Uint8Array();

/**
 * Reads a whole body. `taken` gets it; `tooLarge` is called at once when it passes the limit. A
 * peer that breaks its own request gets neither: there is nobody left to answer.
 */
export function readBody(
  stream: Readable,
  taken: (body: Uint8Array) => void,
  tooLarge: () => void,
): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  let over = false;
  stream.on('data', (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      over = true;
      tooLarge();
      return;
    }
    if (first === undefined) first = chunk;
    else if (rest === undefined) rest = [first, chunk];
    else rest.push(chunk);
  });
  stream.on('end', () => {
    if (!over) taken(rest === undefined ? (first ?? EMPTY) : Buffer.concat(rest));
  });
  stream.on('error', () => {
    over = true;
  });
}
