import { describe, expect, it } from 'vitest';
import { TEMPLATE_NAMES } from '../../harness/implementation/check-templates.ts';
import { descriptionSchema } from '../../harness/implementation/description-schema.ts';
import { createHttpConversation } from '../../harness/implementation/http-conversation.ts';
import type { Network, OutboundRequest, OutboundResult } from '../../simulators/network/wire.ts';
import { describedBy, descriptionText } from './stage.ts';
import { statusRead, submitted } from './asking.ts';

const MESSAGE = {
  id: 'alerts-1',
  text: 'Grüße & 5 €',
  kind: 'chat',
  sensitivity: 'low',
  locale: 'de',
};
const SUBMISSION = {
  message: MESSAGE,
  recipient: { 'recipient.id': 'ana', 'recipient.msisdn': '+999100000001' },
};

type Answer =
  | { status: number; body?: string; headers?: Record<string, string> }
  | { reason: string; handed: boolean };

/** A conversation by these blocks, whose every call gets this answer. */
function speak(blocks: object, answer: Answer) {
  const calls: OutboundRequest[] = [];
  const result: OutboundResult =
    'reason' in answer
      ? { kind: 'failure', ...answer }
      : { kind: 'answer', response: { headers: {}, body: '', ...answer } };
  const network = {
    request: (call: OutboundRequest) => {
      calls.push(call);
      return Promise.resolve(result);
    },
    call: (call: OutboundRequest, told: (ended: OutboundResult) => void) => {
      calls.push(call);
      told(result);
    },
  } as unknown as Network;
  const doc = descriptionSchema.parse({
    bellwether: 1,
    implementation: 'fixture',
    version: '1',
    role: 'notifier',
    claims: { channels: ['sms'] },
    start: { url: 'http://x' },
    send: { request: { path: '/send' }, accepted: { status: [202], id: '/id' } },
    ...blocks,
  });
  const conversation = createHttpConversation({ doc, network, baseUrl: 'http://x' });
  return { conversation, calls, submit: () => submitted(conversation, SUBMISSION) };
}

const sending = (request: object, accepted: object = { status: [202], id: '/id' }) => ({
  send: { request: { path: '/send', ...request }, accepted },
});
const accepted: Answer = { status: 202, body: '{"id":"m-1"}' };

describe('asking over HTTP', () => {
  it.each<[what: string, request: object, expected: Partial<OutboundRequest>]>([
    [
      'a JSON body, with templates at any depth',
      {
        method: 'PUT',
        body: { to: ['{{recipient.msisdn}}'], content: { text: '{{message.text}}', n: 1 } },
      },
      {
        method: 'PUT',
        url: 'http://x/send',
        headers: { 'content-type': 'application/json' },
        body: '{"to":["+999100000001"],"content":{"text":"Grüße & 5 €","n":1}}',
      },
    ],
    [
      'a form',
      { form: { to: '{{recipient.msisdn}}', text: '{{message.text}}', dlr: 1 } },
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'to=%2B999100000001&text=Gr%C3%BC%C3%9Fe+%26+5+%E2%82%AC&dlr=1',
      },
    ],
    [
      'a text',
      { text: '{{message.text}}', headers: { 'x-id': '{{message.id}}' } },
      {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8', 'x-id': 'alerts-1' },
        body: 'Grüße & 5 €',
      },
    ],
    [
      'a query and a path, each encoded',
      { path: '/to/{{recipient.msisdn}}', query: { text: '{{message.text}}' } },
      { method: 'GET', url: 'http://x/to/%2B999100000001?text=Gr%C3%BC%C3%9Fe+%26+5+%E2%82%AC' },
    ],
    [
      'a content type of its own',
      { body: {}, headers: { 'content-type': 'application/vnd.acme+json' } },
      { headers: { 'content-type': 'application/vnd.acme+json' } },
    ],
  ])('sends %s', async (_what, request, expected) => {
    const { submit, calls } = speak(sending(request), accepted);
    await submit();
    expect(calls[0]).toMatchObject(expected);
  });

  it.each<[what: string, accepted: object, body: string, id: string | undefined]>([
    ['a JSON Pointer', { status: [202], id: '/data/0/id' }, '{"data":[{"id":"m-7"}]}', 'm-7'],
    ['a number', { status: [202], id: '/id' }, '{"id":7}', '7'],
    ['a regular expression', { status: [202], body: 'ID: (\\w+)' }, '0: Accepted, ID: q7', 'q7'],
    ['our own id, sent along', { status: [202], id: '{{message.id}}' }, '', 'alerts-1'],
    ['our own id, unsaid', { status: [202] }, '', 'alerts-1'],
    ['nothing, when the answer is no JSON', { status: [202], id: '/id' }, '<html>', undefined],
    ['nothing, when the place is empty', { status: [202], id: '/id' }, '{"id":null}', undefined],
    [
      'nothing, when the pattern is not there',
      { status: [202], body: 'ID: (\\w+)' },
      'no',
      undefined,
    ],
  ])('reads the id from %s', async (_what, rule, body, id) => {
    const result = await speak(sending({}, rule), { status: 202, body }).submit();
    if (id === undefined) expect(result).toMatchObject({ outcome: 'refused', definite: false });
    else expect(result).toMatchObject({ outcome: 'accepted', id });
  });

  it.each<[what: string, answer: Answer, expected: object]>([
    [
      '429',
      { status: 429, headers: { 'retry-after': '3' } },
      { outcome: 'busy', definite: true, retryAfterMicros: 3_000_000 },
    ],
    ['503', { status: 503 }, { outcome: 'busy', definite: true }],
    [
      '400',
      { status: 400, body: 'to is missing' },
      { outcome: 'refused', definite: true, body: 'to is missing' },
    ],
    ['500: perhaps it happened', { status: 500 }, { outcome: 'refused', definite: false }],
    ['200, which it does not call accepted', { status: 200 }, { outcome: 'refused' }],
    [
      'no connection: certainly not',
      { reason: 'ECONNREFUSED', handed: false },
      { outcome: 'no-answer', definite: true, status: 'ECONNREFUSED' },
    ],
    [
      'a broken connection: perhaps',
      { reason: 'ECONNRESET', handed: true },
      { outcome: 'no-answer', definite: false },
    ],
  ])('understands %s', async (_what, answer, expected) => {
    expect(await speak(sending({ body: {} }), answer).submit()).toMatchObject(expected);
  });

  it('takes busy from the description when it says so', async () => {
    const blocks = { send: { ...sending({}).send, busy: { status: [420] } } };
    expect(await speak(blocks, { status: 420 }).submit()).toMatchObject({ outcome: 'busy' });
    expect(await speak(blocks, { status: 429 }).submit()).toMatchObject({ outcome: 'refused' });
  });
});

