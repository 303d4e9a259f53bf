import { describe, expect, test } from 'vitest';
import { segmentText } from '../../simulators/protocol/sms-text/segment.ts';
import { ANA, send, story } from './sms-story.ts';
import { CANARY } from './sms-world.ts';

/** In two UCS-2 parts; the first of them ends in the middle of the canary. */
const CUT = `${'я'.repeat(60)}${CANARY} пока`;

const parts = (at: ReturnType<typeof story>) =>
  at.of('door.request').flatMap(({ part }) => (part === undefined ? [] : [part]));

describe('a part of a text, at the door', () => {
  test('names its number, how many there are, and the first that came', async () => {
    const at = story();
    const client = await at.bound();
    await send(at, client, CUT);
    expect(parts(at)).toEqual([
      { of: 'smpp:1', number: 1, total: 2 },
      { of: 'smpp:1', number: 2, total: 2 },
    ]);
    await send(at, client, 'in one part');
    expect(parts(at)).toHaveLength(2);
  });

  test('says when no receipt of its arrival was asked for', async () => {
    const at = story();
    const client = await at.bound();
    const [first, last] = segmentText(CUT, 7);
    void client.submit({ ...ANA, ...first!, registeredDelivery: 2 });
    void client.submit({ ...ANA, ...last!, registeredDelivery: 1 });
    await at.pass(1);
    expect(parts(at)).toEqual([
      { of: 'smpp:1', number: 1, total: 2, unasked: true },
      { of: 'smpp:1', number: 2, total: 2 },
    ]);
  });

  test('shows with the others which message it is, where the canary was cut', async () => {
    const at = story();
    const client = await at.bound();
    await send(at, client, CUT);
    expect(at.of('door.request').filter(({ part }) => part !== undefined)).toMatchObject([
      { wire: 'smpp:1' },
      { wire: 'smpp:2', message: 'alerts-1', channel: 'sms' },
    ]);
  });

  test('is read with those that were lost behind the door, which reach no phone', async () => {
    const at = story();
    const client = await at.bound();
    const { lift } = at.fault('answer-then-lose');
    await send(at, client, CUT);
    expect(at.of('door.request').at(-1)).toMatchObject({
      message: 'alerts-1',
      part: { of: 'smpp:1', number: 2, total: 2 },
    });
    lift();
    // The same reference for another text: nothing of the lost one is taken for it.
    await send(at, client, 'Привет '.repeat(14));
    expect(at.of('door.request').at(-1)).toMatchObject({ part: { of: 'smpp:3', number: 2 } });
    expect(at.of('door.request').at(-1)).not.toHaveProperty('message');
    expect(at.phones.ana.received).toHaveLength(1);
  });

  test('is not read with one that was lost long ago', async () => {
    const at = story();
    const client = await at.bound();
    const [first, last] = segmentText(CUT, 7);
    const { lift } = at.fault('answer-then-lose');
    void client.submit({ ...ANA, ...first! });
    await at.pass(70);
    lift();
    void client.submit({ ...ANA, ...last! });
    await at.pass(1);
    expect(parts(at).map(({ of }) => of)).toEqual(['smpp:1', 'smpp:2']);
  });
});
