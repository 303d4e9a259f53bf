import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePdu, pduOf } from '../../../simulators/protocol/smpp/codec.ts';
import { createKnownTexts } from '../../../simulators/protocol/smpp/known-texts.ts';
import { createPduWriter } from '../../../simulators/protocol/smpp/writer.ts';

const answer = (nth: number) => pduOf('submit_sm_resp', nth, { messageId: `id-${nth}` });
const tooLong = pduOf('submit_sm_resp', 9, { messageId: '1'.repeat(65) });

describe('what leaves on a connection', () => {
  test('leaves one by one, or a batch in one write, with the same octets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 90 }), { maxLength: 8 }), (batches) => {
        const writes: Buffer[] = [];
        const writer = createPduWriter((bytes) => writes.push(bytes));
        const expected: Buffer[] = [];
        let nth = 0;
        for (const size of batches) {
          const own: Buffer[] = [];
          writer.begin();
          for (let count = 0; count < size; count++) {
            const pdu = answer(++nth);
            own.push(encodePdu(pdu));
            writer.write(pdu, true);
            writer.write(answer(0), false);
          }
          writer.flush();
          if (size > 0) expected.push(Buffer.concat(own));
          const alone = answer(++nth);
          writer.write(alone, true);
          expected.push(encodePdu(alone));
        }
        expect(writes.map((bytes) => bytes.toString('hex'))).toEqual(
          expected.map((bytes) => bytes.toString('hex')),
        );
      }),
    );
  });

  test('is forgotten with a broken connection', () => {
    const writes: Buffer[] = [];
    const writer = createPduWriter((bytes) => writes.push(bytes));
    writer.begin();
    writer.write(answer(1), true);
    writer.drop();
    writer.flush();
    expect(writes).toEqual([]);
  });

  test('is refused when a field is too long, wanted or not, and the batch goes on', () => {
    const writes: Buffer[] = [];
    const writer = createPduWriter((bytes) => writes.push(bytes));
    writer.begin();
    writer.write(answer(1), true);
    for (const wanted of [true, false]) {
      expect(() => writer.write(tooLong, wanted)).toThrowError(/messageId/);
    }
    expect(() => writer.check(tooLong)).toThrowError(/messageId/);
    writer.flush();
    expect(writes).toEqual([encodePdu(answer(1))]);
  });
});

describe('texts that come again', () => {
  test('are what stands in the octets, whatever came before', () => {
    const texts = createKnownTexts();
    const octets = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(octets, octets, (one, other) => {
        const all = Buffer.concat([other, one, other]);
        const [start, end] = [other.length, other.length + one.length];
        for (const look of [1, 2]) {
          expect([look, texts.read(all, start, end)]).toEqual([look, one.toString('latin1')]);
          expect(texts.read(all, 0, start)).toBe(other.toString('latin1'));
        }
      }),
    );
  });
});
