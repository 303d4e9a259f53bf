/**
 * Finds an implementation that lives and no longer answers: while something that it was asked stays
 * unanswered, it is asked whether it is there. Answering late is not hanging: only silence to
 * everything, for as long as a whole answer may take and some seconds more, is.
 */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import { InOrder } from '../../simulators/kernel/in-order.ts';
import type { InLine } from '../../simulators/kernel/in-order.ts';
import type { Network } from '../../simulators/network/wire.ts';
import type { Conversation } from './interface.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';

/** After so long without an answer it is asked whether it is there. */
const SUSPECT_MICROS = ANSWER_LIMIT_MICROS / 2;
/** How long one such question may take; they follow one another. */
export const QUESTION_MICROS = 2.5 * MICROS_PER_SECOND;
/** What came back only when the limit was over is no answer; timers may be that early. */
const ANSWERED_MICROS = ANSWER_LIMIT_MICROS - MICROS_PER_SECOND / 10;
/** Silence to everything for so long, four questions among it, is hanging. */
const HUNG_MICROS = ANSWERED_MICROS + 5 * MICROS_PER_SECOND;
/** A question that ends later than it may: the harness was slow, and the time does not count. */
const LATE_MICROS = MICROS_PER_SECOND / 2;

/** Something that it was asked. */
class Question implements InLine<Question> {
  readonly atMicros: number;
  before: Question | undefined;
  after: Question | undefined;

  constructor(atMicros: number) {
    this.atMicros = atMicros;
  }
}

export interface HangWatchOptions {
  readonly clock: Clock;
  /** Asks for anything, at most `QUESTION_MICROS`; false only when nobody answered. */
  readonly isThere: () => Promise<boolean>;
  /** It hangs; told once for each instance. */
  readonly hung: () => void;
}

export interface HangWatch {
  /** Watches what a conversation is asked. */
  over(conversation: Conversation): Conversation;
  /** It cannot answer now, and need not: stopped, killed, not ready. Until `resume`. */
  suspend(): void;
  resume(): void;
  /**
   * Set while an answer is missing; resolves when it has come, or is known never to come. Whoever
   * ends a cell waits for it: how soon hanging is found depends on how busy the machine is.
   */
  readonly undecided: Promise<void> | undefined;
}

export function createHangWatch({ clock, isThere, hung }: HangWatchOptions): HangWatch {
  /** Under way, oldest first. */
  const open = new InOrder<Question>();
  let suspended = false;
  let armed = false;
  /** Goes up at every answer and every suspension: what was suspected before is void. */
  let signs = 0;
  let suspecting = false;
  const waiting: (() => void)[] = [];
  const isDecided = (): boolean => suspended || (open.size === 0 && !suspecting);
  const decide = (): void => {
    if (waiting.length === 0 || !isDecided()) return;
    for (const tell of waiting.splice(0)) tell();
  };

  const suspect = async (sinceMicros: number): Promise<void> => {
    const before = signs;
    let silentSince = sinceMicros;
    for (;;) {
      const askedAt = clock.now();
      clock.touch();
      const there = await isThere();
      clock.touch();
      if (there) signs++;
      if (signs !== before) return;
      const tookMicros = clock.now() - askedAt;
      if (tookMicros > QUESTION_MICROS + LATE_MICROS) silentSince += tookMicros;
      await sleep(clock, Math.max(0, QUESTION_MICROS - tookMicros), { daemon: true });
      if (signs !== before) return;
      if (clock.now() - silentSince >= HUNG_MICROS) {
        signs++;
        hung();
        return;
      }
    }
  };

  /** One timer for all that is under way, so that watching costs next to nothing. */
  const arm = (): void => {
    if (armed || suspended) return;
    const oldest = open.first;
    if (oldest === undefined) return;
    armed = true;
    const look = (): void => {
      const now = open.first;
      const waited = now === undefined ? 0 : clock.now() - now.atMicros;
      if (suspended || now === undefined || waited < SUSPECT_MICROS) {
        armed = false;
        arm();
        return;
      }
      const lookedInto = [...open];
      suspecting = true;
      void suspect(now.atMicros).finally(() => {
        armed = false;
        suspecting = false;
        for (const question of lookedInto) open.delete(question);
        arm();
        decide();
      });
    };
    const due = Math.max(0, oldest.atMicros + SUSPECT_MICROS - clock.now());
    clock.after(due, look, { daemon: true });
  };

  /** A question is under way from now on; undefined while nobody can be expected to answer. */
  const asked = (): Question | undefined => {
    if (suspended) return undefined;
    const question = new Question(clock.now());
    open.add(question);
    arm();
    return question;
  };

  const answered = (question: Question | undefined): void => {
    if (question === undefined) return;
    open.delete(question);
    if (clock.now() - question.atMicros < ANSWERED_MICROS) signs++;
    decide();
  };

  const watched = async <T>(call: () => Promise<T>): Promise<T> => {
    const question = asked();
    const result = await call();
    answered(question);
    return result;
  };

  const archivedIn = ({ archived }: Conversation): Pick<Conversation, 'archived'> =>
    archived === undefined ? {} : { archived: (values) => watched(() => archived(values)) };

  return {
    over: (conversation) => ({
      registerPerson: (recipient) => watched(() => conversation.registerPerson(recipient)),
      registerDevice: (values) => watched(() => conversation.registerDevice(values)),
      submit: (submission, told) => {
        const question = asked();
        conversation.submit(submission, (result) => {
          answered(question);
          told(result);
        });
      },
      status: (message, id, told) => {
        const question = asked();
        conversation.status(message, id, (reading, unread) => {
          answered(question);
          told(reading, unread);
        });
      },
      ...archivedIn(conversation),
      unknownOperation: () => watched(() => conversation.unknownOperation()),
      quiesce: () => conversation.quiesce(),
    }),
    suspend: () => {
      suspended = true;
      signs++;
      while (open.first !== undefined) open.delete(open.first);
      decide();
    },
    resume: () => {
      suspended = false;
    },
    get undecided() {
      if (isDecided()) return undefined;
      return new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}

/** Whether anything comes back from an HTTP door; a refused connection is no hanging either. */
export async function isHttpDoorThere(
  network: Pick<Network, 'request'>,
  baseUrl: string,
  readyPath = '/',
): Promise<boolean> {
  // A status page elsewhere says nothing about this door.
  const url = `${baseUrl}${readyPath.startsWith('/') ? readyPath : '/'}`;
  const timeoutMicros = QUESTION_MICROS;
  const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros });
  return result.kind === 'answer' || result.reason !== 'ETIMEDOUT';
}
