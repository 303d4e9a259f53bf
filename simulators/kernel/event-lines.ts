/** Bytes of NDJSON held before they are written. */
const BUFFER_BYTES = 64 * 1024;
/** With room for the line that fills it. */
const ROOM_BYTES = BUFFER_BYTES + 16 * 1024;
/** UTF-8 has at most so many bytes for each unit of a string. */
const MOST_BYTES_A_UNIT = 3;
/** `{"seq":`, `,"t":` and two numbers. */
const MOST_BEFORE = 64;

const SEQ = Buffer.from('{"seq":');
const TIME = Buffer.from(',"t":');
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const ZERO = 0x30;
/** Integers up to here are whole in 32 bits, and so are their digits. */
const MOST_IN_32_BITS = 0x7fff_ffff;

/**
 * Collects the lines of a history as bytes. Strings that are put together and encoded later cost
 * more than the JSON: each is copied twice, and nearly all the garbage of a run would be theirs.
 */
export class EventLines {
  #bytes = Buffer.allocUnsafe(ROOM_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** As much is held as should be. */
  get full(): boolean {
    return this.#length >= BUFFER_BYTES;
  }

  /** The line of `{ seq, t, ...event }`; `json`: the event's, with at least one field. */
  add(seq: number, t: number, json: string): void {
    this.#makeRoom(MOST_BEFORE + json.length * MOST_BYTES_A_UNIT);
    const bytes = this.#bytes;
    this.#raw(SEQ);
    this.#number(seq);
    this.#raw(TIME);
    this.#number(t);
    const at = this.#length;
    this.#length += bytes.write(json, at, 'utf8');
    bytes[at] = COMMA;
    bytes[this.#length++] = LINE_FEED;
  }

  /** What is held, good until the next `add`; it is held no more. */
  take(): Uint8Array {
    const held = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    // A single event may be large: its room is not kept.
    if (this.#bytes.length > ROOM_BYTES) this.#bytes = Buffer.allocUnsafe(ROOM_BYTES);
    return held;
  }

  #makeRoom(needed: number): void {
    if (this.#length + needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + needed));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** Byte by byte: a call of the system's copy costs more than so few. */
  #raw(few: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < few.length; index++) bytes[at++] = few[index]!;
    this.#length = at;
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > MOST_IN_32_BITS) {
      this.#length += this.#bytes.write(`${value}`, this.#length, 'latin1');
      return;
    }
    const bytes = this.#bytes;
    let end = this.#length + 1;
    for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) end++;
    this.#length = end;
    let left = value | 0;
    do {
      const tens = (left / 10) | 0;
      bytes[--end] = ZERO + left - tens * 10;
      left = tens;
    } while (left > 0);
  }
}
