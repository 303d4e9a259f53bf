/** What APNs ties to a connection: provider tokens, and the end of it. */
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'ab'.repeat(32);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve() {
  const clock = createWallClock();
  const world = pushWorld(clock, 'push/apns', [TOKEN]);
  const { ambient, conditions, tap, phones } = world;
  const apns = createApns({ ambient, conditions, tap, handsets: phones });
  const network = createSocketNetwork({ clock });
  const listener = await network.listenHttp('apns', apns.door, { http2: true });
  closing.push(
    () => clock.stop(),
    () => network.close(),
  );
  const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
  const sign = createEs256Signer(privateKeyPem);
  /** A provider token issued so many seconds ago. */
  const bearer = (ageSeconds: number, iss = teamId): string => {
    const iat = Math.floor(clock.epochMillis() / 1000) - ageSeconds;
    return `bearer ${sign({ iss, iat }, { kid: keyId })}`;
  };
  const open = (): ClientHttp2Session => {
    const session = connect(listener.url, { ca: network.caPem! });
    closing.push(() => session.destroy());
    return session;
  };
  const push = (
    session: ClientHttp2Session,
    authorization: string,
    more: Record<string, string | string[]> = {},
  ) =>
    new Promise<string>((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': `/3/device/${TOKEN}`,
        authorization,
        'apns-topic': topic,
        'apns-push-type': 'alert',
        ...more,
      });
      let status = '';
      let body = '';
      stream.setEncoding('utf8');
      stream.on('response', (headers) => (status = String(headers[':status'])));
      stream.on('data', (text: string) => (body += text));
      stream.on('end', () => {
        const reason = body === '' ? '' : (JSON.parse(body) as { reason: string }).reason;
        resolve(`${status} ${reason}`.trim());
      });
      stream.on('error', reject);
      stream.end('{"aps":{"alert":"x"}}');
    });
  return { apns, open, push, bearer };
}

describe('a connection to APNs', () => {
  it('takes one provider token in 20 minutes, and another connection another one', async () => {
    const { open, push, bearer } = await serve();
    const [first, second] = [open(), open()];
    const [old, young] = [bearer(600), bearer(10)];
    expect(await push(first, old)).toBe('200');
    expect(await push(first, young)).toBe('429 TooManyProviderTokenUpdates');
    expect(await push(first, old)).toBe('200');
    expect(await push(second, young)).toBe('200');
  });

  it('refuses a token of another team, and none at all, beside the one that it knows', async () => {
    const { open, push, bearer } = await serve();
    const session = open();
    expect(await push(session, bearer(0))).toBe('200');
    expect(await push(session, bearer(0, 'OTHERTEAM1'))).toBe('403 InvalidProviderToken');
    expect(await push(session, 'basic x')).toBe('403 MissingProviderToken');
    expect(await push(session, bearer(3_700))).toBe('403 ExpiredProviderToken');
  });

  it('refuses a header that comes twice', async () => {
    const { open, push, bearer } = await serve();
    const twice = { 'apns-expiration': ['0', '0'] };
    expect(await push(open(), bearer(0), twice)).toBe('400 DuplicateHeaders');
  });

  it('is ended in good order when the servers shut down, with the reason in GOAWAY', async () => {
    const { apns, open, push, bearer } = await serve();
    const ledger = { fault: 'leaving', hits: () => true, touched: () => {} };
    apns.target.verbs['shutdown']!({ params: {}, ledger });
    const session = open();
    const goodbye = new Promise<string>((resolve) => {
      session.on('goaway', (code, _last, data?: Buffer) => resolve(`${code} ${data?.toString()}`));
    });
    expect(await push(session, bearer(0))).toBe('503 Shutdown');
    expect(await goodbye).toBe('0 {"reason":"Shutdown"}');
  });
});
