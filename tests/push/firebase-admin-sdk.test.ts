/**
 * `firebase-admin`, unmodified, over TLS: HTTP/1.1 for one message, HTTP/2 for many. Its hosts are
 * built in, so their names are led here (`google-hosts.ts`).
 */
import { deleteApp, cert, initializeApp } from 'firebase-admin/app';
import type { Message, Messaging } from 'firebase-admin/messaging';
import { getMessaging } from 'firebase-admin/messaging';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import type { FcmOptions } from '../../simulators/push/fcm.ts';
import { createFcm } from '../../simulators/push/fcm.ts';
import { GOOGLE_HOSTS } from './google-hosts.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'fcm-token:phone-of-ana';
const OTHER = 'fcm-token:tablet-of-ana';
const GONE = 'fcm-token:phone-that-is-gone';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(over: Partial<FcmOptions> = {}, project?: string) {
  const clock = createWallClock();
  const world = pushWorld(clock, 'push/fcm', [TOKEN, OTHER, GONE]);
  const { ambient, conditions, tap, phones } = world;
  const fcm = createFcm({ ambient, conditions, tap, handsets: phones, ...over });
  const network = createSocketNetwork({ clock, certificateNames: GOOGLE_HOSTS.names });
  const listener = await network.listenHttp('fcm', fcm.door, { http2: true });
  phones.get(GONE)!.become('unregistered');
  const account = fcm.serviceAccount('https://oauth2.googleapis.com/token');
  const name = `app-${String(listener.port)}`;
  // The SDK keeps credentials, and their access tokens, for as long as the process lives: the name
  // makes each account another one to it.
  const key = {
    projectId: account.project_id,
    clientEmail: account.client_email,
    privateKey: account.private_key,
    name,
  };
  const projectId = project ?? fcm.projectId;
  const app = initializeApp({ credential: cert(key), projectId }, name);
  closing.push(
    () => clock.stop(),
    () => network.close(),
    GOOGLE_HOSTS.lead(listener.port, network.caPem!),
    () => deleteApp(app),
  );
  const arm = (verb: string, params: Record<string, unknown> = {}): (() => void) =>
    fcm.target.verbs[verb]!({
      params,
      ledger: { fault: verb, hits: () => true, touched: () => {} },
    });
  const received = (token: string) => phones.get(token)!.received;
  /** Every push that was accepted has come to its phone, each after a delay of its own. */
  const arrived = () => soon(() => fcm.unfinished()).toEqual([]);
  const sends = () => world.requests().filter(({ operation }) => operation === 'send');
  return { fcm, world, arm, received, arrived, sends, messaging: getMessaging(app) };
}

/** Waits for what comes by itself; how long that takes is the machine's. */
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 30_000 });

const DATA: Message = {
  token: TOKEN,
  data: { messageId: 'impl-9' },
  android: { priority: 'high' },
};

