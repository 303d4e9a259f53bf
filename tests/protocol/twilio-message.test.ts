import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageJson } from '../../simulators/protocol/twilio/message.ts';
import type { TwilioMessage } from '../../simulators/protocol/twilio/message.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const MESSAGE: TwilioMessage = {
  sid: 'SM0123',
  accountSid: 'AC4567',
  serviceSid: null,
  from: null,
  to: '+447700900123',
  body: 'Hello.',
  status: 'queued',
  direction: 'outbound-api',
  media: [],
  errorCode: null,
  errorMessage: null,
  createdMillis: AT,
  sentMillis: null,
  updatedMillis: AT,
  priceUnit: 'USD',
};
const read = (message: TwilioMessage): unknown => JSON.parse(messageJson(message));

test('a message is answered with every field of the resource', () => {
  expect(read(MESSAGE)).toEqual({
    account_sid: 'AC4567',
    api_version: '2010-04-01',
    body: 'Hello.',
    date_created: 'Fri, 02 Jan 2026 03:04:05 +0000',
    date_sent: null,
    date_updated: 'Fri, 02 Jan 2026 03:04:05 +0000',
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: null,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: 'SM0123',
    status: 'queued',
    subresource_uris: { media: '/2010-04-01/Accounts/AC4567/Messages/SM0123/Media.json' },
    to: '+447700900123',
    uri: '/2010-04-01/Accounts/AC4567/Messages/SM0123.json',
  });
});

test('what came of it is in it, and a service that has not sent yet knows no segments', () => {
  const waiting = { ...MESSAGE, serviceSid: 'MG89', status: 'accepted' } as const;
  expect(read(waiting)).toMatchObject({ messaging_service_sid: 'MG89', num_segments: '0' });
  const errorMessage = 'Unreachable "handset"';
  const failed = { ...MESSAGE, status: 'failed', errorCode: 30005, errorMessage } as const;
  expect(read({ ...failed, sentMillis: AT + 1_000 })).toMatchObject({
    date_sent: 'Fri, 02 Jan 2026 03:04:06 +0000',
    error_code: 30005,
    error_message: errorMessage,
  });
});

test('texts and addresses of any characters stay what they are', () => {
  const any = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(any, any, any, (body, from, to) => {
      expect(read({ ...MESSAGE, body, from, to })).toMatchObject({ body, from, to });
    }),
  );
});
