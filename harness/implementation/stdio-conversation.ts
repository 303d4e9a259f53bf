/**
 * The stdio contract: newline-delimited JSON on the implementation's stdin and stdout, logs on
 * stderr. Requests carry `id` and `type`; each answer carries `in-reply-to`. Types: hello, register,
 * send, status, quiesce, bye. Errors carry `code` and `definite`. See docs/implementations.md.
 */
import type { Clock, Timer } from '../../simulators/kernel/clock.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type { DescriptionDoc } from './description-schema.ts';
import type { Conversation, SubmitResult } from './interface.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';
import { statusWordOf } from './status-words.ts';

/** A line longer than this is not an answer but a flood. */
const LINE_LIMIT = 1024 * 1024;

interface Answer {
  readonly type: string;
  readonly [key: string]: unknown;
}
type Reply = Answer | { readonly type: 'no-answer'; readonly reason: string };

export interface LinePipe {
  /** False when the pipe is gone or the implementation never reads it (its buffer is full). */
  write(line: string): boolean;
}

export interface StdioConversation extends Conversation {
  /** Takes what the implementation wrote to stdout. */
  received(chunk: string): void;
  /** The process is gone: nothing that is waiting will be answered. */
  closed(reason: string): void;
  hello(): Promise<string | undefined>;
  bye(): Promise<void>;
}

/** `recipient.msisdn` → `{ msisdn }` */
function nested(values: TemplateValues, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, value]) => [name.slice(prefix.length + 1), value]),
  );
}

export function createStdioConversation(options: {
  readonly doc: DescriptionDoc;
  readonly clock: Clock;
  readonly pipe: LinePipe;
  /** Told of lines that are no JSON answers (they belong on stderr). */
  readonly onGarbage: (line: string) => void;
}): StdioConversation {
  const { doc, clock, pipe } = options;
  const waiting = new Map<number, { settle: (reply: Reply) => void; timer: Timer }>();
  let nextId = 1;
  let buffered = '';

  const ask = (type: string, fields: Record<string, unknown> = {}): Promise<Reply> => {
    const id = nextId++;
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        waiting.get(id)?.timer.cancel();
        waiting.delete(id);
        resolve(reply);
      };
      const timer = clock.after(ANSWER_LIMIT_MICROS, () =>
        settle({ type: 'no-answer', reason: `no answer to ${type} within 10 s` }),
      );
      waiting.set(id, { settle, timer });
      if (!pipe.write(`${JSON.stringify({ id, type, ...fields })}\n`)) {
        settle({ type: 'no-answer', reason: 'it does not read its standard input' });
      }
    });
  };

  const takeLine = (line: string): void => {
    if (line.trim() === '') return;
    let answer: Answer;
    try {
      answer = JSON.parse(line) as Answer;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      options.onGarbage(line);
      return;
    }
    const pending = waiting.get(Number(answer?.['in-reply-to']));
    if (pending === undefined) options.onGarbage(line);
    else pending.settle(answer);
  };

  const failure = (reply: Reply): string | undefined => {
    if (reply.type === 'no-answer') return String(reply['reason']);
    if (reply.type !== 'error') return undefined;
    if (reply['code'] === 'unsupported') return undefined;
    return `error ${String(reply['code'])}`;
  };

  return {
    received: (chunk) => {
      buffered += chunk;
      for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n')) {
        const line = buffered.slice(0, end);
        buffered = buffered.slice(end + 1);
        takeLine(line);
      }
      if (buffered.length > LINE_LIMIT) buffered = '';
    },
    closed: (reason) => {
      for (const { settle } of waiting.values()) settle({ type: 'no-answer', reason });
    },
    hello: async () => {
      const reply = await ask('hello', { contract: 1 });
      return reply.type === 'hello-ok' ? undefined : (failure(reply) ?? 'hello was not answered hello-ok');
    },
    bye: async () => {
      await ask('bye');
    },
    registerPerson: async (recipient) =>
      failure(await ask('register', { person: nested(recipient, 'recipient') })),
    registerDevice: async (values) =>
      failure(
        await ask('register', {
          person: nested(values, 'recipient'),
          device: nested(values, 'device'),
        }),
      ),
    submit: async ({ message, recipient }): Promise<SubmitResult> => {
      const reply = await ask('send', {
        message,
        recipient: nested(recipient, 'recipient'),
        'idempotency-key': message.id,
      });
      const body = JSON.stringify(reply);
      if (reply.type === 'accepted') {
        const { id = message.id } = reply as Answer;
        if (typeof id === 'string') return { outcome: 'accepted', status: 'accepted', id, body };
        return { outcome: 'refused', definite: false, status: 'accepted without a text as id', body };
      }
      if (reply.type === 'no-answer') {
        return { outcome: 'no-answer', definite: false, status: String(reply['reason']), body };
      }
      const answer = reply as Answer;
      const code = typeof answer['code'] === 'string' ? answer['code'] : answer.type;
      const definite = answer['definite'] === true;
      return { outcome: code === 'busy' ? 'busy' : 'refused', definite, status: code, body };
    },
    status: async (_message, id) => {
      const reply = await ask('status', { message: id });
      const raw = (reply as Answer)['status'];
      if (reply.type !== 'status' || typeof raw !== 'string') return undefined;
      const words = doc.status?.words ?? {
        queued: ['queued'],
        sent: ['sent'],
        delivered: ['delivered'],
        read: ['read'],
        failed: ['failed'],
      };
      const word = statusWordOf(raw, words);
      const { channel, encrypted } = reply as Answer;
      return {
        raw,
        body: JSON.stringify(reply),
        ...(word === undefined ? {} : { word }),
        ...(typeof channel === 'string' ? { channel } : {}),
        ...(typeof encrypted === 'boolean' ? { encrypted } : {}),
      };
    },
    unknownOperation: async () => {
      const reply = await ask('bellwether-honesty-probe');
      return { refused: reply.type === 'error' || reply.type === 'unsupported', detail: reply.type };
    },
    quiesce: async () => {
      await ask('quiesce');
    },
  };
}
