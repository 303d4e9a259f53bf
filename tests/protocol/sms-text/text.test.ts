import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeUcs2 } from '../../../simulators/protocol/sms-text/data-coding.ts';
import {
  decodeGsm,
  encodeGsm,
  packSeptets,
  unpackSeptets,
} from '../../../simulators/protocol/sms-text/gsm-alphabet.ts';
import { segmentText } from '../../../simulators/protocol/sms-text/segment.ts';
import {
  concatenationHeader,
  readUserData,
} from '../../../simulators/protocol/sms-text/user-data-header.ts';

const gsmText = fc
  .array(
    fc.constantFrom(
      ...Array.from('@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%AZaz09ÄÖÑÜ§¿äöñüà^{}\\[~]|€'),
    ),
  )
  .map((chars) => chars.join(''));

describe('the GSM alphabet', () => {
  test('gives back what it encoded, packed or not, with any fill bits', () => {
    fc.assert(
      fc.property(gsmText, fc.nat({ max: 6 }), (text, fill) => {
        const septets = encodeGsm(text)!;
        expect(decodeGsm(septets)).toBe(text);
        const packed = packSeptets(septets, fill);
        expect(unpackSeptets(packed, septets.length, fill)).toEqual(septets);
      }),
    );
  });

  test('packs as the well-known example does', () => {
    const packed = packSeptets(encodeGsm('hellohello')!);
    expect(Buffer.from(packed).toString('hex')).toBe('e8329bfd4697d9ec37');
  });

  test('has 128 codes at their places', () => {
    expect(decodeGsm(Uint8Array.of(0x00, 0x02, 0x11, 0x24, 0x40, 0x5f, 0x60, 0x7f))).toBe(
      '@$_¤¡§¿à',
    );
    expect(decodeGsm(Uint8Array.of(0x1b, 0x65, 0x1b, 0x41, 0x1b))).toBe('€A ');
    expect(encodeGsm('Привет')).toBeUndefined();
  });
});

describe('data_coding', () => {
  test.each([
    [0, [0x00, 0x7b], '@ä'],
    [1, [0x41, 0x7b], 'A{'],
    [3, [0xe4], 'ä'],
    [8, [0x04, 0x1f, 0xd8, 0x3d, 0xde, 0x00], 'П😀'],
    [0xf0, [0x00], '@'],
    [0x18, [0x04, 0x1f], 'П'],
    [4, [0xff, 0x00], '\u00ff\u0000'],
  ])('%i', (dataCoding, octets, text) => {
    expect(decodeText(Uint8Array.from(octets), dataCoding)).toBe(text);
  });
});

/** What a phone does with the parts. */
function join(parts: ReturnType<typeof segmentText>): string {
  const bodies = parts.map((part) =>
    part.esmClass === 0 ? part.shortMessage : readUserData(part.shortMessage)!.payload,
  );
  return decodeText(Buffer.concat(bodies), parts[0]!.dataCoding);
}

describe('segments', () => {
  test('join to the text and fit into 140 octets', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 900 }),
      gsmText,
      gsmText.map((some) => some.repeat(9)),
    );
    fc.assert(
      fc.property(text, fc.nat({ max: 255 }), (whole, reference) => {
        const parts = segmentText(whole, reference);
        expect(join(parts)).toBe(whole);
        parts.forEach((part, index) => {
          const header = part.esmClass === 0 ? 0 : 6;
          const units = part.shortMessage.length - header;
          const octets = part.dataCoding === 8 ? units : Math.ceil((units * 7) / 8);
          expect(octets).toBeLessThanOrEqual(140 - header);
          if (parts.length === 1) return;
          expect(readUserData(part.shortMessage)?.concatenation).toEqual({
            reference,
            total: parts.length,
            part: index + 1,
          });
        });
      }),
    );
  });

  test('never end inside a surrogate pair or an escape sequence', () => {
    const emoji = segmentText(`a${'😀'.repeat(80)}`, 1).map((part) =>
      decodeText(readUserData(part.shortMessage)!.payload, 8),
    );
    for (const part of emoji) expect(part.isWellFormed()).toBe(true);
    for (const part of segmentText(`a${'€'.repeat(120)}`, 1)) {
      expect(readUserData(part.shortMessage)!.payload.at(-1)).not.toBe(0x1b);
    }
  });

  test('of 160 septets and of 70 UCS-2 characters are one', () => {
    expect(segmentText('a'.repeat(160), 1)).toHaveLength(1);
    expect(segmentText('a'.repeat(161), 1)).toHaveLength(2);
    expect(segmentText('П'.repeat(70), 1)).toHaveLength(1);
    expect(segmentText('П'.repeat(71), 1)).toHaveLength(2);
    expect(() => segmentText('a'.repeat(60_000), 1)).toThrowError(/255 parts/);
  });
});

describe('a user data header', () => {
  test('with 16 bits of reference, beside other elements', () => {
    const octets = Uint8Array.of(11, 0x24, 1, 2, 0x08, 4, 1, 2, 3, 2, 0x99, 0, 0x41);
    expect(readUserData(octets)).toEqual({
      concatenation: { reference: 258, total: 3, part: 2 },
      payload: Uint8Array.of(0x41),
    });
  });

  test('that is longer than the message cannot be read; a part beyond the total is ignored', () => {
    expect(readUserData(Uint8Array.of(9, 0, 3))).toBeUndefined();
    expect(readUserData(Uint8Array.of(5, 0, 9, 1, 2, 1))).toBeUndefined();
    const beyond = concatenationHeader({ reference: 1, total: 2, part: 3 });
    expect(readUserData(beyond)?.concatenation).toBeUndefined();
  });

  test('of any bytes is read or refused, never thrown over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = readUserData(bytes);
        expect(read === undefined || read.payload.length < bytes.length).toBe(true);
      }),
    );
  });

  test('gives UCS-2 in network order', () => {
    expect(Buffer.from(encodeUcs2('A😀')).toString('hex')).toBe('0041d83dde00');
  });
});
