import { expect, it } from 'vitest';
import { descriptionSchema } from '../../harness/implementation/description-schema.ts';
import { fillCalls } from '../../harness/implementation/filled-calls.ts';

const DOC = descriptionSchema.parse({
  bellwether: 1,
  implementation: 'any',
  version: '1',
  role: 'adapter',
  claims: { channels: ['app-push'] },
  start: { command: ['${left.alone}'] },
  send: { request: { path: '/send', headers: { key: '${key}' } }, accepted: { status: [200] } },
  registration: {
    device: {
      path: '/devices',
      body: { app: '${push.apns.topic}', token: '{{device.pushToken}}' },
    },
  },
  status: { poll: { path: '/s/{{id}}', headers: { key: '${key}' }, state: '/state' }, words: {} },
  app: { push: {}, fetch: { path: '/m', headers: { key: '${key}' }, text: '/text' } },
});
const VALUES = { key: 'k1', 'push.apns.topic': 'test.app' };

it('fills the placeholders of every call that the harness makes, and of those alone', () => {
  const filled = fillCalls(DOC, VALUES);
  expect(filled.send).toMatchObject({ request: { headers: { key: 'k1' } } });
  expect(filled.registration?.device?.body).toEqual({
    app: 'test.app',
    token: '{{device.pushToken}}',
  });
  expect(filled.status?.poll?.headers).toEqual({ key: 'k1' });
  expect(filled.app?.fetch?.headers).toEqual({ key: 'k1' });
  expect(filled.start).toEqual({ command: ['${left.alone}'] });
});

it('says in which of them a name is unknown', () => {
  expect(() => fillCalls(DOC, { key: 'k1' })).not.toThrow();
  expect(() => fillCalls(DOC, { 'push.apns.topic': 'test.app' })).toThrow(/^send: \$\{key\}/);
});
