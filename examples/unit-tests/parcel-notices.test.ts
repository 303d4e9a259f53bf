/** `bellwether/vitest` at work: Twilio's SDK is unchanged, and knows nothing of all this. */
import { expect, test as withWorld } from 'bellwether/vitest';
import { createParcelNotices } from './parcel-notices.ts';

const PUBLIC_URL = 'https://parcels.example';

const test = withWorld.extend('notices', async ({ world }) => {
  const told = (name: string): string => world.environment[`gateway.twilio.${name}`] ?? '';
  const notices = createParcelNotices({
    accountSid: told('accountSid'),
    authToken: told('authToken'),
    messagingServiceSid: told('messagingServiceSid'),
    publicUrl: PUBLIC_URL,
    pauseMs: 1,
  });
  await world.connect(notices.webhook, { public: PUBLIC_URL, callbacks: { twilio: '/status' } });
  return notices;
});

test('a notice is shown by RCS, and known to have been read', async ({ world, notices }) => {
  const ana = world.person('ana');
  const sent = await notices.send(ana.msisdn, 'Your parcel comes today');
  await expect(world.message('Your parcel')).toHaveReached('ana');
  await expect(world.message('Your parcel')).toBeDeliveredOn('rcs');
  await world.settle();
  expect(sent.kind === 'sent' && notices.stateOf(sent.id)).toBe('read');
  await expect(world).toHaveUnderstoodEverything();
});

test('a phone without RCS gets it by SMS', async ({ world, notices }) => {
  await notices.send('+491700000002', 'Your parcel comes today');
  await expect(world.message('Your parcel')).toBeDeliveredOn('sms');
});

test('who is asked to slow down asks again', async ({ world, notices }) => {
  await notices.send('+491700000029', 'Your parcel comes today');
  await expect(world.message('Your parcel')).toBeDeliveredOn('rcs');
});

test('who wrote STOP is left alone', async ({ world, notices }) => {
  const sent = await notices.send('+491700000021', 'Your parcel comes today');
  expect(sent).toEqual({ kind: 'opted-out' });
  await world.settle();
  expect(world.message('Your parcel').seen).toEqual([]);
});

test('what no phone gets is not called delivered', async ({ world, notices }) => {
  const sent = await notices.send('+491700000010', 'Your parcel comes today');
  await world.advance(3_600_000);
  expect(sent.kind === 'sent' && notices.stateOf(sent.id)).not.toBe('delivered');
});

test('while Twilio is down, sending fails, and later it works', async ({ world, notices }) => {
  const { msisdn } = world.person('ben');
  const up = await world.disturb({ outage: 'gateway/twilio' });
  await expect(notices.send(msisdn, 'Your parcel comes today')).rejects.toThrow('unavailable');
  up();
  await notices.send(msisdn, 'Your parcel comes tomorrow');
  await expect(world.person('ben')).toHaveReceived(/tomorrow/);
  await expect(world.person('ben')).not.toHaveReceived(/today/);
});

test('a text can be read on the way, and a test can know it', async ({ world, notices }) => {
  const ana = world.person('ana');
  await notices.send(ana.msisdn, `Your code is ${world.secret('ana')}`);
  await expect(world.message('Your code')).toHaveReached('ana');
  await expect(world).not.toHaveLeakedNothing();
});
