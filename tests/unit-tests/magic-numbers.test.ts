/** Each row of the registry, by the way that a program sees it: through a vendor's API. */
import { expect, it, onTestFinished } from 'vitest';
import { openWorld } from '../../harness/unit-tests/simulated-world.ts';
import type { SimulatedWorld, WorldOptions } from '../../harness/unit-tests/world-words.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { MAGIC_BEHAVIOURS, magicOf } from '../../simulators/world/magic/behaviours.ts';

async function opened(options: WorldOptions = {}): Promise<SimulatedWorld> {
  const world = await openWorld(options);
  onTestFinished(() => world.close());
  return world;
}

/** What Twilio answers, with its code; `no answer` and `broken` where it does not. */
async function send(world: SimulatedWorld, to: string): Promise<string> {
  const value = (name: string): string => world.environment[`gateway.twilio.${name}`] ?? '';
  const account = value('accountSid');
  const key = Buffer.from(`${account}:${value('authToken')}`).toString('base64');
  const body = { To: to, MessagingServiceSid: value('messagingServiceSid'), Body: 'hello' };
  const stop = new AbortController();
  const asked = world.fetch(`https://api.twilio.com/2010-04-01/Accounts/${account}/Messages.json`, {
    method: 'POST',
    signal: stop.signal,
    headers: { authorization: `Basic ${key}` },
    body: new URLSearchParams(body),
  });
  const answered = asked.then(
    async (response) =>
      `${response.status} ${((await response.json()) as Answer).code ?? ''}`.trim(),
    (error: unknown) => (error instanceof TypeError ? 'broken' : 'no answer'),
  );
  // Whatever comes at all has come when nothing is left to happen.
  await world.settle();
  stop.abort();
  return answered;
}

interface Answer {
  readonly code?: number;
}

interface Row {
  /** To three messages, one after the other. */
  readonly answers: readonly string[];
  /** `rcs/1`: by RCS on the first device; each message that was shown. */
  readonly shown: readonly string[];
  readonly afterSeconds?: number;
}

const TAKEN = ['201', '201', '201'];
const THRICE = (where: string): string[] => [where, where, where];

const EXPECTED: Readonly<Record<string, Row>> = {
  '0001': { answers: TAKEN, shown: THRICE('rcs/1') },
  '0002': { answers: TAKEN, shown: THRICE('sms/1') },
  '0003': { answers: TAKEN, shown: THRICE('rcs/1') },
  '0004': { answers: TAKEN, shown: [...THRICE('rcs/1'), ...THRICE('rcs/2')] },
  // Removed before the second message: each send is let come to rest.
  '0005': { answers: TAKEN, shown: [...THRICE('rcs/1'), 'rcs/2'] },
  '0010': { answers: TAKEN, shown: [] },
  '0011': { answers: TAKEN, shown: THRICE('rcs/1'), afterSeconds: 20 },
  '0012': { answers: TAKEN, shown: THRICE('rcs/1'), afterSeconds: 20 },
  '0013': { answers: TAKEN, shown: [] },
  '0020': { answers: TAKEN, shown: [] },
  '0021': { answers: THRICE('400 21610'), shown: [] },
  '0029': { answers: ['429 20429', '429 20429', '201'], shown: ['rcs/1'] },
  '0030': { answers: THRICE('503 20503'), shown: [] },
  '0031': { answers: THRICE('no answer'), shown: [] },
  '0032': { answers: ['broken', '201', '201'], shown: THRICE('rcs/1') },
  '0410': { answers: TAKEN, shown: THRICE('rcs/1') },
};

it.for([...MAGIC_BEHAVIOURS])('…$ending: $name', async ({ ending }) => {
  const expected = EXPECTED[ending];
  const world = await opened();
  const number = `+49170000${ending}`;
  const answers = [await send(world, number), await send(world, number), await send(world, number)];
  expect(answers).toEqual(expected?.answers);
  const { seen } = world.message('hello');
  const shown = seen.map(({ channel, device }) => `${channel}/${device.split('/').at(-1)}`);
  expect(shown.toSorted()).toEqual(expected?.shown);
  const first = seen[0]?.shownAtMicros ?? Infinity;
  expect(first).toBeGreaterThan((expected?.afterSeconds ?? 0) * 1e6);
});

it('no two behaviours share an ending, and every ending is four digits', () => {
  const endings = MAGIC_BEHAVIOURS.map(({ ending }) => ending);
  expect(new Set(endings).size).toBe(endings.length);
  for (const ending of endings) expect(ending).toMatch(/^\d{4}$/);
});

it('an undelivered text is told to the sender with its error', async () => {
  const world = await opened();
  const told: (string | null)[] = [];
  await world.connect(
    async (request) => {
      const form = new URLSearchParams(await request.text());
      told.push(`${form.get('MessageStatus')} ${form.get('ErrorCode') ?? ''}`.trim());
      return new Response();
    },
    { callbacks: { twilio: '/status' } },
  );
  await send(world, '+491700000020');
  expect(told).toEqual(['sent', 'undelivered 30003']);
});

it.each([
  ['0001', 200],
  ['0010', 200],
  ['0030', 503],
  ['0410', 410],
  ['1234', 400],
  ['0002', 400],
])('a push to an APNs token …%s is answered %i', async (ending, status) => {
  const world = await opened({ clock: 'virtual' });
  const { environment } = world;
  const claims = {
    iss: environment['push.apns.teamId'] ?? '',
    iat: Math.floor(+world.date / 1_000),
  };
  const sign = createEs256Signer(environment['push.apns.privateKey'] ?? '');
  const jwt = sign(claims, { kid: environment['push.apns.keyId'] ?? '' });
  const answer = await world.fetch(
    `https://api.push.apple.com/3/device/${'a1'.repeat(30)}${ending}`,
    {
      method: 'POST',
      headers: {
        authorization: `bearer ${jwt}`,
        'apns-topic': environment['push.apns.topic'] ?? '',
        'apns-push-type': 'alert',
      },
      body: JSON.stringify({ aps: { alert: 'Something came' } }),
    },
  );
  expect(answer.status).toBe(status);
  await world.settle();
  expect(world.message('Something').seen).toHaveLength(ending === '0001' ? 1 : 0);
});

it('is off where a test says so, and never a number that somebody has', async () => {
  const off = await opened({ magic: false });
  await send(off, '+491700000001');
  expect(off.message('hello').seen).toEqual([]);
  const world = await opened();
  const { msisdn } = world.person('ana');
  expect(magicOf(msisdn), 'ana happens to have a magic number').toBeDefined();
  await send(world, msisdn);
  expect(world.person('ana').inbox).toHaveLength(1);
});
