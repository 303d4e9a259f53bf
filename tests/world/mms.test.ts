import { describe, expect, test } from 'vitest';
import { devicePlan, iphone, personPlan } from '../device/stage.ts';
import { carrier, cellOf, worldStage } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };
const MMS = { maxBytes: 100_000, delayMicros: [300_000, 800_000] } as const;

/** Ana at northtel, Ben at southcell, Cleo at westnet, which has no MMS; nobody has RCS. */
async function begun(rcs: readonly string[] = []) {
  const numbers = { ana: '+999100000001', ben: '+999100000002', cleo: '+999100000003' };
  const home = { ana: 'northtel', ben: 'southcell', cleo: 'westnet' } as const;
  const people = (['ana', 'ben', 'cleo'] as const).map((id) => {
    const device = id === 'ben' ? iphone('1') : devicePlan('1');
    const able = { ...device, rcs: rcs.includes(id), e2ee: false };
    return { ...personPlan(id, [able]), msisdn: numbers[id], carrier: home[id] };
  });
  const carriers = [
    carrier('northtel', { e2ee: false, mms: MMS }),
    carrier('southcell', { e2ee: false, mms: MMS }),
    carrier('westnet', { e2ee: false }),
  ];
  const stage = await worldStage(cellOf({ people, carriers }, { worldCheck: true }));
  let count = 0;
  const say = (from: string, to: string | string[], more: object = {}): string => {
    const id = `chat-${++count}`;
    const text = stage.plan(id, [to].flat()[0]!);
    stage.world.send(from, to, { id, text, ...more });
    return id;
  };
  const act = (target: string, verb: string, params = {}) =>
    stage.world.targets.get(target)!.verbs[verb]!({ params, ledger });
  return { ...stage, say, act };
}

const picture = (bytes: number, type = 'image/jpeg') => ({
  attachment: { name: 'a.jpg', type, content: Buffer.alloc(bytes, 7).toString('base64') },
});