describe('the status over HTTP', () => {
  const poll = {
    status: {
      poll: { path: '/m/{{id}}', state: '/state', channel: '/by', encrypted: '/e2e' },
      words: { delivered: ['ok'], failed: ['dead'] },
    },
  };

  it('is read by pointers, in words of its own', async () => {
    const { conversation, calls } = speak(poll, {
      status: 200,
      body: '{"state":"ok","by":"sms","e2e":true}',
    });
    expect(await statusRead(conversation, 'alerts-1', 'm/1')).toMatchObject({
      raw: 'ok',
      word: 'delivered',
      channel: 'sms',
      encrypted: true,
    });
    expect(calls[0]?.url).toBe('http://x/m/m%2F1');
  });

  it.each(['', '<html>', 'null', '[]', '{"state":{}}', '{"state":null}', '{"other":"ok"}'])(
    'is nothing when the answer is %j',
    async (body) => {
      const { conversation } = speak(poll, { status: 200, body });
      expect(await statusRead(conversation, 'alerts-1', 'm-1')).toBeUndefined();
    },
  );

  it('keeps a word that it did not declare', async () => {
    const { conversation } = speak(poll, { status: 200, body: '{"state":"odd","e2e":"yes"}' });
    const reading = await statusRead(conversation, 'a', 'm');
    const body = '{"state":"odd","e2e":"yes"}';
    expect(reading).toEqual({ raw: 'odd', body, encryptedAs: '"yes"' });
  });
});

describe('registering over HTTP', () => {
  const blocks = { registration: { person: { method: 'PUT', path: '/u/{{recipient.id}}' } } };
  it.each<[what: string, answer: Answer, expected: unknown]>([
    ['it worked', { status: 204 }, undefined],
    [
      'the template is wrong',
      { status: 422, body: 'bad' },
      { kind: 'refused', detail: 'PUT /u/{{recipient.id}} answered 422: bad' },
    ],
    [
      'nobody is there',
      { reason: 'ECONNREFUSED', handed: false },
      { kind: 'no-answer', detail: 'PUT /u/{{recipient.id}}: ECONNREFUSED' },
    ],
  ])('tells that %s', async (_what, answer, expected) => {
    const { conversation } = speak(blocks, answer);
    expect(await conversation.registerPerson({ 'recipient.id': 'ana' })).toEqual(expected);
    expect(await conversation.registerDevice({ 'recipient.id': 'ana' })).toBeUndefined();
  });
});

describe('the templates of a description', () => {
  it('are checked at every place that has some', () => {
    const polite = descriptionText('http.mjs polite');
    const blocks: Record<string, string> = {
      'registration.person': "registration: { person: { path: '/{{nobody}}' } }\n",
      'registration.device':
        "registration: { device: { path: '/', body: { a: [{ b: '{{nobody}}' }] } } }\n",
      'app.fetch': "app: { push: {}, fetch: { path: '/{{nobody}}', text: /text } }\n",
      'app.inbox': "app: { push: {}, inbox: { path: '/{{nobody}}', items: /items } }\n",
      'app.receipt': "app: { push: {}, receipt: { path: '/', headers: { a: '{{nobody}}' } } }\n",
      'link.sign-in': "link: { hosts: [a.example], sign-in: { fields: { code: '{{nobody}}' } } }\n",
    };
    for (const [block, text] of Object.entries(blocks)) {
      expect(Object.keys(TEMPLATE_NAMES)).toContain(block);
      expect(() => describedBy(polite + text), block).toThrow('{{nobody}} is not known here');
      const known = TEMPLATE_NAMES[block as keyof typeof TEMPLATE_NAMES].at(-1)!;
      expect(() => describedBy(polite + text.replace('nobody', known)), block).not.toThrow();
    }
  });
});
