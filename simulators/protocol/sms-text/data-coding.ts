/** Text of an SMS body by its data_coding: SMPP 3.4 §5.2.19, message classes of TS 23.038 §4. */
import { decodeGsm } from './gsm-alphabet.ts';

export const DATA_CODING = { default: 0, ascii: 1, latin1: 3, binary: 4, ucs2: 8 } as const;

type Charset = 'gsm-7' | 'ascii' | 'latin1' | 'ucs2' | 'binary';

function charsetOf(dataCoding: number): Charset {
  if (dataCoding === DATA_CODING.default) return 'gsm-7';
  if (dataCoding === DATA_CODING.ascii) return 'ascii';
  if (dataCoding === DATA_CODING.latin1) return 'latin1';
  if (dataCoding === DATA_CODING.ucs2) return 'ucs2';
  // 1111xxxx: data coding with message class; 00x1xxxx: general coding with message class.
  if (dataCoding >> 4 === 0xf) return (dataCoding & 4) === 0 ? 'gsm-7' : 'binary';
  if (dataCoding >> 4 === 1) {
    return (['gsm-7', 'binary', 'ucs2', 'binary'] as const)[(dataCoding >> 2) & 3] ?? 'binary';
  }
  return 'binary';
}

/** The text; binary bodies give one character an octet, so that nothing is lost on the way. */
export function decodeText(octets: Uint8Array, dataCoding: number): string {
  switch (charsetOf(dataCoding)) {
    case 'gsm-7':
      return decodeGsm(octets);
    case 'ucs2':
      return Buffer.from(octets.subarray(0, octets.length & ~1))
        .swap16()
        .toString('utf16le');
    case 'ascii':
    case 'latin1':
    case 'binary':
      return Buffer.from(octets).toString('latin1');
  }
}

/** UCS-2 big endian (really UTF-16: phones show surrogate pairs). */
export function encodeUcs2(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16();
}
