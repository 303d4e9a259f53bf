import { buffer } from 'node:stream/consumers';
import { constants, createDeflate, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createCanary, isCanary } from '../../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../../simulators/protocol/canary/scanner.ts';
import { mayBeRawDeflate } from '../../../simulators/protocol/canary/deflate-check.ts';

const scanner = createScanner();
const canaries = fc.integer().map((seed) => createCanary(createRandom(seed)));
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const ascii = fc.string({ maxLength: 60 });

/** Septets without escapes: what a phone's packing does to ASCII letters. */
function pack(septets: readonly number[]): Buffer {
  const out = Buffer.alloc(Math.ceil((septets.length * 7) / 8));
  septets.forEach((septet, index) => {
    for (let bit = 0; bit < 7; bit++) {
      const place = index * 7 + bit;
      if (septet & (1 << bit)) out[place >> 3]! |= 1 << (place & 7);
    }
  });
  return out;
}

function everyByte(bytes: Buffer, write: (byte: number) => string): Buffer {
  return Buffer.from([...bytes].map(write).join(''));
}
const two = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Encodings that take any bytes. */
const LAYERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  base64: (bytes) => Buffer.from(bytes.toString('base64')),
  base64url: (bytes) => Buffer.from(bytes.toString('base64url')),
  'base64 in lines of 76': (bytes) =>
    Buffer.from(bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n')),
  'hex, lower case': (bytes) => Buffer.from(bytes.toString('hex')),
  'hex, upper case': (bytes) => Buffer.from(bytes.toString('hex').toUpperCase()),
  'percent, every byte': (bytes) => everyByte(bytes, (byte) => `%${two(byte)}`),
  'quoted-printable, every byte': (bytes) =>
    everyByte(bytes, (byte) => `=${two(byte).toUpperCase()}`),
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  'raw deflate': (bytes) => deflateRawSync(bytes),
};
const layerNames = fc.constantFrom(...Object.keys(LAYERS));

describe('a canary', () => {
  test('is 12 characters of capitals and digits, with a checksum', () => {
    fc.assert(
      fc.property(canaries, (canary) => {
        expect(canary).toMatch(/^QX7[0-9A-Z]{9}$/);
        expect(isCanary(canary)).toBe(true);
      }),
    );
  });

  test('is drawn again while it is taken', () => {
    const first = createCanary(createRandom(7));
    expect(createCanary(createRandom(7), (canary) => canary === first)).not.toBe(first);
  });

  test('with one character changed is not taken for a whole one', () => {
    let wrong = 0;
    const random = createRandom(1);
    for (let round = 0; round < 2_000; round++) {
      const canary = createCanary(random);
      const at = random.int(0, 11);
      const other = canary[at] === 'A' ? 'B' : 'A';
      const damaged = `${canary.slice(0, at)}${other}${canary.slice(at + 1)}`;
      if (isCanary(damaged)) wrong++;
    }
    // Ten bits of checksum: 2 of 2,000 expected.
    expect(wrong).toBeLessThan(12);
  });
});

