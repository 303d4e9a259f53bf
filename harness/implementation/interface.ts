/** How the runner speaks with whatever is under test; HTTP mapping and stdio both offer it. */
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type { Channel, StatusWord } from '../../simulators/kernel/words.ts';

export interface OutgoingMessage {
  readonly id: string;
  readonly text: string;
  readonly kind: string;
  readonly sensitivity: string;
  readonly locale: string;
  /** A file that goes with it. */
  readonly attachment?: OutgoingAttachment;
}

/** Its bytes hold the message's canary; both contents are base64. */
export interface OutgoingAttachment {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly thumbnail?: string;
}

export interface Submission {
  readonly message: OutgoingMessage;
  /** `recipient.…` names, flat. */
  readonly recipient: TemplateValues;
}

export type SubmitResult =
  | {
      readonly outcome: 'accepted';
      readonly status: string;
      readonly id: string;
      readonly body: string;
    }
  | {
      readonly outcome: 'busy' | 'refused' | 'no-answer';
      /** Did it certainly not happen? */
      readonly definite: boolean;
      readonly status: string;
      readonly body: string;
      /** The request as sent, for the message about an unusable template. */
      readonly request?: string;
      readonly retryAfterMicros?: number;
    };

export interface StatusReading {
  readonly raw: string;
  readonly word?: StatusWord;
  /** As it was told. */
  readonly channel?: string;
  /** What that stands for, where the description declares it: several, or none. */
  readonly means?: readonly Channel[];
  readonly encrypted?: boolean;
  /** What was told instead of true or false, as JSON. */
  readonly encryptedAs?: string;
  /** What was read, for the tap of implementation-api. */
  readonly body: string;
}

/** What came when a message's archived copy was asked for. */
export interface ArchiveReading {
  /** HTTP status; null: no answer. */
  readonly status: number | null;
  /** Why there was none. */
  readonly failure?: string;
  readonly body: string | Uint8Array;
}

/** Why a registration did not work: the template's fault (4xx), or nobody answered well. */
export interface RegistrationProblem {
  readonly kind: 'refused' | 'no-answer';
  readonly detail: string;
}

/** An answer to a poll in which no status stands. */
export interface UnreadStatus {
  /** `200, and /status points at nothing`: nothing of the answer itself. */
  readonly detail: string;
  readonly request: string;
  readonly body: string;
  /** It is busy or failed just now (429, 5xx): that says nothing about where statuses stand. */
  readonly later?: true;
}

/** What an operation that does not exist was answered. */
export interface UnknownAnswer {
  /** `busy`, `no-answer`: not answered yet. */
  readonly outcome: 'refused' | 'taken' | 'busy' | 'no-answer';
  readonly detail: string;
  readonly retryAfterMicros?: number;
}

/**
 * What an implementation can be asked, whatever the transport. Nothing here throws on its behalf.
 * What is asked for each message tells its answer by a call, at the moment when it comes: a promise
 * for each would cost more than the rest of a poll in virtual time.
 */
export interface Conversation {
  /** Each answers undefined when it worked. */
  registerPerson(recipient: TemplateValues): Promise<RegistrationProblem | undefined>;
  registerDevice(values: TemplateValues): Promise<RegistrationProblem | undefined>;
  submit(submission: Submission, told: (result: SubmitResult) => void): void;
  /**
   * undefined: it cannot be asked (told at once), or did not answer; or it did, and no status can
   * be read in that: `unread` says what came.
   */
  status(
    message: string,
    id: string,
    told: (reading: StatusReading | undefined, unread?: UnreadStatus) => void,
  ): void;
  /** Absent where no archive is described. */
  readonly archived?: (values: TemplateValues) => Promise<ArchiveReading>;
  /** Asks for an operation that does not exist; undefined = this transport cannot ask. */
  unknownOperation(): Promise<UnknownAnswer | undefined>;
  /** Says that nothing more will come; resolves when it is at rest, if it can say so. */
  quiesce(): Promise<void>;
}

/** How long the runner waits for one answer before it counts as none. */
export const ANSWER_LIMIT_MICROS = 10_000_000;
export const DEFAULT_POLL_MICROS = 1_000_000;

/** The answer as a promise, for whoever asks now and then. */
export function answerOf<T>(
  clock: Pick<Clock, 'touch'>,
  ask: (told: (answer: T) => void) => void,
): Promise<T> {
  return new Promise((resolve) => {
    ask((answer) => {
      clock.touch();
      resolve(answer);
    });
  });
}
