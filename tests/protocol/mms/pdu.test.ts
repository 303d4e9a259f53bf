import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  composeMms,
  mmsAddress,
  numberOf,
  readMmsParts,
} from '../../../simulators/protocol/mms/message.ts';
import { decodeMms, encodeMms } from '../../../simulators/protocol/mms/pdu.ts';
import type { MmsPdu } from '../../../simulators/protocol/mms/pdu.ts';
import { readMmsPush, writeMmsPush } from '../../../simulators/protocol/mms/wap-push.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const NUMBER = '+999100000001/TYPE=PLMN';

/** One of each type, with every field that it must have and some that it may. */
const EACH: readonly MmsPdu[] = [
  {
    type: 'm-send-req',
    transactionId: 'p2p:7',
    version: 0x12,
    date: 1_767_225_600,
    from: null,
    to: [NUMBER, '+999100000002/TYPE=PLMN'],
    cc: ['ana@example.org'],
    subject: 'Grüße aus Köln',
    messageClass: 'personal',
    expiry: { relativeSeconds: 86_400 },
    priority: 'normal',
    deliveryReport: true,
    readReport: false,
    ...composeMms('Grüße 🙂', [{ type: 'image/jpeg', name: 'a.jpg', bytes: Buffer.alloc(300, 7) }]),
  },
  {
    type: 'm-send-conf',
    transactionId: 'p2p:7',
    version: 0x13,
    messageId: 'mms:1@northtel',
    responseStatus: 'error-permanent-content-not-accepted',
    responseText: 'too large',
  },
  {
    type: 'm-notification-ind',
    transactionId: 'mms:2',
    version: 0x13,
    from: NUMBER,
    messageClass: 'personal',
    messageSize: 123_456,
    expiry: { atSeconds: 1_767_312_000 },
    contentLocation: 'http://mms-northtel.test/mmsc/0123456789abcdef',
  },
  {
    type: 'm-notifyresp-ind',
    transactionId: 'mms:2',
    version: 0x13,
    status: 'retrieved',
    reportAllowed: true,
  },
  { type: 'm-acknowledge-ind', transactionId: 'mms:2', version: 0x13, reportAllowed: false },
  {
    type: 'm-retrieve-conf',
    transactionId: 'mms:2',
    version: 0x13,
    date: 1_767_225_600,
    retrieveStatus: 'error-permanent-message-not-found',
    retrieveText: 'over',
  },
  {
    type: 'm-delivery-ind',
    version: 0x13,
    messageId: 'mms:1@northtel',
    date: 1_767_225_600,
    to: [NUMBER],
    status: 'unreachable',
  },
  {
    type: 'm-read-rec-ind',
    version: 0x13,
    messageId: 'mms:1@northtel',
    from: NUMBER,
    to: [NUMBER],
    readStatus: 'read',
  },
  {
    type: 'm-read-orig-ind',
    version: 0x13,
    messageId: 'mms:1@northtel',
    date: 1_767_225_600,
    from: NUMBER,
    to: [NUMBER],
    readStatus: 'deleted-without-being-read',
  },
];

function decoded(octets: Uint8Array): MmsPdu {
  const read = decodeMms(octets);
  if (read.kind !== 'pdu') throw new Error(`${read.offset}: ${read.reason}`);
  return read.pdu;
}

