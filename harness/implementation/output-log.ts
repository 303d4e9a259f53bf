/**
 * What a program prints, kept for people: a line that it said while it stayed alive (a thread that
 * died of an exception) stands nowhere else. Written as it comes, so that nothing is lost when
 * either side is killed; bounded, so that a program that floods does not fill the disk.
 */
import { closeSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { BellwetherError } from '../../simulators/kernel/errors.ts';

/** Kept of the beginning and of the end of a cell's output, bytes. */
export const HEAD_BYTES = 64 * 1024;
export const TAIL_BYTES = 256 * 1024;
const LINE_FEED = 10;

export interface OutputLog {
  /** What an instance printed; the first of a later instance is headed by a line that says so. */
  write(instance: number, chunk: Uint8Array): void;
  /** A line of our own about the output. */
  note(text: string): void;
  /** Brings the file to its final size. Nothing was printed: there is no file. */
  close(): void;
}

function notWritten(path: string, cause: unknown): BellwetherError {
  const code = (cause as { code?: string }).code ?? 'unknown';
  const reason = code === 'ENOSPC' ? 'the disk is full' : code;
  return new BellwetherError(`cannot keep the program's output in ${path} (${reason})`, {
    code: 'IMPLEMENTATION_OUTPUT_NOT_WRITTEN',
    blame: 'environment',
    hint: 'Make room, or keep runs elsewhere with --out.',
    cause,
  });
}

/** A file that keeps its first and its last bytes. Throws what the file system throws. */
class BoundedFile {
  readonly #path: string;
  #file: number | undefined;
  #bytes = 0;
  /** Where the end begins: behind the beginning and the line that says what was left out. */
  #tailStart = HEAD_BYTES;
  #leftOutBytes = 0;
  /** The last byte written ended a line. */
  #atLineStart = true;

  constructor(path: string) {
    this.#path = path;
  }

  get atLineStart(): boolean {
    return this.#atLineStart;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#file ??= openSync(this.#path, 'w+');
    writeWhole(this.#file, chunk);
    this.#bytes += chunk.length;
    this.#atLineStart = chunk.at(-1) === LINE_FEED;
    // Twice the end: each rewriting costs so much only once for so many bytes.
    if (this.#bytes > this.#tailStart + 2 * TAIL_BYTES) this.#shorten();
  }

  close(): void {
    if (this.#file === undefined) return;
    if (this.#bytes > this.#tailStart + TAIL_BYTES) this.#shorten();
    closeSync(this.#file);
    this.#file = undefined;
  }

  #read(from: number, length: number): Buffer {
    const piece = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.#file!, piece, done, length - done, from + done);
      if (read === 0) return piece.subarray(0, done);
      done += read;
    }
    return piece;
  }

  /** Anew beside it and then in its place: whoever kills us at any moment leaves a whole file. */
  #shorten(): void {
    const head = this.#read(0, HEAD_BYTES);
    const end = this.#read(this.#bytes - TAIL_BYTES, TAIL_BYTES);
    // Not from the middle of a line, where there are lines.
    const tail = end.subarray(end.subarray(0, -1).indexOf(LINE_FEED) + 1);
    this.#leftOutBytes += this.#bytes - this.#tailStart - tail.length;
    const words = `[bellwether: ${this.#leftOutBytes} bytes of output were left out here]`;
    const notice = Buffer.from(`${head.at(-1) === LINE_FEED ? '' : '\n'}${words}\n`);
    const beside = `${this.#path}.part`;
    const next = openSync(beside, 'w+');
    for (const piece of [head, notice, tail]) writeWhole(next, piece);
    renameSync(beside, this.#path);
    closeSync(this.#file!);
    this.#file = next;
    this.#tailStart = head.length + notice.length;
    this.#bytes = this.#tailStart + tail.length;
  }
}

function writeWhole(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
}

/** `fail` is told once, with IMPLEMENTATION_OUTPUT_NOT_WRITTEN, when the file cannot be written. */
export function createOutputLog(path: string, fail: (error: BellwetherError) => void): OutputLog {
  const file = new BoundedFile(path);
  let done = false;
  let last = 1;
  const guarded = (act: () => void): void => {
    if (done) return;
    try {
      act();
    } catch (error) {
      done = true;
      fail(notWritten(path, error));
    }
  };
  const line = (text: string): void => {
    file.append(Buffer.from(`${file.atLineStart ? '' : '\n'}[bellwether: ${text}]\n`));
  };
  return {
    write: (instance, chunk) =>
      guarded(() => {
        if (instance !== last) line(`started again, instance ${instance}`);
        last = instance;
        file.append(chunk);
      }),
    note: (text) => guarded(() => line(text)),
    close: () => {
      guarded(() => file.close());
      // What still comes from somebody left behind would begin the file anew.
      done = true;
    },
  };
}