/** The code that the SDK makes of a refusal. */
async function codeOf(sending: Promise<unknown>): Promise<string> {
  try {
    await sending;
    return 'sent';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const send = (messaging: Messaging, change: object = {}) =>
  codeOf(messaging.send({ ...DATA, ...change } as Message));

describe('firebase-admin', () => {
  it('fetches one access token and sends by HTTP/1.1', async () => {
    const { messaging, received, arrived, world } = await serve();
    const name = await messaging.send(DATA);
    expect(name).toMatch(/^projects\/bellwether-test\/messages\/0:\d+%[0-9a-f]{16}$/);
    await messaging.send({
      token: TOKEN,
      notification: { title: 'New message', body: 'Open the app.' },
      android: { ttl: 3_600_000, collapseKey: 'inbox' },
    });
    await arrived();
    expect(
      received(TOKEN)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['alert', 'background']);
    expect(world.requests().map(({ operation }) => operation)).toEqual(['token', 'send', 'send']);
  });

  it('validates without sending', async () => {
    const { messaging, received, arrived, sends } = await serve();
    expect(await messaging.send(DATA, true)).toContain('/messages/');
    expect(sends()).toHaveLength(1);
    await arrived();
    expect(received(TOKEN)).toEqual([]);
  });

  it('sends many by HTTP/2, with the scheme as it writes it, and hears of each', async () => {
    const { messaging, received, arrived } = await serve();
    const many = Array.from({ length: 40 }, (_, n) => ({ ...DATA, data: { n: String(n) } }));
    const result = await messaging.sendEach([
      ...many,
      { ...DATA, token: GONE },
      { ...DATA, token: 'no token' },
    ]);
    expect(result).toMatchObject({ successCount: 40, failureCount: 2 });
    expect(result.responses.slice(40).map(({ error }) => error?.code)).toEqual([
      'messaging/registration-token-not-registered',
      'messaging/invalid-argument',
    ]);
    await arrived();
    expect(received(TOKEN)).toHaveLength(40);
  });

  it('waits by HTTP/2 for answers that trickle, and has them whole', async () => {
    const { messaging, arm, received, arrived, sends } = await serve();
    await messaging.send(DATA);
    // Some two seconds for an answer, which is long after the door has seen both.
    const lift = arm('slow-body', { to: 40 });
    const sending = messaging.sendEach([DATA, DATA]);
    await soon(sends).toHaveLength(3);
    const first = await Promise.race([sending, Promise.resolve('not yet')]);
    expect(first).toBe('not yet');
    lift();
    expect(await sending).toMatchObject({ successCount: 2, failureCount: 0 });
    await arrived();
    expect(received(TOKEN)).toHaveLength(3);
  });

  it('sends one message to many phones', async () => {
    const { messaging, received, arrived } = await serve();
    const { token: _token, ...message } = DATA as Message & { token: string };
    const result = await messaging.sendEachForMulticast({
      ...message,
      tokens: [TOKEN, GONE, OTHER],
    });
    expect(result.responses.map(({ success }) => success)).toEqual([true, false, true]);
    await arrived();
    expect(received(OTHER)).toHaveLength(1);
  });

  it('keeps to HTTP/1.1 when it is told to', async () => {
    const { messaging, received, arrived } = await serve();
    messaging.enableLegacyHttpTransport();
    expect(await messaging.sendEach([DATA, DATA])).toMatchObject({ successCount: 2 });
    await arrived();
    expect(received(TOKEN)).toHaveLength(2);
  });

  it('subscribes phones to topics and sends to topics and conditions', async () => {
    const { messaging, received, arrived } = await serve();
    const contents = (token: string) =>
      received(token).map(({ payload }) => (payload as { data: { a: string } }).data.a);
    expect(await messaging.subscribeToTopic([TOKEN, OTHER, GONE], 'news')).toMatchObject({
      successCount: 2,
      failureCount: 1,
    });
    await messaging.subscribeToTopic(TOKEN, 'sports');
    await messaging.send({ topic: 'news', data: { a: 'b' } });
    await messaging.send({
      condition: "'news' in topics && !('sports' in topics)",
      data: { a: 'c' },
    });
    await arrived();
    expect(contents(OTHER).toSorted()).toEqual(['b', 'c']);
    expect(contents(TOKEN)).toEqual(['b']);
    expect(await messaging.unsubscribeFromTopic([OTHER], 'news')).toMatchObject({
      successCount: 1,
    });
    await messaging.send({ topic: 'news', data: { a: 'd' } });
    await arrived();
    expect(contents(TOKEN)).toEqual(['b', 'd']);
    expect(contents(OTHER)).toHaveLength(2);
    expect(await messaging.subscribeToTopicLegacy([OTHER, GONE], 'news')).toMatchObject({
      successCount: 1,
      failureCount: 1,
    });
    expect(await messaging.unsubscribeFromTopicLegacy(OTHER, 'news')).toMatchObject({
      successCount: 1,
    });
    const bad = messaging.send({ condition: "'news' in topic", data: { a: 'b' } });
    expect(await codeOf(bad)).toBe('messaging/invalid-argument');
  });

  it('is told why a message is refused', async () => {
    const { messaging, world } = await serve();
    expect(await send(messaging, { token: 'no token' })).toBe('messaging/invalid-argument');
    expect(await send(messaging, { data: { big: 'x'.repeat(4_097) } })).toBe(
      'messaging/invalid-argument',
    );
    expect(await send(messaging, { data: { 'google.x': '1' } })).toBe('messaging/invalid-argument');
    expect(await send(messaging, { token: GONE })).toBe(
      'messaging/registration-token-not-registered',
    );
    const { token: _token, ...toNobody } = DATA as Message & { token: string };
    const byInstallation = { ...toNobody, fid: 'cZ9-installation-id-00' } as unknown as Message;
    expect(await codeOf(messaging.send(byInstallation))).toBe(
      'messaging/installation-id-not-registered',
    );
    expect(
      world
        .answers()
        .slice(1)
        .map(({ outcome }) => outcome),
    ).toEqual(['rejected', 'rejected', 'rejected', 'unavailable', 'unavailable']);
  });

  it('is told that a token is another project’s', async () => {
    const { messaging } = await serve({}, 'somebody-elses');
    expect(await send(messaging)).toBe('messaging/mismatched-credential');
  });

  it('is told when no credentials are taken, by FCM or by a service behind it', async () => {
    const { messaging, arm } = await serve();
    const lift = arm('credentials-refused', { as: 'THIRD_PARTY_AUTH_ERROR' });
    expect(await send(messaging)).toBe('messaging/third-party-auth-error');
    lift();
    arm('credentials-refused', { as: 'SENDER_ID_MISMATCH' });
    expect(await send(messaging)).toBe('messaging/mismatched-credential');
  });

  it('is throttled for one phone alone, and does not repeat by itself', async () => {
    const { messaging, sends } = await serve({ perDevice: { perMinute: 2, perHour: 9 } });
    expect([await send(messaging), await send(messaging)]).toEqual(['sent', 'sent']);
    expect(await send(messaging)).toBe('messaging/message-rate-exceeded');
    expect(await send(messaging, { token: OTHER })).toBe('sent');
    expect(sends()).toHaveLength(4);
  });

  it('is throttled as a project', async () => {
    const { messaging } = await serve({ perProject: 1 });
    expect(await send(messaging)).toBe('sent');
    expect(await send(messaging, { token: OTHER })).toBe('messaging/message-rate-exceeded');
  });

  it('repeats after 503, when Retry-After has passed, and not after 500', async () => {
    const { messaging, arm, sends } = await serve();
    expect(await send(messaging)).toBe('sent');
    let lift = arm('outage', { mode: 'error', status: 500 });
    expect(await send(messaging)).toBe('messaging/internal-error');
    lift();
    expect(sends()).toHaveLength(2);
    const good = sends().length;
    lift = arm('shutdown', { 'retry-after': 1_000_000 });
    const sending = send(messaging);
    await soon(() => sends().length).toBeGreaterThan(good);
    lift();
    expect(await sending).toBe('sent');
    expect(sends().length - good).toBe(2);
  });

  it('repeats what a broken connection cut off', async () => {
    const { messaging, arm, sends } = await serve();
    expect(await send(messaging)).toBe('sent');
    const lift = arm('outage', { mode: 'reset' });
    const sending = send(messaging);
    await soon(() => sends().length).toBeGreaterThan(1);
    lift();
    expect(await sending).toBe('sent');
    expect(sends().length).toBeGreaterThan(2);
  });

  it('cannot know that its token was taken back, and says so', async () => {
    const { messaging, arm } = await serve();
    expect(await send(messaging)).toBe('sent');
    arm('expired-provider-token');
    expect(await send(messaging)).toBe('messaging/third-party-auth-error');
  });
});