describe('the scanner finds a canary', () => {
  test('in plain text, with what stands before and after it', () => {
    fc.assert(
      fc.property(canaries, text, text, (canary, before, after) => {
        expect(scanner.scan(`${before}${canary}${after}`)).toEqual([{ canary, as: 'plain' }]);
      }),
    );
  });

  test('in every layer, and in every layer of a layer of a layer', () => {
    const paths = fc.array(layerNames, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(canaries, text, text, paths, (canary, before, after, layers) => {
        let bytes: Buffer = Buffer.from(`${before}${canary}${after}`);
        for (const layer of layers) bytes = LAYERS[layer]!(bytes);
        expect(scanner.scan(bytes).map((hit) => hit.canary)).toContain(canary);
      }),
      { numRuns: 1_500 },
    );
  });

  test('in base64 and hex that stand in the middle of other text', () => {
    const inText = fc.constantFrom('base64', 'base64url', 'hex, lower case', 'hex, upper case');
    fc.assert(
      fc.property(canaries, ascii, ascii, text, inText, (canary, before, after, lead, layer) => {
        const blob = LAYERS[layer]!(Buffer.from(`${lead}${canary}`)).toString();
        const hits = scanner.scan(`${before}${blob}${after}`);
        expect(hits.map((hit) => hit.canary)).toContain(canary);
      }),
    );
  });

  test('in JSON escapes, all of it or some of it', () => {
    fc.assert(
      fc.property(canaries, fc.array(fc.boolean(), { minLength: 12 }), (canary, which) => {
        const escaped = [...canary]
          .map((char, index) => (which[index] ? `\\u00${two(char.charCodeAt(0))}` : char))
          .join('');
        expect(scanner.scan(`{"text":"x${escaped}y"}`)[0]?.canary).toBe(canary);
      }),
    );
  });

  test('in percent-encoding that encodes only some characters', () => {
    fc.assert(
      fc.property(canaries, fc.array(fc.boolean(), { minLength: 12 }), (canary, which) => {
        const escaped = [...canary]
          .map((char, index) => (which[index] ? `%${two(char.charCodeAt(0))}` : char))
          .join('');
        expect(scanner.scan(`/v1?text=${escaped}&x=1`)[0]?.canary).toBe(canary);
      }),
    );
  });

  test('wherever the octets in percent-encoding stand, near the canary or far from it', () => {
    const canary = createCanary(createRandom(5));
    const cut = canary.replace('X', '%58');
    const far = 'Lorem ipsum dolor sit amet. '.repeat(20);
    const quoted = everyByte(Buffer.from(canary.slice(1)), (byte) => `=${two(byte).toUpperCase()}`);
    const blob = gzipSync(`${canary}${canary}`).toString('base64').replaceAll('+', '%2B');
    const escaped = `\\u00${two(canary.charCodeAt(0))}${canary.slice(1)}`;
    const late = Buffer.from(`${far}${escaped}.`).toString('base64').replace(/=+$/, '');
    const last = two(late.charCodeAt(late.length - 20));
    const ways: Readonly<Record<string, string>> = {
      [`To=%2B4479&Body=${far}${canary}`]: 'plain',
      [`To=%2B4479&Body=${far}${cut}`]: 'percent',
      [`${cut}${far}&To=%2B4479`]: 'percent',
      [`a%20${far}${Buffer.from(canary).toString('hex').replace('51', '5%31')}`]: 'percent>hex',
      [`${far}%5Cu00${two(canary.charCodeAt(0))}${canary.slice(1)}`]: 'percent>json',
      [`${far}%3D${two(canary.charCodeAt(0)).toUpperCase()}${canary.slice(1)}`]:
        'percent>quoted-printable',
      // Several encodings in one canary, and runs that are far longer than what is near.
      [`${far}%51${quoted.toString()}`]: 'percent>quoted-printable',
      [`${far}&blob=${blob.replace('H4', '%484')}&${far}`]: 'percent>base64>gzip',
      [`${far}&blob=${late.slice(0, -20)}%${last}${late.slice(-19)}&${far}`]: 'percent>base64>json',
    };
    for (const [bytes, as] of Object.entries(ways)) {
      expect([bytes, ...scanner.scan(bytes)]).toEqual([bytes, { canary, as }]);
    }
  });

  test('the same in a text as when all of it is undone, however few octets are encoded', () => {
    const word = fc.constantFrom(
      'Dear customer, ',
      '100% sure ',
      'x^y',
      '%',
      '%%3',
      '=',
      '\\n',
      'é',
    );
    const texts = fc.array(fc.oneof(word, ascii), { maxLength: 8 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        texts,
        canaries,
        texts,
        share,
        fc.integer(),
        (before, canary, after, part, seed) => {
          const random = createRandom(seed);
          const some = (bytes: Buffer): string =>
            everyByte(bytes, (byte) =>
              random.chance(part) ? `%${two(byte)}` : String.fromCharCode(byte),
            ).toString('latin1');
          const hidden = some(Buffer.from(before.join('')).subarray(0, 200));
          const bytes = `${hidden}${some(Buffer.from(canary))}${some(Buffer.from(after.join('')))}`;
          expect(scanner.scan(Buffer.from(bytes, 'latin1')).map((hit) => hit.canary)).toContain(
            canary,
          );
        },
      ),
    );
  });

  test('in quoted-printable that a soft line break cuts in two', () => {
    const canary = createCanary(createRandom(3));
    const bytes = `Sch=C3=B6n: ${canary.slice(0, 5)}=\r\n${canary.slice(5)}`;
    expect(scanner.scan(bytes)).toEqual([{ canary, as: 'quoted-printable' }]);
  });

  test('in UTF-16 of both byte orders, also beneath other encodings', () => {
    fc.assert(
      fc.property(canaries, ascii, fc.boolean(), layerNames, (canary, before, swap, layer) => {
        const bytes = Buffer.from(`${before}${canary} `, 'utf16le');
        if (swap) bytes.swap16();
        const as = swap ? 'utf-16be' : 'utf-16le';
        expect(scanner.scan(bytes)).toEqual([{ canary, as }]);
        const hits = scanner.scan(LAYERS[layer]!(bytes));
        expect(hits.map((hit) => hit.canary)).toContain(canary);
      }),
    );
  });

  test('in base64 that was written as UTF-16', () => {
    fc.assert(
      fc.property(canaries, ascii, (canary, before) => {
        const inner = Buffer.from(`${before}${canary}`).toString('base64');
        const hits = scanner.scan(Buffer.from(`blob: ${inner}`, 'utf16le'));
        expect(hits.map((hit) => hit.canary)).toContain(canary);
      }),
    );
  });

  test('in packed GSM-7 at each of the eight bit alignments', () => {
    fc.assert(
      fc.property(canaries, fc.nat({ max: 40 }), fc.nat({ max: 20 }), (canary, before, after) => {
        const septets = [...`${'a'.repeat(before)}${canary}${'z'.repeat(after)}`];
        const packed = pack(septets.map((char) => char.charCodeAt(0)));
        expect(scanner.scan(packed)).toEqual([{ canary, as: 'gsm-7' }]);
        expect(scanner.scan(packed.toString('hex'))).toEqual([{ canary, as: 'hex>gsm-7' }]);
        expect(scanner.scan(packed.toString('base64'))).toEqual([{ canary, as: 'base64>gsm-7' }]);
      }),
    );
  });

  test('in gzip that begins in the middle of a multipart body', () => {
    const canary = createCanary(createRandom(4));
    const part = gzipSync(`{"text":"${canary}"}`);
    const body = Buffer.concat([Buffer.from('--b\r\n\r\n'), part, Buffer.from('\r\n--b--')]);
    expect(scanner.scan(body)).toEqual([{ canary, as: 'gzip' }]);
    const path = `{"url":"/blob/${part.toString('base64')}"}`;
    expect(scanner.scan(path)).toEqual([{ canary, as: 'base64>gzip' }]);
  });

  test('and names the encodings from the outside in', () => {
    const canary = createCanary(createRandom(5));
    const bytes = gzipSync(`{"text":"${canary}"}`).toString('base64');
    expect(scanner.scan(JSON.stringify({ data: bytes }))).toEqual([{ canary, as: 'base64>gzip' }]);
  });

  test('each of several once, the simplest encoding first', () => {
    const [one, two_] = [createCanary(createRandom(1)), createCanary(createRandom(2))];
    const hex = Buffer.from(`${one} ${two_}`).toString('hex');
    expect(scanner.scan(`${one} ${hex} ${one}`)).toEqual([
      { canary: one, as: 'plain' },
      { canary: two_, as: 'hex' },
    ]);
  });
});

