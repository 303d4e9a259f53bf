import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command, MessageBody, Pdu, Tlv } from '../../../simulators/protocol/smpp/pdu.ts';
import { decodePdu, encodePdu, pduOf } from '../../../simulators/protocol/smpp/codec.ts';
import { COMMAND_IDS, messageBody } from '../../../simulators/protocol/smpp/pdu.ts';
import { createPduReader } from '../../../simulators/protocol/smpp/reader.ts';
import { readReceipt, receiptPdu } from '../../../simulators/protocol/smpp/receipt.ts';
import { statusName } from '../../../simulators/protocol/smpp/status.ts';
import { relativeTime, smppDelayMicros } from '../../../simulators/protocol/smpp/time.ts';

const octet = fc.nat({ max: 255 });
const cstring = (most: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: most - 1 })
    .map((codes) => String.fromCharCode(...codes));
const tlvs: fc.Arbitrary<Tlv[]> = fc.array(
  fc.record({
    tag: fc.nat({ max: 0xffff }),
    value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 4 },
);
const addresses = {
  sourceAddrTon: octet,
  sourceAddrNpi: octet,
  sourceAddr: cstring(21),
  destAddrTon: octet,
  destAddrNpi: octet,
  destinationAddr: cstring(21),
};
const message: fc.Arbitrary<MessageBody> = fc.record({
  serviceType: cstring(6),
  ...addresses,
  esmClass: octet,
  protocolId: octet,
  priorityFlag: octet,
  scheduleDeliveryTime: cstring(17),
  validityPeriod: cstring(17),
  registeredDelivery: octet,
  replaceIfPresentFlag: octet,
  dataCoding: octet,
  smDefaultMsgId: octet,
  shortMessage: fc.uint8Array({ maxLength: 254 }).map((bytes) => Buffer.from(bytes)),
});
const bind = fc.record({
  systemId: cstring(16),
  password: cstring(9),
  systemType: cstring(13),
  interfaceVersion: octet,
  addrTon: octet,
  addrNpi: octet,
  addressRange: cstring(41),
});
const messageId = fc.record({ messageId: cstring(65) });
const empty = fc.constant({});
const { destAddrTon, destAddrNpi, destinationAddr, ...source } = addresses;
const multi = {
  serviceType: cstring(6),
  ...source,
  esmClass: octet,
  protocolId: octet,
  priorityFlag: octet,
  scheduleDeliveryTime: cstring(17),
  validityPeriod: cstring(17),
  registeredDelivery: octet,
  replaceIfPresentFlag: octet,
  dataCoding: octet,
  smDefaultMsgId: octet,
  shortMessage: fc.uint8Array({ maxLength: 254 }).map((bytes) => Buffer.from(bytes)),
};
const destination = fc.oneof(
  fc.record({ destAddrTon, destAddrNpi, destinationAddr }),
  fc.record({ listName: cstring(21) }),
);
const unsuccess = fc.record({
  destAddrTon,
  destAddrNpi,
  destinationAddr,
  errorStatus: fc.nat({ max: 0xffff_ffff }),
});
const BODIES: { readonly [C in Command]: fc.Arbitrary<object> } = {
  generic_nack: empty,
  bind_receiver: bind,
  bind_receiver_resp: fc.record({ systemId: cstring(16) }),
  bind_transmitter: bind,
  bind_transmitter_resp: fc.record({ systemId: cstring(16) }),
  query_sm: fc.record({
    messageId: cstring(65),
    sourceAddrTon: octet,
    sourceAddrNpi: octet,
    sourceAddr: cstring(21),
  }),
  query_sm_resp: fc.record({
    messageId: cstring(65),
    finalDate: cstring(17),
    messageState: octet,
    errorCode: octet,
  }),
  submit_sm: message,
  submit_sm_resp: messageId,
  deliver_sm: message,
  deliver_sm_resp: messageId,
  unbind: empty,
  unbind_resp: empty,
  replace_sm: fc.record({
    messageId: cstring(65),
    ...source,
    scheduleDeliveryTime: cstring(17),
    validityPeriod: cstring(17),
    registeredDelivery: octet,
    smDefaultMsgId: octet,
    shortMessage: multi.shortMessage,
  }),
  replace_sm_resp: empty,
  outbind: fc.record({ systemId: cstring(16), password: cstring(9) }),
  submit_multi: fc.record({
    ...multi,
    destinations: fc.array(destination, { minLength: 1, maxLength: 20 }),
  }),
  submit_multi_resp: fc.record({
    messageId: cstring(65),
    unsuccessful: fc.array(unsuccess, { maxLength: 20 }),
  }),
  alert_notification: fc.record({
    ...source,
    esmeAddrTon: octet,
    esmeAddrNpi: octet,
    esmeAddr: cstring(65),
  }),
  cancel_sm: fc.record({ serviceType: cstring(6), messageId: cstring(65), ...addresses }),
  cancel_sm_resp: empty,
  bind_transceiver: bind,
  bind_transceiver_resp: fc.record({ systemId: cstring(16) }),
  enquire_link: empty,
  enquire_link_resp: empty,
  data_sm: fc.record({
    serviceType: cstring(6),
    ...addresses,
    esmClass: octet,
    registeredDelivery: octet,
    dataCoding: octet,
  }),
  data_sm_resp: messageId,
};
const anyPdu: fc.Arbitrary<Pdu> = fc
  .constantFrom(...(Object.keys(COMMAND_IDS) as Command[]))
  .chain((command) =>
    fc.record({
      command: fc.constant(command),
      status: fc.nat({ max: 0xffff_ffff }),
      sequence: fc.integer({ min: 1, max: 0x7fff_ffff }),
      body: BODIES[command],
      tlvs,
    }),
  ) as fc.Arbitrary<Pdu>;

/** One submit_sm, octet by octet: UCS-2 `AB` behind a concatenation header, one TLV. */
const BY_HAND = [
  '00000038 00000004 00000000 00000005',
  '00 02 01 3132333400 01 01 3939393000',
  '40 00 00 00 00 01 00 08 00',
  '0a 050003070201 00410042',
  '0426 0001 01',
];

describe('the codec', () => {
  test('gives back every PDU that it wrote', () => {
    fc.assert(
      fc.property(anyPdu, (pdu) => {
        const decoded = decodePdu(encodePdu(pdu));
        expect(decoded).toEqual({ kind: 'pdu', pdu });
      }),
      { numRuns: 500 },
    );
  });

  test('reads a submit_sm written by hand from the specification', () => {
    const bytes = Buffer.from(BY_HAND.join('').replaceAll(' ', ''), 'hex');
    expect(bytes.length).toBe(0x38);
    const decoded = decodePdu(bytes);
    expect(decoded).toMatchObject({
      kind: 'pdu',
      pdu: {
        command: 'submit_sm',
        sequence: 5,
        body: {
          sourceAddrTon: 2,
          sourceAddr: '1234',
          destinationAddr: '9990',
          esmClass: 0x40,
          registeredDelivery: 1,
          dataCoding: 8,
        },
        tlvs: [{ tag: 0x0426 }],
      },
    });
    if (decoded.kind !== 'pdu') return;
    expect(encodePdu(decoded.pdu).equals(bytes)).toBe(true);
  });

  test('never throws for any bytes, and points inside the PDU', () => {
    fc.assert(
      fc.property(anyPdu, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (pdu, place, value, cut) => {
        const bytes = encodePdu(pdu);
        bytes[4 + (place % (bytes.length - 4))] = value;
        const decoded = decodePdu(bytes.subarray(0, 16 + (cut % (bytes.length - 15))));
        if (decoded.kind === 'damaged') expect(decoded.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('names the field, the offset and the status of what is damaged', () => {
    const body = messageBody({ destinationAddr: '999', shortMessage: Buffer.from('Hello') });
    const bytes = encodePdu(pduOf('submit_sm', 9, body));
    const cases: readonly [Buffer, string, number, string][] = [
      [bytes.subarray(0, 20), 'submit_sm.destAddrTon', 20, 'ESME_RINVCMDLEN'],
      [bytes.subarray(0, 24), 'submit_sm.destinationAddr', 22, 'ESME_RINVDSTADR'],
      [bytes.subarray(0, bytes.length - 1), 'submit_sm.sm_length', 35, 'ESME_RINVMSGLEN'],
      [
        Buffer.concat([bytes, Buffer.of(4, 0x24, 0, 9, 1)]),
        'submit_sm.tlvs[0]',
        bytes.length,
        'ESME_RINVOPTPARSTREAM',
      ],
    ];
    for (const [damaged, field, offset, status] of cases) {
      const decoded = decodePdu(damaged);
      expect(decoded).toMatchObject({ kind: 'damaged', sequence: 9, field, offset });
      if (decoded.kind === 'damaged') expect(statusName(decoded.status)).toBe(status);
    }
    bytes.writeUInt32BE(0x999, 4);
    expect(decodePdu(bytes)).toMatchObject({ field: 'command_id', status: 3 });
  });

  test('tells what is wrong with a list of destinations', () => {
    const number = { destAddrTon: 1, destAddrNpi: 1, destinationAddr: '999' };
    const { destAddrTon: _ton, destAddrNpi: _npi, destinationAddr: _to, ...rest } = messageBody({});
    const body = { ...rest, destinations: [number, { listName: 'friends' }] };
    const bytes = encodePdu(pduOf('submit_multi', 9, body));
    const places: readonly [number, number, string, string][] = [
      [20, 0, 'submit_multi.number_of_dests', 'ESME_RINVNUMDESTS'],
      [20, 255, 'submit_multi.number_of_dests', 'ESME_RINVNUMDESTS'],
      [21, 7, 'submit_multi.dest_address[0]', 'ESME_RINVDESTFLAG'],
      [28, 9, 'submit_multi.dest_address[1]', 'ESME_RINVDESTFLAG'],
    ];
    for (const [offset, value, field, status] of places) {
      const damaged = Buffer.from(bytes);
      damaged[offset] = value;
      const decoded = decodePdu(damaged);
      expect(decoded).toMatchObject({ kind: 'damaged', field, offset });
      if (decoded.kind === 'damaged') expect(statusName(decoded.status)).toBe(status);
    }
    const many = Array.from({ length: 255 }, () => number);
    expect(() => encodePdu(pduOf('submit_multi', 1, { ...body, destinations: many }))).toThrowError(
      /destinations/,
    );
  });

  test('refuses to write a field that is too long', () => {
    const long = messageBody({ shortMessage: Buffer.alloc(255) });
    expect(() => encodePdu(pduOf('submit_sm', 1, long))).toThrowError(/shortMessage/);
    const address = messageBody({ destinationAddr: '1'.repeat(21) });
    expect(() => encodePdu(pduOf('submit_sm', 1, address))).toThrowError(/destinationAddr/);
  });
});

describe('the reader', () => {
  const collect = (mostBytes?: number) => {
    const frames: string[] = [];
    const broken: string[] = [];
    const reader = createPduReader({
      ...(mostBytes === undefined ? {} : { mostBytes }),
      onFrame: (bytes, start, end) => void frames.push(bytes.toString('hex', start, end)),
      onBroken: ({ reason }) => void broken.push(reason),
    });
    return { frames, broken, reader };
  };

  test('finds the same PDUs wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyPdu, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (pdus, cuts) => {
          const written = pdus.map((pdu) => encodePdu(pdu));
          const stream = Buffer.concat(written);
          const { frames, broken, reader } = collect();
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = cuts[turn % cuts.length]!;
            reader.push(stream.subarray(at, at + size));
            at += size;
          }
          expect(frames).toEqual(written.map((bytes) => bytes.toString('hex')));
          expect(broken).toEqual([]);
          expect(reader.waitingBytes).toBe(0);
        },
      ),
    );
  });

  test.each([
    ['shorter than a header', '0000000f00000015'],
    ['of four gigabytes', 'ffffffff00000015'],
    ['of a web browser', Buffer.from('GET / HTTP/1.1\r\n').toString('hex')],
  ])('stops at a command_length %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    for (const pieces of [[bytes], [bytes.subarray(0, 3), bytes.subarray(3)]]) {
      const { frames, broken, reader } = collect();
      for (const piece of pieces) reader.push(piece);
      reader.push(encodePdu(pduOf('enquire_link', 1, {})));
      expect(broken).toHaveLength(1);
      expect(frames).toEqual([]);
    }
  });
});

