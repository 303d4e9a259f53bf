import { describe, expect, it } from 'vitest';
import type { DescriptionDoc } from '../../harness/implementation/description-schema.ts';
import { createStdioConversation } from '../../harness/implementation/stdio-conversation.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { statusRead, submitted } from './asking.ts';

const DOC = {
  send: { stdio: true },
  status: { words: { queued: ['waiting'], delivered: ['done'] } },
} as unknown as DescriptionDoc;
const MESSAGE = { id: 'alerts-1', text: 'Grüße', kind: 'chat', sensitivity: 'low', locale: 'de' };
const RECIPIENT = { 'recipient.id': 'ana', 'recipient.msisdn': '+999100000001' };

interface Asked {
  readonly id: number;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A conversation whose other side is the test itself. */
function begin(options: { readonly reads?: boolean } = {}) {
  const clock = createVirtualClock();
  const asked: Asked[] = [];
  const garbage: string[] = [];
  const conversation = createStdioConversation({
    doc: DOC,
    clock,
    pipe: {
      write: (line) => {
        if (options.reads === false) return false;
        expect(line.endsWith('\n')).toBe(true);
        asked.push(JSON.parse(line) as Asked);
        return true;
      },
    },
    onGarbage: (lines) => garbage.push(lines),
  });
  const write = (text: string): void => conversation.received(Buffer.from(text));
  return {
    clock,
    asked,
    garbage,
    conversation,
    write,
    answer: (fields: object) =>
      write(`${JSON.stringify({ 'in-reply-to': asked.at(-1)?.id, ...fields })}\n`),
    submit: () => submitted(conversation, { message: MESSAGE, recipient: RECIPIENT }),
  };
}

describe('a stdio implementation', () => {
  it('is asked in lines of JSON, each with an id of its own', async () => {
    const { conversation, asked, answer, submit } = begin();
    const hello = conversation.hello();
    answer({ type: 'hello-ok' });
    expect(await hello).toBeUndefined();
    const sent = submit();
    expect(asked.at(-1)).toMatchObject({
      type: 'send',
      message: MESSAGE,
      recipient: { id: 'ana', msisdn: '+999100000001' },
      'idempotency-key': 'alerts-1',
    });
    answer({ type: 'accepted', id: 'm-9' });
    expect(await sent).toMatchObject({ outcome: 'accepted', id: 'm-9' });
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
  });

  it('may answer in any order', async () => {
    const { asked, write, submit } = begin();
    const first = submit();
    const second = submit();
    const line = (id: number, own: string): string =>
      `${JSON.stringify({ 'in-reply-to': id, type: 'accepted', id: own })}\n`;
    write(line(asked[1]!.id, 'm-2') + line(asked[0]!.id, 'm-1'));
    expect(await first).toMatchObject({ id: 'm-1' });
    expect(await second).toMatchObject({ id: 'm-2' });
  });

  it('may be read in pieces, cut in the middle of a character', async () => {
    const { asked, conversation, submit } = begin();
    const sent = submit();
    const bytes = Buffer.from(
      `${JSON.stringify({ 'in-reply-to': asked[0]!.id, type: 'accepted', id: 'größe-→-9' })}\n`,
    );
    for (const byte of bytes) conversation.received(Uint8Array.of(byte));
    expect(await sent).toMatchObject({ outcome: 'accepted', id: 'größe-→-9' });
  });

  it('has garbage told, a chunk at a time, and is heard all the same', async () => {
    const { answer, write, garbage, submit } = begin();
    const sent = submit();
    write('Listening…\n{broken\n[]\n42\nnull\n"text"\n\n{"in-reply-to":999,"type":"ok"}\n');
    expect(garbage).toEqual([
      'Listening…\n{broken\n[]\n42\nnull\n"text"\n{"in-reply-to":999,"type":"ok"}',
    ]);
    answer({ type: 'accepted', id: 'm-1' });
    expect(await sent).toMatchObject({ outcome: 'accepted' });
  });

  it('that never answers has not answered after ten seconds: perhaps it happened', async () => {
    const { clock, submit } = begin();
    const sent = submit();
    await clock.run(9_999_999);
    expect(clock.pending).toBe(1);
    await clock.run(10_000_000);
    expect(await sent).toMatchObject({
      outcome: 'no-answer',
      definite: false,
      status: 'no answer to send within 10 s',
    });
  });

  it('that answers too late is not heard', async () => {
    const { clock, submit, answer, garbage } = begin();
    const sent = submit();
    await clock.run(10_000_000);
    answer({ type: 'accepted', id: 'm-1' });
    expect((await sent).outcome).toBe('no-answer');
    expect(garbage).toHaveLength(1);
  });

  it('that never reads its standard input is told so at once', async () => {
    const { submit, clock } = begin({ reads: false });
    expect(await submit()).toMatchObject({ status: 'it does not read its standard input' });
    expect(clock.pending).toBe(0);
  });

  it('that is gone answers nothing that waits, and nothing asked later', async () => {
    const { conversation, submit } = begin();
    const waiting = submit();
    conversation.closed('it exited');
    expect(await waiting).toMatchObject({ outcome: 'no-answer', status: 'it exited' });
    expect(await submit()).toMatchObject({ outcome: 'no-answer', status: 'it exited' });
  });

  it('is heard to its last line, though no line feed ends it', async () => {
    const { conversation, submit, write, asked } = begin();
    const sent = submit();
    write(JSON.stringify({ 'in-reply-to': asked[0]!.id, type: 'accepted', id: 'm-1' }));
    conversation.closed('it exited');
    expect(await sent).toMatchObject({ outcome: 'accepted', id: 'm-1' });
  });

  it('that writes a line without end fills no memory', () => {
    const { write, garbage } = begin();
    for (let chunk = 0; chunk < 40; chunk++) write('x'.repeat(64 * 1024));
    expect(garbage.length).toBeGreaterThan(0);
    expect(garbage.join('').length).toBeGreaterThan(2 * 1024 * 1024);
  });

  it.each<[what: string, fields: object, expected: object]>([
    ['busy', { type: 'error', code: 'busy', definite: true }, { outcome: 'busy', definite: true }],
    [
      'a definite refusal',
      { type: 'error', code: 'invalid-number', definite: true },
      { outcome: 'refused', definite: true, status: 'invalid-number' },
    ],
    [
      'an indefinite error',
      { type: 'error', code: 'timeout' },
      { outcome: 'refused', definite: false },
    ],
    [
      'something unknown',
      { type: 'surprise' },
      { outcome: 'refused', definite: false, status: 'surprise' },
    ],
    ['an answer without a type', {}, { outcome: 'no-answer', definite: false }],
    ['an acceptance without an id', { type: 'accepted' }, { outcome: 'accepted', id: 'alerts-1' }],
    [
      'an acceptance whose id is no text',
      { type: 'accepted', id: { a: 1 } },
      { outcome: 'refused' },
    ],
  ])('may say %s', async (_what, fields, expected) => {
    const { submit, answer } = begin();
    const sent = submit();
    answer(fields);
    expect(await sent).toMatchObject(expected);
  });

  it('that speaks another version of the contract is not started with', async () => {
    const { conversation, answer } = begin();
    const hello = conversation.hello();
    answer({ type: 'hello-ok', contract: 2 });
    expect(await hello).toBe('it speaks version 2 of the contract, not 1');
  });

  it('is waited for at hello as long as the description says', async () => {
    const { conversation, clock } = begin();
    const hello = conversation.hello(2_000_000);
    await clock.run(2_000_000);
    expect(await hello).toBe('no answer to hello within 2 s');
  });

  it('need not know what it is not asked to know', async () => {
    const { conversation, answer } = begin();
    const registered = conversation.registerPerson(RECIPIENT);
    answer({ type: 'error', code: 'unsupported' });
    expect(await registered).toBeUndefined();
    const refused = conversation.registerPerson(RECIPIENT);
    answer({ type: 'error', code: 'bad-person' });
    expect(await refused).toEqual({ kind: 'refused', detail: 'error bad-person' });
  });

  it('tells its status in its own words', async () => {
    const { conversation, answer } = begin();
    const known = statusRead(conversation, 'alerts-1', 'm-1');
    answer({ type: 'status', status: 'done', channel: 'sms', encrypted: false });
    expect(await known).toMatchObject({
      raw: 'done',
      word: 'delivered',
      channel: 'sms',
      encrypted: false,
    });
    const asText = statusRead(conversation, 'alerts-1', 'm-1');
    answer({ type: 'status', status: 'done', channel: ['sms'], encrypted: 'true' });
    expect(await asText).toMatchObject({ channel: '["sms"]', encrypted: true });
    const strange = statusRead(conversation, 'alerts-1', 'm-1');
    answer({ type: 'status', status: 'odd' });
    const reading = await strange;
    expect(reading?.raw).toBe('odd');
    expect(reading?.word).toBeUndefined();
    const none = statusRead(conversation, 'alerts-1', 'm-1');
    answer({ type: 'status', status: 7 });
    expect(await none).toBeUndefined();
  });

  it('is asked for what does not exist, and must refuse it', async () => {
    const { conversation, answer } = begin();
    const refused = conversation.unknownOperation();
    answer({ type: 'error', code: 'unsupported' });
    expect(await refused).toMatchObject({ outcome: 'refused' });
    const taken = conversation.unknownOperation();
    answer({ type: 'ok' });
    expect(await taken).toMatchObject({ outcome: 'taken' });
  });
});

describe('whether a stdio implementation is there', () => {
  it('shows by any answer, an error too', async () => {
    const { conversation, answer } = begin();
    const there = conversation.isThere(2_500_000);
    answer({ type: 'error', code: 'unknown', definite: true });
    expect(await there).toBe(true);
  });

  it('is denied by silence', async () => {
    const { conversation, clock } = begin();
    const there = conversation.isThere(2_500_000);
    await clock.run(2_500_000);
    expect(await there).toBe(false);
  });
});