describe('the scanner', () => {
  test('never finds anything in text without a canary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (clean) => {
        expect(scanner.scan(clean)).toEqual([]);
      }),
    );
  });

  test('never throws and finds nothing in random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expect(scanner.scan(bytes)).toEqual([]);
      }),
    );
  });

  test('does not take a damaged canary for a whole one', () => {
    const canary = createCanary(createRandom(6));
    expect(scanner.scan(`${canary.slice(0, 6)} ${canary.slice(6)}`)).toEqual([]);
    expect(scanner.scan(canary.slice(0, 11))).toEqual([]);
  });

  test('says when it did not read everything', () => {
    const small = createScanner({ inputBytes: 100, workBytes: 1_000 });
    const canary = createCanary(createRandom(8));
    const late = small.examine(`${'.'.repeat(200)}${canary}`);
    expect(late).toMatchObject({ hits: [], truncated: true });
    const bomb = small.examine(gzipSync(Buffer.alloc(1_000_000)));
    expect(bomb).toMatchObject({ hits: [], truncated: true });
    expect(small.examine(canary)).toMatchObject({ truncated: false });
  });

  test('finds the same with what it remembers of other bytes as without', () => {
    const experienced = createScanner();
    const canary = createCanary(createRandom(12));
    const hidden = gzipSync(canary).toString('base64').replace(/=+$/, '');
    const word = fc.constantFrom('messageTrafficType', 'x'.repeat(40), hidden, canary, '{"', '":"');
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.base64String(), ascii)), (words) => {
        const bytes = Buffer.from(words.join(' '));
        expect(experienced.examine(bytes)).toEqual(createScanner().examine(bytes));
        expect(experienced.examine(bytes)).toEqual(createScanner().examine(bytes));
      }),
    );
  });

  test('does not take a wrapping for empty because it had seen what is inside before', () => {
    const experienced = createScanner();
    const canary = createCanary(createRandom(13));
    const inner = gzipSync(canary).toString('base64').replace(/=+$/, '');
    const outer = Buffer.from(`<<${inner}>>`).toString('base64').replace(/=+$/, '');
    expect(experienced.scan(`${inner} ${outer}`)).toEqual([{ canary, as: 'base64>gzip' }]);
    expect(experienced.scan(outer)).toEqual([{ canary, as: 'base64>base64>gzip' }]);
  });

  test('does not take for empty what it had only seen too deep to be read', () => {
    const experienced = createScanner();
    const canary = createCanary(createRandom(14));
    const wrapped = (text: string): string =>
      Buffer.from(`<<${text}>>`).toString('base64').replace(/=+$/, '');
    const inner = gzipSync(canary).toString('base64').replace(/=+$/, '');
    expect(experienced.scan(wrapped(wrapped(inner)))).toEqual([]);
    expect(experienced.scan(wrapped(inner))).toEqual([{ canary, as: 'base64>base64>gzip' }]);
    expect(experienced.scan(inner)).toEqual([{ canary, as: 'base64>gzip' }]);
  });

  test('tells where the first hit stands', () => {
    const canary = createCanary(createRandom(9));
    const blob = Buffer.from(canary).toString('hex');
    expect(scanner.examine(`0123456789 ${canary}`).firstAt).toBe(11);
    expect(scanner.examine(`0123456789 ${blob}`).firstAt).toBe(11);
  });
});