const plain = (pdu: MmsPdu): unknown =>
  JSON.parse(
    JSON.stringify(pdu, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );

describe('MMS PDUs', () => {
  test.each(EACH)('$type is read as it was written', (pdu) => {
    expect(plain(decoded(encodeMms(pdu)))).toEqual(plain(pdu));
  });

  test('a notification stands on the wire as OMA-TS-MMS_ENC writes it', () => {
    const octets = hex(`
      8c 82  98 54 31 00  8d 92  89 19 80 2b39393931303030303030303 1 2f545950453d504c4d4e 00
      8a 80  88 05 81 03 03 f4 80  8e 02 75 30  83 687474703a2f2f6d2f31 00`);
    expect(decoded(octets)).toEqual({
      type: 'm-notification-ind',
      transactionId: 'T1',
      version: 0x12,
      from: NUMBER,
      messageClass: 'personal',
      expiry: { relativeSeconds: 259_200 },
      messageSize: 30_000,
      contentLocation: 'http://m/1',
    });
    expect(encodeMms(decoded(octets)).toString('hex')).toBe(octets.toString('hex'));
  });

  test('addresses in Latin-1 are read, and content types that have only a number', () => {
    const octets = hex('8c84 8d90 850467748580 89 05 80 03 84 fc 00 84 8a 61');
    expect(decoded(octets)).toMatchObject({ from: 'ü', content: { type: 'application/x-wap-10' } });
  });

  test('fields that nobody knows are passed over: well-known, with a length, and named', () => {
    const unknown = hex('af 84  b0 03 01 02 03  b1 6162 00  582d4f776e 00 78 00');
    const known = encodeMms(EACH[4]!);
    const octets = Buffer.concat([known, unknown]);
    expect(decoded(octets)).toEqual(EACH[4]);
  });

  test.each([
    ['nothing', '', 0, 'X-Mms-Message-Type'],
    ['another beginning', '8d92', 0, 'begins with'],
    ['an unknown type', '8cff', 1, 'message type 255'],
    ['a text without an end', '8c81 98 5431', 3, 'no end'],
    ['a version of another major', '8c81 985400 8da0 9280', 6, 'major version 2'],
    ['a field twice', '8c85 985400 985500 8d92', 5, 'stands there twice'],
    ['no transaction id', '8c85 8d92', 4, 'has no X-Mms-Transaction-Id'],
    ['an unknown status', '8c83 985400 8d92 9501', 8, 'X-Mms-Status 1'],
    ['a value longer than the rest', '8c82 985400 8d92 88 1e81', 9, 'needs 30 octets'],
    ['a length without an end', '8c82 985400 8d92 88 1fffffffffff', 9, 'more than 5 octets'],
    ['for nobody', '8c80 985400 8d92 890181 84 83', 12, 'for nobody'],
    ['a part longer than the rest', '8c80 985400 8d92 890181 976100 84b3 01 01ff7f83', 20, 'needs'],
    ['too many parts', '8c80 985400 8d92 890181 976100 84b3 ff7f', 15, 'at most 64'],
    [
      'another character set',
      '8c80 985400 8d92 890181 9603ea6100 9704 85616200',
      16,
      'character set',
    ],
  ])('%s is refused with offset and reason', (_what, octets, offset, reason) => {
    const read = decodeMms(hex(octets));
    expect(read).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    if (read.kind === 'refused') expect(read.offset).toBe(offset);
  });

  test('damaged octets are read or refused, never thrown at anybody', () => {
    const damage = fc.record({
      of: fc.nat({ max: EACH.length - 1 }),
      at: fc.nat({ max: 600 }),
      to: fc.nat({ max: 255 }),
      end: fc.nat({ max: 700 }),
    });
    fc.assert(
      fc.property(damage, ({ of, at, to, end }) => {
        const octets = encodeMms(EACH[of]!).subarray(0, end);
        if (at < octets.length) octets[at] = to;
        const read = decodeMms(octets);
        if (read.kind === 'refused') {
          expect(read.offset).toBeLessThanOrEqual(octets.length);
          expect(read.reason).not.toBe('');
        }
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        expect(['pdu', 'refused']).toContain(decodeMms(octets).kind);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any words and files come out as they went in', () => {
    const file = fc.record({
      type: fc.constantFrom('image/jpeg', 'image/png', 'application/pdf', 'video/mp4'),
      name: fc.stringMatching(/^[a-z]{1,8}\.[a-z]{3}$/),
      bytes: fc.uint8Array({ maxLength: 5_000 }),
    });
    const words = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(words, fc.array(file, { maxLength: 3 }), (said, files) => {
        const req = { ...EACH[0]!, ...composeMms(said, files) };
        const read = readMmsParts(decoded(encodeMms(req)).parts ?? []);
        expect(read.words).toBe(said);
        expect(
          read.files.map(({ type, name, bytes }) => ({ type, name, bytes: [...bytes] })),
        ).toEqual(files.map(({ type, name, bytes }) => ({ type, name, bytes: [...bytes] })));
      }),
      { numRuns: 200 },
    );
  });

  test('numbers are addressed with their type', () => {
    expect(numberOf(mmsAddress('+999100000001'))).toBe('+999100000001');
    expect(numberOf('ana@example.org')).toBeUndefined();
  });
});

describe('WAP push', () => {
  const body = encodeMms(EACH[2]!);

  test('goes to port 2948 as application/vnd.wap.mms-message', () => {
    const [only, more] = writeMmsPush(body.subarray(0, 100), 0x2a);
    expect(more).toBeUndefined();
    expect(Buffer.from(only!.subarray(0, 13)).toString('hex')).toBe('0605040b8423f02a0603beaf84');
  });

  test('goes in parts of at most 140 octets, and is whole again in any order', () => {
    const long = Buffer.concat([body, Buffer.alloc(500, 0x61)]);
    const parts = writeMmsPush(long, 1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(140);
    const read = readMmsPush([...parts].reverse());
    expect(read.kind === 'push' && Buffer.from(read.body).equals(long)).toBe(true);
    expect(readMmsPush(parts.slice(1))).toMatchObject({ kind: 'refused' });
  });

  test('damaged ones are refused, never thrown', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 139 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: 140 }),
        (at, to, end) => {
          const [first = new Uint8Array(), ...others] = writeMmsPush(body, 9).map((one) =>
            Buffer.from(one),
          );
          const cut = first.subarray(0, end);
          if (at < cut.length) cut[at] = to;
          expect(['push', 'refused']).toContain(readMmsPush([cut, ...others]).kind);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