describe('a receipt', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  const receipt = {
    messageId: '17',
    state: 'DELIVERED',
    submitMillis: at,
    doneMillis: at + 60_000,
    errorCode: '000',
    text: '',
  } as const;

  test('has the text of appendix B and swaps the addresses', () => {
    const { body } = receiptPdu(receipt, messageBody({ sourceAddr: '12', destinationAddr: '99' }));
    expect(Buffer.from(body.shortMessage).toString()).toBe(
      'id:17 sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 ' +
        'stat:DELIVRD err:000 text:',
    );
    expect(body).toMatchObject({ esmClass: 4, sourceAddr: '99', destinationAddr: '12' });
  });

  test('is read by its parameters, or by its text alone', () => {
    const { body, tlvs: parameters } = receiptPdu(
      { ...receipt, state: 'EXPIRED' },
      messageBody({}),
    );
    const read = { messageId: '17', state: 'EXPIRED', errorCode: '000' };
    expect(readReceipt(body, parameters)).toEqual(read);
    expect(readReceipt(body, [])).toEqual(read);
    expect(readReceipt({ ...body, esmClass: 0 }, parameters)).toBeUndefined();
  });

  test('of a message under way is another type; a failure names the network’s error', () => {
    const reference = Uint8Array.of(0, 7);
    const failed = receiptPdu(
      { ...receipt, state: 'UNDELIVERABLE', errorCode: '027' },
      messageBody({}),
      { userMessageReference: reference },
    );
    const tags = failed.tlvs.map(({ tag, value }) => [tag, Buffer.from(value).toString('hex')]);
    expect(tags).toContainEqual([0x0423, '03001b']);
    expect(tags).toContainEqual([0x0204, '0007']);
    const interim = receiptPdu({ ...receipt, state: 'ENROUTE' }, messageBody({}), {
      intermediate: true,
      parameters: false,
    });
    expect(interim).toMatchObject({ body: { esmClass: 0x20 }, tlvs: [] });
    expect(readReceipt(interim.body, [])?.state).toBe('ENROUTE');
  });
});

describe('a time', () => {
  const now = Date.UTC(2026, 0, 1);
  test.each([
    ['000000000130000R', 90_000_000],
    ['000001000000000R', 86_400_000_000],
    ['260101000100000+', 60_000_000],
    ['260101010100004+', 60_000_000],
    ['251231230100004-', 60_000_000],
    ['250101000000000+', 0],
  ])('%s', (text, micros) => {
    expect(smppDelayMicros(text, now)).toBe(micros);
  });

  test.each(['', 'tomorrow', '261301000000000+', '26010100000000R'])('%j is none', (text) => {
    expect(smppDelayMicros(text, now)).toBeUndefined();
  });

  test('written as relative means the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 98 * 86_400 }), (seconds) => {
        expect(smppDelayMicros(relativeTime(seconds * 1_000_000), now)).toBe(seconds * 1_000_000);
      }),
    );
  });
});
