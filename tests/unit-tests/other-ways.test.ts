/** Magic behaviours by the ways that are no gateway: Google’s client, SMPP, a judged world. */
import { JWT } from 'google-auth-library';
import smpp from 'smpp';
import type { PeerPdu, PeerSession } from 'smpp';
import { describe } from 'vitest';
import { expect, test } from '../../harness/unit-tests/vitest.ts';
import type { SimulatedWorld } from '../../harness/unit-tests/vitest.ts';
import { worldStage } from '../world/stage.ts';

/** What FCM answers to Google's own client, its login included. */
async function push(world: SimulatedWorld, token: string): Promise<string> {
  const account = JSON.parse(world.environment['push.fcm.serviceAccount'] ?? '{}') as Account;
  const client = new JWT({
    email: account.client_email,
    key: account.private_key,
    scopes: ['https://www.googleapis.com/auth/firebase.messaging'],
  });
  const message = { token, notification: { title: 'Your parcel', body: 'comes today' } };
  const response = await client.request({
    url: `https://fcm.googleapis.com/v1/projects/${account.project_id}/messages:send`,
    method: 'POST',
    data: { message },
    retry: false,
    validateStatus: () => true,
  });
  const { error } = response.data as { error?: { status?: string } };
  return `${response.status} ${error?.status ?? ''}`.trim();
}

type Fields = Readonly<Record<string, unknown>>;

interface Account {
  readonly client_email: string;
  readonly private_key: string;
  readonly project_id: string;
}

describe('FCM by Google’s client', () => {
  test.for([
    ['0001', '200', 1],
    ['0010', '200', 0],
    ['0011', '200', 1],
    ['0410', '404 NOT_FOUND', 0],
    ['1234', '404 NOT_FOUND', 0],
  ] as const)('a token …%s is answered %s', async ([ending, answer, shown], { world }) => {
    expect(await push(world, `cT9kZl:APA91b${'x'.repeat(130)}${ending}`)).toBe(answer);
    await world.settle();
    expect(world.message('Your parcel').seen).toHaveLength(shown);
  });
});

describe('SMPP', () => {
  test.override('worldOptions', { clock: 'wall' });
  test('a number that is rate limited is so at the SMS centre, too', async ({ world }) => {
    const session: PeerSession = smpp.connect({ url: world.environment['sms.url'] ?? '' });
    session.on('error', () => {});
    const ask = (command: 'bind_transceiver' | 'submit_sm', pdu: Fields): Promise<number> =>
      new Promise((resolve) =>
        session[command](pdu, ({ command_status }: PeerPdu) => resolve(command_status)),
      );
    try {
      const { username, password } = new URL(world.environment['sms.url'] ?? '');
      expect(await ask('bind_transceiver', { system_id: username, password })).toBe(0);
      const submit = (to: string): Promise<number> =>
        ask('submit_sm', {
          source_addr: '12345',
          dest_addr_ton: 1,
          dest_addr_npi: 1,
          destination_addr: to,
          short_message: 'Your parcel',
        });
      const ESME_RTHROTTLED = 0x58;
      const answers = [];
      for (let time = 0; time < 3; time++) answers.push(await submit('491700000029'));
      expect(answers).toEqual([ESME_RTHROTTLED, ESME_RTHROTTLED, 0]);
      await expect(world.message('Your parcel')).toBeDeliveredOn('sms');
    } finally {
      session.close();
    }
  });
});

test('a world that is judged knows no magic', async () => {
  const stage = await worldStage();
  expect(stage.world.people.byMsisdn('+491700000001')).toBeUndefined();
});