describe('the quick check for raw deflate', () => {
  test('lets every real stream through, whatever the level and the strategy', () => {
    const level = fc.integer({ min: 0, max: 9 });
    const strategy = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 12, maxLength: 3_000 }),
        text,
        level,
        strategy,
        (random, words, level_, strategy_) => {
          const options = { level: level_, strategy: strategy_ };
          expect(mayBeRawDeflate(deflateRawSync(random, options))).toBe(true);
          const repeated = `${words}0123456789ab`.repeat(20);
          expect(mayBeRawDeflate(deflateRawSync(repeated, options))).toBe(true);
        },
      ),
    );
  });

  test('hides no zlib stream that stands among other bytes', () => {
    const options = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      strategy: fc.integer({ min: 0, max: 4 }),
    });
    const around = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(canaries, text, around, options, (canary, words, before, option) => {
        const stream = deflateSync(`${words} ${canary} ${words}`, option);
        const { hits } = scanner.examine(Buffer.concat([before, stream]));
        expect(hits.map((hit) => hit.canary)).toContain(canary);
      }),
    );
  });

  test('hides none that begins with an empty block, as an early flush makes it', async () => {
    const canary = createCanary(createRandom(12));
    const deflate = createDeflate();
    const flush = () =>
      new Promise<void>((resolve) => deflate.flush(constants.Z_PARTIAL_FLUSH, resolve));
    await flush();
    deflate.write(canary);
    await flush();
    deflate.end();
    const stream = await buffer(deflate);
    expect(scanner.examine(stream).hits.map((hit) => hit.canary)).toEqual([canary]);
  });

  test('refuses nearly all random bytes', () => {
    const random = createRandom(11);
    let passed = 0;
    for (let round = 0; round < 5_000; round++) if (mayBeRawDeflate(random.bytes(300))) passed++;
    expect(passed).toBeLessThan(100);
  });
});
