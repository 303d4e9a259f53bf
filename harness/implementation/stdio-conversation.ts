/**
 * The stdio contract: newline-delimited JSON on the implementation's stdin and stdout, logs on
 * stderr. Requests carry `id` and `type`; each answer carries `in-reply-to`. Types: hello,
 * register, send, status, quiesce, bye. Errors carry `code` and `definite`. See
 * docs/implementations.md.
 */
import { StringDecoder } from 'node:string_decoder';
import type { Clock, Timer } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type { DescriptionDoc } from './description-schema.ts';
import type {
  Conversation,
  RegistrationProblem,
  StatusReading,
  Submission,
  SubmitResult,
  UnreadStatus,
} from './interface.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';
import { compileReading } from './status-reading.ts';

/** What hello offers, and hello-ok has to agree to when it names one. */
const CONTRACT_VERSION = 1;
/** What its words for statuses are where the description declares none. */
const OWN_WORDS = {
  queued: ['queued'],
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['read'],
  failed: ['failed'],
};
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
  /** Takes what the implementation wrote to stdout; a character may be cut between two chunks. */
  received(chunk: Uint8Array): void;
  /** The process is gone: nothing that is waiting will be answered. */
  closed(reason: string): void;
  /** undefined = it said hello-ok in time; else what went wrong. */
  hello(limitMicros?: number): Promise<string | undefined>;
  bye(): Promise<void>;
  /** Whether it answers anything at all. */
  isThere(limitMicros: number): Promise<boolean>;
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
  /**
   * Told of what is no answer (logs belong on stderr): all such lines of one chunk together, so
   * that a flood of short lines stays a few events.
   */
  readonly onGarbage: (lines: string) => void;
}): StdioConversation {
  const { doc, clock, pipe } = options;
  const waiting = new Map<number, { settle: (reply: Reply) => void; timer: Timer }>();
  const decoder = new StringDecoder('utf8');
  const reading = compileReading(doc.status ?? { words: OWN_WORDS });
  let garbage: string[] = [];
  let nextId = 1;
  let buffered = '';
  let gone: string | undefined;

  const ask = (
    type: string,
    fields: Record<string, unknown> = {},
    limitMicros = ANSWER_LIMIT_MICROS,
  ): Promise<Reply> => {
    if (gone !== undefined) return Promise.resolve({ type: 'no-answer', reason: gone });
    const id = nextId++;
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        waiting.get(id)?.timer.cancel();
        waiting.delete(id);
        resolve(reply);
      };
      const timer = clock.after(limitMicros, () => {
        const reason = `no answer to ${type} within ${limitMicros / MICROS_PER_SECOND} s`;
        settle({ type: 'no-answer', reason });
      });
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
      garbage.push(line);
      return;
    }
    const isRecord = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
    const pending = isRecord ? waiting.get(Number(answer['in-reply-to'])) : undefined;
    if (pending === undefined) garbage.push(line);
    // An answer without a type is none, and nobody waits longer for it.
    else if (typeof answer.type !== 'string') {
      garbage.push(line);
      pending.settle({ type: 'no-answer', reason: 'an answer without a type' });
    } else pending.settle(answer);
  };

  const tellGarbage = (): void => {
    if (garbage.length === 0) return;
    const lines = garbage.join('\n');
    garbage = [];
    options.onGarbage(lines);
  };

  const failure = (reply: Reply): string | undefined => {
    if (reply.type === 'no-answer') return String(reply['reason']);
    if (reply.type !== 'error') return undefined;
    if (reply['code'] === 'unsupported') return undefined;
    return `error ${String(reply['code'])}`;
  };

  const registered = (reply: Reply): RegistrationProblem | undefined => {
    const detail = failure(reply);
    if (detail === undefined) return undefined;
    return { kind: reply.type === 'error' ? 'refused' : 'no-answer', detail };
  };

  const submit = async ({ message, recipient }: Submission): Promise<SubmitResult> => {
    const reply = await ask('send', {
      message,
      recipient: nested(recipient, 'recipient'),
      'idempotency-key': message.id,
    });
    const body = JSON.stringify(reply);
    if (reply.type === 'accepted') {
      const { id = message.id } = reply as Answer;
      if (typeof id === 'string') return { outcome: 'accepted', status: 'accepted', id, body };
      return {
        outcome: 'refused',
        definite: false,
        status: 'accepted without a text as id',
        body,
      };
    }
    if (reply.type === 'no-answer') {
      return { outcome: 'no-answer', definite: false, status: String(reply['reason']), body };
    }
    const answer = reply as Answer;
    const code = typeof answer['code'] === 'string' ? answer['code'] : answer.type;
    const definite = answer['definite'] === true;
    return { outcome: code === 'busy' ? 'busy' : 'refused', definite, status: code, body };
  };

  const status = async (id: string): Promise<StatusReading | UnreadStatus | undefined> => {
    const question = { message: id };
    const reply = await ask('status', question);
    const raw = (reply as Answer)['status'];
    if (reply.type !== 'status') return undefined;
    if (typeof raw !== 'string') {
      const request = JSON.stringify({ type: 'status', ...question });
      return { detail: 'status without a text as status', request, body: JSON.stringify(reply) };
    }
    const { channel, encrypted } = reply as Answer;
    return reading({ raw, channel, encrypted, body: JSON.stringify(reply) });
  };

  return {
    received: (chunk) => {
      const lines = (buffered + decoder.write(Buffer.from(chunk))).split('\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) takeLine(line);
      if (buffered.length > LINE_LIMIT) {
        garbage.push(buffered);
        buffered = '';
      }
      tellGarbage();
    },
    closed: (reason) => {
      gone = reason;
      if (buffered.trim() !== '') takeLine(buffered);
      buffered = '';
      tellGarbage();
      for (const { settle } of waiting.values()) settle({ type: 'no-answer', reason });
    },
    hello: async (limitMicros = ANSWER_LIMIT_MICROS) => {
      const reply = await ask('hello', { contract: CONTRACT_VERSION }, limitMicros);
      const version = reply.type === 'hello-ok' ? reply['contract'] : undefined;
      if (version !== undefined && version !== CONTRACT_VERSION) {
        const theirs = JSON.stringify(version);
        return `it speaks version ${theirs} of the contract, not ${CONTRACT_VERSION}`;
      }
      return reply.type === 'hello-ok'
        ? undefined
        : (failure(reply) ?? 'hello was not answered hello-ok');
    },
    isThere: async (limitMicros) =>
      (await ask('status', { message: 'bellwether-is-it-there' }, limitMicros)).type !==
      'no-answer',
    bye: async () => {
      await ask('bye');
    },
    registerPerson: async (recipient) =>
      registered(await ask('register', { person: nested(recipient, 'recipient') })),
    registerDevice: async (values) =>
      registered(
        await ask('register', {
          person: nested(values, 'recipient'),
          device: nested(values, 'device'),
        }),
      ),
    submit: (submission, told) => {
      void submit(submission).then(told);
    },
    status: (_message, id, told) => {
      void status(id).then((answer) => {
        if (answer !== undefined && 'detail' in answer) told(undefined, answer);
        else told(answer);
      });
    },
    unknownOperation: async () => {
      const reply = await ask('bellwether-honesty-probe');
      // The contract asks for an answer: silence is none that refuses.
      const refused = reply.type === 'error' || reply.type === 'unsupported';
      return { outcome: refused ? 'refused' : 'taken', detail: reply.type };
    },
    quiesce: async () => {
      await ask('quiesce');
    },
  };
}
