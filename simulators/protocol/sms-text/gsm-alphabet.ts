/** The GSM 7-bit default alphabet and its extension table: 3GPP TS 23.038 §6.2.1. */

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const ESCAPE = 0x1b;
const EXTENSION: Readonly<Record<number, string>> = {
  0x0a: '\f',
  0x14: '^',
  0x28: '{',
  0x29: '}',
  0x2f: '\\',
  0x3c: '[',
  0x3d: '~',
  0x3e: ']',
  0x40: '|',
  0x65: '€',
};

/** Character → septets (one, or the escape and one). */
const SEPTETS: ReadonlyMap<string, readonly number[]> = new Map([
  ...[...BASIC].flatMap((char, code): [string, number[]][] =>
    code === ESCAPE ? [] : [[char, [code]]],
  ),
  ...Object.entries(EXTENSION).map(([code, char]): [string, number[]] => [
    char,
    [ESCAPE, Number(code)],
  ]),
]);

/** Septets, one an octet; undefined when a character is not in the alphabet. */
export function encodeGsm(text: string): Uint8Array | undefined {
  const out: number[] = [];
  for (const char of text) {
    const septets = SEPTETS.get(char);
    if (septets === undefined) return undefined;
    out.push(...septets);
  }
  return Uint8Array.from(out);
}

/** 1 where a septet is the same character in ASCII: nearly everything that is written. */
const SAME = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 128 && BASIC.charCodeAt(code) === code && code !== ESCAPE ? 1 : 0,
);

function isAscii(septets: Uint8Array): boolean {
  for (let index = 0; index < septets.length; index++) {
    if (SAME[septets[index]!] === 0) return false;
  }
  return true;
}

/**
 * Text of septets, one an octet. An escape before a code without a meaning gives the basic
 * character, as §6.2.1.1 asks; a lone escape at the end gives a space.
 */
export function decodeGsm(septets: Uint8Array): string {
  if (isAscii(septets)) {
    const { buffer, byteOffset, length } = septets;
    const bytes = Buffer.isBuffer(septets) ? septets : Buffer.from(buffer, byteOffset, length);
    return bytes.toString('latin1');
  }
  let text = '';
  for (let index = 0; index < septets.length; index++) {
    const code = septets[index]! & 0x7f;
    if (code !== ESCAPE) {
      text += BASIC.charAt(code);
      continue;
    }
    const next = septets[++index];
    if (next === undefined) return `${text} `;
    text += EXTENSION[next & 0x7f] ?? BASIC.charAt(next & 0x7f);
  }
  return text;
}

/** Packs septets into octets, lowest bit first (§6.1.2.1), after `fillBits` of padding. */
export function packSeptets(septets: Uint8Array, fillBits = 0): Uint8Array {
  const out = new Uint8Array(Math.ceil((septets.length * 7 + fillBits) / 8));
  septets.forEach((septet, index) => {
    const bit = fillBits + index * 7;
    const value = (septet & 0x7f) << (bit & 7);
    out[bit >> 3]! |= value & 0xff;
    if (value > 0xff) out[(bit >> 3) + 1]! |= value >> 8;
  });
  return out;
}

/** The first `count` septets of packed octets. */
export function unpackSeptets(octets: Uint8Array, count: number, fillBits = 0): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => {
    const bit = fillBits + index * 7;
    const pair = (octets[bit >> 3] ?? 0) | ((octets[(bit >> 3) + 1] ?? 0) << 8);
    return (pair >> (bit & 7)) & 0x7f;
  });
}
