/** `openWorld`, the fixture and the matchers, from the side of whoever writes tests with them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, onTestFinished } from 'vitest';
import { expect, openWorld, test } from '../../harness/unit-tests/vitest.ts';
import type { SimulatedWorld, WorldDescription } from '../../harness/unit-tests/vitest.ts';

const TWO_WHO_ENCRYPT: WorldDescription = {
  carriers: { northtel: { e2ee: 'on' } },
  people: {
    ana: { device: 'android-16', carrier: 'northtel', app: 'on' },
    ben: { device: 'ios-26.5', carrier: 'northtel', app: 'on' },
  },
};

/** One message by Twilio's API, as JSON. */
async function send(
  world: SimulatedWorld,
  to: string,
  text: string,
  ask: typeof fetch = fetch,
): Promise<Record<string, unknown>> {
  const told = (name: string): string => world.environment[`gateway.twilio.${name}`] ?? '';
  const account = told('accountSid');
  const key = Buffer.from(`${account}:${told('authToken')}`).toString('base64');
  const response = await ask(
    `https://api.twilio.com/2010-04-01/Accounts/${account}/Messages.json`,
    {
      method: 'POST',
      headers: { authorization: `Basic ${key}` },
      body: new URLSearchParams({
        To: to,
        MessagingServiceSid: told('messagingServiceSid'),
        Body: text,
      }),
    },
  );
  return (await response.json()) as Record<string, unknown>;
}

const messageOf = (error: unknown): string => (error as Error).message;

/** What a matcher says when it does not hold; fails the test when it holds. */
async function complaint(matcher: Promise<void>): Promise<string> {
  return matcher.then(() => 'it held', messageOf);
}

test('a text without any canary is content, and the inbox has it', async ({ world }) => {
  const ana = world.person('ana');
  await send(world, ana.msisdn, 'Your parcel comes today');
  expect(ana.inbox).toEqual([]);
  await world.settle();
  expect(ana.inbox).toMatchObject([
    { text: 'Your parcel comes today', channel: 'rcs', padlock: false, read: true },
  ]);
  expect(world.person('ben').inbox).toEqual([]);
});

describe('matchers', () => {
  test('say whom a message reached instead, and what happened', async ({ world }) => {
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    const said = await complaint(expect(world.message('parcel')).toHaveReached('ben'));
    expect(said).toContain('expected the message “parcel” to have reached ben');
    expect(said).toContain('It was shown on person/ana/device/1 by readable RCS.');
    expect(said).toMatch(/0\.000 s {2}Sent by readable RCS to gateway\/twilio\./);
    const other = await complaint(expect(world.message(/parcel/)).toBeDeliveredOn('sms'));
    expect(other).toContain('expected the message /parcel/ to be delivered by readable SMS (sms)');
    const none = await complaint(expect(world.person('ben')).toHaveReceived('letter'));
    expect(none).toContain('Nobody saw it.');
    await expect(world.message('parcel')).not.toHaveReached('ben');
    const not = await complaint(expect(world.message('parcel')).not.toHaveReached('ana'));
    expect(not).toContain('not to have reached ana');
  });

  test('let the world come to rest before they say that nothing came', async ({ world }) => {
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    const said = await complaint(expect(world.message('parcel')).not.toHaveReached('ana'));
    expect(said).toContain('not to have reached ana');
  });

  test('want a person of the world, and a message', async ({ world }) => {
    const nobody = expect(world.message('x')).not.toHaveReached('anna');
    expect(await complaint(nobody)).toContain('There is nobody called “anna” in this world.');
    expect(await complaint(expect('x').toHaveReached('ana'))).toContain('wants world.message');
  });

  test('hold a leak against a text that others can read', async ({ world }) => {
    const nothing = await complaint(expect(world).toHaveLeakedNothing());
    expect(nothing).toContain('no secret was made');
    expect(await complaint(expect(world).not.toHaveLeakedNothing())).toContain('nothing to look');
    const secret = world.secret('ana');
    const unsent = await complaint(expect(world).toHaveLeakedNothing());
    expect(unsent).toContain('nothing went past anybody');
    await send(world, world.person('ana').msisdn, `Your code is ${secret}`);
    const said = await complaint(expect(world).toHaveLeakedNothing());
    expect(said).toContain(`${secret} was readable for gateway at gateway/twilio, as plain`);
    expect(said).toContain(`${secret} was readable for carrier at carrier/northtel/rcs, as plain`);
  });

  describe('between people who encrypt', () => {
    test.override('worldOptions', { world: TWO_WHO_ENCRYPT });
    test('find a secret nowhere on the way', async ({ world }) => {
      const secret = world.secret('ben');
      world.person('ana').writesTo('ben', `The key is ${secret}`);
      await expect(world.message(secret)).toBeDeliveredOn('rcs-e2ee');
      await expect(world.person('ben')).toHaveReceived(secret);
      await expect(world).toHaveLeakedNothing();
    });
  });

  test('name what no vendor knows, and where nobody stands', async ({ world }) => {
    await expect(world).toHaveUnderstoodEverything();
    await expect(fetch('https://tracker.example/v1', { method: 'POST' })).rejects.toThrow();
    expect(world.strayed).toEqual(['POST https://tracker.example/v1']);
    expect((await fetch('https://api.twilio.com/2030-01-01/Fax')).status).toBe(404);
    const said = await complaint(expect(world).toHaveUnderstoodEverything());
    expect(said).toContain('no simulator stands for POST https://tracker.example/v1');
    expect(said).toContain('gateway/twilio does not know GET /2030-01-01/Fax');
  });
});

