import { describe, expect, it } from 'vitest';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createAnswers, createEnvelopes } from '../../simulators/network/envelope.ts';
import { createTap } from '../../simulators/network/tap.ts';
import type { WireRequest, WireResponse } from '../../simulators/network/wire.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

const CANARY = 'QX7H37RZR9C6';
const HEX = Buffer.from(CANARY).toString('hex');

/** A tap, and how often it really had to look. */
function counted() {
  const scanner = createScanner();
  const index = createMessageIndex();
  const history = createHistory(createVirtualClock());
  const tap = createTap({ history, scanner, index }, 'gateway', 'gateway/a');
  const count = { looks: 0 };
  const find: typeof tap.find = (bytes) => {
    count.looks++;
    return tap.find(bytes);
  };
  return { count, find };
}

const request = (more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'POST',
  path: '/v1/messages',
  query: '',
  headers: {
    host: 'gateway.test',
    authorization: 'Bearer ya29.a0AfH6SMBx',
    'content-length': '12',
  },
  body: Buffer.alloc(0),
  ...more,
});

describe('around the body of a request', () => {
  it.each([
    ['the path', { path: `/v1/messages/${CANARY}` }],
    ['the query', { query: `note=${CANARY}` }],
    ['a header', { headers: { host: 'a', 'x-trace': `text ${CANARY}` } }],
    ['an encoding in a header', { headers: { host: 'a', 'x-trace': HEX } }],
  ])('%s is looked at', (_where, more) => {
    const envelopes = createEnvelopes(counted());
    expect(envelopes.look(request(), false)).toBeUndefined();
    expect(envelopes.look(request(more), false)?.hits).toMatchObject([{ canary: CANARY }]);
    // Found once, it is found again: nothing with a canary in it is taken for known.
    expect(envelopes.look(request(more), false)?.hits).toMatchObject([{ canary: CANARY }]);
    expect(envelopes.look(request(), false)).toBeUndefined();
  });

  it('what held nothing is not looked at again', () => {
    const { count, find } = counted();
    const envelopes = createEnvelopes({ find });
    for (let time = 0; time < 5; time++) envelopes.look(request(), false);
    expect(count.looks).toBe(1);
    const id = '8f75dd69-a3e4-4963-8f49-1b2c3d4e5f60';
    const { headers } = request();
    envelopes.look(request({ headers: { ...headers, 'x-request-id': id } }), false);
    expect(count.looks).toBe(1);
    envelopes.look(
      request({ headers: { ...headers, 'user-agent': 'another/1.0 of 2026' } }),
      false,
    );
    expect(count.looks).toBe(2);
  });

  it('an address that the service knows is left out, its headers are not', () => {
    const envelopes = createEnvelopes(counted());
    const path = `/v1/${CANARY}`;
    expect(envelopes.look(request({ path }), true)).toBeUndefined();
    const headers = { 'x-trace': CANARY };
    expect(envelopes.look(request({ path, headers }), true)?.hits).toHaveLength(1);
  });
});

const response = (more: Partial<WireResponse> = {}): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"taken":true,"id":7}',
  ...more,
});

describe('an answer', () => {
  it.each([
    ['in the body', { body: `{"text":"${CANARY}"}` }],
    ['in the body as bytes', { body: Buffer.from(CANARY) }],
    ['in a header', { headers: { 'x-text': CANARY } }],
  ])('is looked at: %s', (_where, more) => {
    const answers = createAnswers(counted());
    expect(answers.look(response(), true)).toBeUndefined();
    expect(answers.look(response(more), true)?.hits).toMatchObject([{ canary: CANARY }]);
    expect(answers.look(response(more), true)?.hits).toMatchObject([{ canary: CANARY }]);
  });

  it('whose body somebody else looks at has only its headers looked at', () => {
    const answers = createAnswers(counted());
    expect(answers.look(response({ body: CANARY }), false)).toBeUndefined();
    expect(answers.look(response({ headers: { etag: `"${CANARY}"` } }), false)).toBeDefined();
  });

  it('that came before is known', () => {
    const { count, find } = counted();
    const answers = createAnswers({ find });
    for (let time = 0; time < 5; time++) answers.look(response(), true);
    expect(count.looks).toBe(2);
  });
});