describe('MMS between phones', () => {
  test('brings a picture with its words to another carrier, without a padlock', async () => {
    const { say, run, of } = await begun();
    say('ana', 'ben', picture(20_000));
    await run(20);
    expect(of('device.displayed')).toMatchObject([
      { device: 'person/ben/device/1', channel: 'mms', message: 'chat-1', padlock: false },
    ]);
    expect(of('attachment.displayed')).toMatchObject([{ part: 'file', bytes: 20_000 }]);
    expect(of('mms.retrieved')).toMatchObject([
      { people: ['ana', 'ben'], parts: ['text/plain', 'image/jpeg'] },
    ]);
    expect(of('mms.reported').map(({ status, of: who }) => [status, who])).toEqual([
      ['retrieved', 'ben'],
      ['read', 'ben'],
    ]);
  });

  test('both carriers can read it, their SMS centres and the push cannot', async () => {
    const { say, run, of } = await begun();
    say('ana', 'ben', picture(2_000));
    await run(20);
    const saw = of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(new Set(saw.map(({ where, channel }) => `${where} ${channel}`))).toEqual(
      new Set(['carrier/northtel/mms mms', 'carrier/southcell/mms mms']),
    );
    const pushes = of('tap.scanned').filter(({ where }) => where === 'carrier/southcell/sms');
    expect(pushes.filter(({ channel }) => channel === 'mms').length).toBeGreaterThan(0);
  });

  test('short words for one go by SMS; many words and groups by MMS, in one message', async () => {
    const { say, run, of } = await begun();
    say('ana', 'ben');
    say('ana', 'ben', { text: `${'x'.repeat(600)}` });
    say('ben', ['ana', 'cleo']);
    await run(40);
    const ways = of('carried').filter(({ wire }) => wire.startsWith('p2p:'));
    expect(ways.map(({ message, channel }) => [message, channel])).toEqual([
      ['chat-1', 'sms'],
      ['chat-2', 'mms'],
      ['chat-3', 'mms'],
      // Cleo's carrier has no MMS: she gets the words.
      ['chat-3', 'sms'],
    ]);
    expect(of('mms.submitted').map(({ to }) => to)).toEqual([['ben'], ['ana', 'cleo']]);
    expect(of('mms.reported')).toContainEqual(
      expect.objectContaining({ status: 'unreachable', of: 'cleo' }),
    );
    const shown = of('device.displayed').filter(({ message }) => message === 'chat-3');
    expect(shown.map(({ person, channel }) => [person, channel])).toEqual(
      expect.arrayContaining([
        ['ana', 'mms'],
        ['cleo', 'sms'],
      ]),
    );
  });

  test('is not taken while RCS reaches everybody', async () => {
    const { say, run, of } = await begun(['ana', 'ben']);
    say('ana', 'ben', { text: 'x'.repeat(600) });
    await run(20);
    expect(of('mms.submitted')).toEqual([]);
    expect(of('carried')[0]).toMatchObject({ channel: 'rcs' });
  });

  test('a picture that is too large is made smaller; another file is left behind', async () => {
    const { say, run, of } = await begun();
    say('ana', 'ben', picture(300_000));
    say('ana', 'ben', picture(300_000, 'application/pdf'));
    await run(30);
    const [smaller] = of('mms.submitted');
    expect(smaller).toMatchObject({ message: 'chat-1', reducedFrom: 300_000 });
    expect(smaller!.bytes).toBeLessThanOrEqual(MMS.maxBytes);
    expect(of('mms.file-left')).toMatchObject([{ message: 'chat-2', bytes: 300_000 }]);
    const shown = of('device.displayed').map(({ message, channel }) => [message, channel]);
    expect(Object.fromEntries(shown)).toEqual({ 'chat-1': 'mms', 'chat-2': 'sms' });
  });

  test.each(['error', 'black-hole', 'reset', 'refuse'])(
    'an outage of the sender’s centre (%s) delays it, and brings it once',
    async (mode) => {
      const { say, run, of, act } = await begun();
      const lift = act('carrier/northtel/mms', 'outage', { mode, status: 503 });
      say('ana', 'ben', picture(2_000));
      await run(60);
      expect(of('mms.submitted')).toEqual([]);
      lift();
      await run(180);
      expect(of('device.displayed').map(({ message }) => message)).toEqual(['chat-1']);
    },
  );

  test('an outage of the receiver’s centre: deferred, fetched and acknowledged', async () => {
    const { say, run, of, act } = await begun();
    say('ana', 'ben', picture(2_000));
    let seen = false;
    while (!seen) {
      await run(0.05);
      seen =
        of('mms.notified').length > 0 || of('stored').some(({ wire }) => wire.startsWith('mms:'));
    }
    const lift = act('carrier/southcell/mms', 'outage', { mode: 'error', status: 503 });
    await run(60);
    expect(of('device.displayed')).toEqual([]);
    lift();
    await run(120);
    expect(of('device.displayed').map(({ channel }) => channel)).toEqual(['mms']);
    expect(of('mms.reported').map(({ status }) => status)).toContain('retrieved');
  });

  test('a lost answer makes the phone send again; the centre drops the repetition', async () => {
    const { say, run, of, act } = await begun();
    const lift = act('carrier/northtel/mms', 'accept-then-drop-answer');
    say('ana', 'ben', picture(2_000));
    await run(3);
    lift();
    await run(60);
    expect(of('device.displayed').length).toBe(1);
    expect(of('mms.notified').length).toBe(1);
  });

  test('waits for a phone that is away, and is told as expired when its time is over', async () => {
    const { say, run, of, act } = await begun();
    const back = act('person/ben/device/1', 'offline');
    say('ana', 'ben', picture(2_000));
    await run(3_700);
    expect(of('expired').map(({ component }) => component)).toContain('carrier/southcell/mms');
    expect(of('mms.reported').map(({ status }) => status)).toEqual(['expired']);
    back();
    await run(60);
    expect(of('device.displayed')).toEqual([]);
  });

  test('acts on earlier messages have no word in MMS', async () => {
    const { say, run, of } = await begun();
    say('ana', ['ben', 'cleo'], { act: { kind: 'edit', of: 'chat-0' } });
    await run(20);
    expect(of('carried')).toEqual([]);
  });
});