describe('time', () => {
  test('stands still while the code under test runs', async ({ world }) => {
    const dates: number[] = [];
    await world.connect(
      async () => {
        dates.push(world.date.getTime());
        await pause(30);
        dates.push(world.date.getTime());
        return new Response();
      },
      { callbacks: { twilio: '/status' } },
    );
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    await world.settle();
    expect(dates).toHaveLength(6);
    for (let at = 0; at < dates.length; at += 2) expect(dates[at + 1]).toBe(dates[at]);
  });

  test('lets a webhook ask the vendor back', async ({ world }) => {
    const asked: unknown[] = [];
    let first = true;
    // Every request is 2 s late: its answer needs time that the webhook itself holds up.
    await world.disturb({ latency: 'gateway/twilio', delay: '2s' });
    await world.connect(
      async () => {
        const asks = first;
        first = false;
        if (asks) asked.push(await send(world, '+491700000001', 'Another'));
        return new Response();
      },
      { callbacks: { twilio: '/status' } },
    );
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    await expect(world.message('Another')).toBeDeliveredOn('rcs');
    expect(asked).toMatchObject([{ status: 'accepted' }]);
  });

  test('passes as far as it is told', async ({ world }) => {
    const before = world.date.getTime();
    await world.advance(90_000);
    expect(world.date.getTime() - before).toBe(90_000);
  });

  test('is the same twice, event for event', async () => {
    const date = new Date('2026-03-01T12:00:00Z');
    const histories = [];
    for (let time = 0; time < 2; time++) {
      const world = await openWorld({ seed: 7, date });
      for (const to of ['+491700000001', '+491700000011', '+491700000020']) {
        await send(world, to, 'hello', world.fetch);
      }
      await world.settle();
      histories.push(JSON.stringify(world.history));
      await world.close();
    }
    expect(histories[0]).toContain('device.displayed');
    expect(histories[1]).toBe(histories[0]);
  });
});

describe('the code under test', () => {
  test('may be a server of its own', async ({ world }) => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(`${request.url} ${new URLSearchParams(body).get('MessageStatus')}`);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await world.connect(`http://127.0.0.1:${port}/`, { callbacks: { twilio: '/status?a=b' } });
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    await world.settle();
    expect(bodies).toEqual(['/status?a=b sent', '/status?a=b delivered', '/status?a=b read']);
  });

  test('hears of a webhook that it does not answer well', async ({ world }) => {
    const edges = { callbacks: { rbm: '/rbm' } };
    const said = await world.connect(() => new Response('no', { status: 500 }), edges);
    expect(said.join()).toContain('rbm webhook /rbm');
  });

  test('gets what people write', async ({ world }) => {
    const texts: (string | null)[] = [];
    await world.connect(
      async (request) => {
        texts.push(new URLSearchParams(await request.text()).get('Body'));
        return new Response();
      },
      { callbacks: { twilio: '/inbound' } },
    );
    world.person('ana').replies('Please leave it with the neighbours');
    await world.settle();
    expect(texts).toEqual(['Please leave it with the neighbours']);
  });
});

describe('in real time', () => {
  test.override('worldOptions', { clock: 'wall' });
  test('the doors listen, and messages arrive by themselves', async ({ world }) => {
    const url = world.environment['gateway.twilio.url'] ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/2030-01-01/Fax`)).status).toBe(404);
    await send(world, world.person('ana').msisdn, 'Your parcel comes today');
    await expect(world.message('parcel')).toHaveReached('ana');
  });
});

test('a world that is described wrongly is told with its place', async () => {
  const people = { ana: { device: 'android-61', carrier: 'northtel' } };
  const world = { ...TWO_WHO_ENCRYPT, people };
  await expect(openWorld({ world })).rejects.toThrow(/android-61/);
  const opened = await openWorld();
  onTestFinished(() => opened.close());
  await expect(opened.disturb({ outage: 'gateway/twillio' })).rejects.toThrow(/twillio/);
});

test('a world file gives its world and its policy', async () => {
  const world = await openWorld({ world: 'examples/compose/world.yaml' });
  onTestFinished(() => world.close());
  expect(world.people.map(({ id }) => id)).toEqual(['ana', 'ben']);
  await expect(openWorld({ world: 'examples/compose/none.yaml' })).rejects.toThrow(/none\.yaml/);
});
