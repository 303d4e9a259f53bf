import { describe, expect, test } from 'vitest';
import { CALLER_HEADER } from '../../simulators/protocol/mms/assignments.ts';
import { composeMms, mmsAddress } from '../../simulators/protocol/mms/message.ts';
import { decodeMms, encodeMms } from '../../simulators/protocol/mms/pdu.ts';
import type { MmsPdu } from '../../simulators/protocol/mms/pdu.ts';
import { carrier, cellOf, people, worldStage } from '../world/stage.ts';

const MMS = { maxBytes: 20_000, delayMicros: [1_000, 2_000] } as const;
const [ANA, BEN] = ['+999100000001', '+999100000002'];
const URL_ = 'http://mms-northtel.test/mmsc';

const request = (over: Partial<MmsPdu> = {}, bytes = 10): MmsPdu => ({
  type: 'm-send-req',
  transactionId: 't1',
  from: null,
  to: [mmsAddress(BEN)],
  deliveryReport: true,
  ...composeMms('Hello', [{ type: 'image/jpeg', name: 'a.jpg', bytes: Buffer.alloc(bytes) }]),
  ...over,
});

async function begun() {
  const carriers = ['northtel', 'southcell'].map((name) => carrier(name, { mms: MMS }));
  const cell = cellOf({ people: people(), carriers }, { worldCheck: true });
  const stage = await worldStage(cell);
  const call = async (body: Uint8Array | undefined, caller = ANA, url = URL_) => {
    const headers = { [CALLER_HEADER]: caller };
    const method = body === undefined ? 'GET' : 'POST';
    const sent = { method, url, headers, ...(body !== undefined && { body }) };
    const result = await stage.settled(stage.network.request(sent));
    if (result.kind !== 'answer') throw new Error(result.reason);
    const { status, body: octets } = result.response;
    const read = decodeMms(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
    return { status, pdu: read.kind === 'pdu' ? read.pdu : undefined };
  };
  return { ...stage, call };
}

describe('an MMS centre', () => {
  test('answers damaged octets with offset and reason, and takes nothing', async () => {
    const { call, of } = await begun();
    const whole = encodeMms(request());
    const { status, pdu } = await call(whole.subarray(0, whole.length - 4));
    expect(status).toBe(200);
    expect(pdu).toMatchObject({
      type: 'm-send-conf',
      transactionId: 't1',
      responseStatus: 'error-permanent-message-format-corrupt',
      responseText: expect.stringMatching(/^octet \d+: /),
    });
    const nonsense = await call(Buffer.from('not a PDU at all'));
    expect(nonsense.pdu).toMatchObject({ responseText: expect.stringContaining('octet 0') });
    expect(of('carried')).toEqual([]);
  });

  test('refuses what is too large, and numbers that are none', async () => {
    const { call } = await begun();
    const large = await call(encodeMms(request({}, 30_000)));
    expect(large.pdu).toMatchObject({
      responseStatus: 'error-permanent-content-not-accepted',
      responseText: expect.stringContaining('at most 20000'),
    });
    const mail = await call(encodeMms(request({ to: ['ana@example.org'] })));
    expect(mail.pdu?.responseStatus).toBe('error-permanent-sending-address-unresolved');
  });

  test('serves its own lines only, and gives a message to nobody but its person', async () => {
    const { call, of, run } = await begun();
    expect((await call(encodeMms(request()), '+999100009999')).status).toBe(403);
    expect((await call(encodeMms(request()), BEN)).status).toBe(403);
    await call(encodeMms(request({ to: [mmsAddress(BEN)] })));
    await run(10);
    expect(of('mms.retrieved')).toHaveLength(1);
    const url = 'http://mms-southcell.test/mmsc/0123';
    expect((await call(undefined, BEN, url)).pdu).toMatchObject({
      type: 'm-retrieve-conf',
      retrieveStatus: 'error-permanent-message-not-found',
    });
  });

  test('takes a repeated submission once, and names it the same', async () => {
    const { call, of, run } = await begun();
    const first = await call(encodeMms(request()));
    const again = await call(encodeMms(request()));
    expect(again.pdu?.messageId).toBe(first.pdu?.messageId);
    await run(10);
    expect(of('mms.notified')).toHaveLength(1);
  });

  test('hides blind copies from the others, and writes down itself who sent it', async () => {
    const { call, run, of } = await begun();
    const posing = { from: mmsAddress('+4900000'), bcc: [mmsAddress(ANA)] };
    await call(encodeMms(request(posing)));
    await run(10);
    const seen = of('mms.retrieved').map(({ person, people: named }) => [person, named]);
    expect(Object.fromEntries(seen)).toEqual({ ana: ['ana', 'ben'], ben: ['ana', 'ben'] });
  });
});
