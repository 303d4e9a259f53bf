/** The Huffman code of HTTP/2's header compression (RFC 7541, Appendix B). */

/**
 * Bits of the code of each octet; the last is EOS. The code is canonical: codes of one length
 * follow each other in the order of their octets, shorter ones before longer ones.
 */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const EOS = 256;
const LONGEST = 30;
/** Codes up to this length are looked up at once. */
const QUICK_BITS = 8;

interface CodesOfLength {
  readonly first: number;
  readonly octets: readonly number[];
}

const BY_LENGTH: readonly CodesOfLength[] = (() => {
  const all: CodesOfLength[] = [];
  let next = 0;
  for (let length = 0; length <= LONGEST; length++) {
    const octets = [...LENGTHS.keys()].filter((octet) => LENGTHS[octet] === length);
    all.push({ first: next, octets });
    next = (next + octets.length) * 2;
  }
  return all;
})();

/** By the next eight bits: octet × 16 + length, or 0 where the code is longer. */
const QUICK: Uint16Array = (() => {
  const table = new Uint16Array(1 << QUICK_BITS);
  for (let length = 1; length <= QUICK_BITS; length++) {
    const { first, octets } = BY_LENGTH[length]!;
    const copies = 1 << (QUICK_BITS - length);
    for (const [index, octet] of octets.entries()) {
      const entry = octet * 16 + length;
      table.fill(entry, (first + index) * copies, (first + index + 1) * copies);
    }
  }
  return table;
})();

/**
 * Decodes bytes[start, end) into `out` from its beginning; returns how many octets it made, or -1
 * where it is no such code. `out` has at least 8/5 of the length.
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number, out: Buffer): number {
  let held = 0;
  let bits = 0;
  let at = start;
  let made = 0;
  for (;;) {
    if (bits < QUICK_BITS) {
      for (; bits <= 16 && at < end; bits += 8) held = (held << 8) | bytes[at++]!;
    }
    // Higher bits of `held` are of codes that were taken already.
    const short = QUICK_BITS - bits;
    const entry = QUICK[(short > 0 ? held << short : held >>> -short) & 255]!;
    const length = entry & 15;
    if (length > 0 && length <= bits) {
      out[made++] = entry >>> 4;
      bits -= length;
    } else if (at === end && bits < QUICK_BITS) {
      // The rest is padding: the beginning of EOS, less than an octet.
      const padding = (1 << bits) - 1;
      return (held & padding) === padding ? made : -1;
    } else {
      let code = 0;
      let octet: number | undefined;
      for (let taken = 1; octet === undefined && taken <= LONGEST; taken++) {
        if (bits === 0) {
          if (at === end) return -1;
          held = bytes[at++]!;
          bits = 8;
        }
        bits--;
        code = code * 2 + ((held >>> bits) & 1);
        const { first, octets } = BY_LENGTH[taken]!;
        if (code >= first) octet = octets[code - first];
      }
      if (octet === undefined || octet === EOS) return -1;
      out[made++] = octet;
    }
  }
}
