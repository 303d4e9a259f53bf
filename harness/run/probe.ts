/**
 * The honesty probe: before any scenario, things that an honest implementation refuses. What it
 * finds are `probe.result` events, judged by contract/probe.
 */
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Claims } from '../../simulators/kernel/events.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type {
  Conversation,
  StatusReading,
  SubmitResult,
  UnreadStatus,
} from '../implementation/interface.ts';
import { answerOf } from '../implementation/interface.ts';
import { createPatience } from './probe-patience.ts';
import type { Patience } from './probe-patience.ts';

export interface ProbeOptions {
  readonly ambient: Ambient;
  readonly conversation: Conversation;
  readonly claims: Claims;
  /** Whether it can be polled for statuses over HTTP, where an answer differs from silence. */
  readonly asksStatus: boolean;
  /** It is down, or the run is stopped: nothing is asked a second time. */
  readonly isOver: () => boolean;
  /** What it pushed last about an own id. */
  readonly told: (id: string) => StatusReading | undefined;
  /** Somebody whom it knows. */
  readonly recipient: TemplateValues;
}

/** A number nobody has: +999 is unassigned, and the last block is never dealt out. */
const NOBODY = '+999999999999';
const WAIT_MICROS = 2 * MICROS_PER_SECOND;
const PAUSE_MICROS = MICROS_PER_SECOND / 4;
/** Characters of an answer that a hint shows. */
const MOST_SHOWN = 500;

const message = (
  id: string,
): { id: string; text: string; kind: string; sensitivity: string; locale: string } => ({
  id,
  text: 'Bellwether asks whether you are there.',
  kind: 'appointment',
  sensitivity: 'low',
  locale: 'en',
});

/**
 * 4xx to the very first message, or a success that cannot be read as one: the template is wrong,
 * not the implementation. Unread, every message would count as refused and no status be judged.
 * `what`: the very first message; without the probe, every one of the first cell.
 */
export function unusableTemplate(what: string, refusal: SubmitResult): BellwetherError {
  const { status, body } = refusal;
  const request = ('request' in refusal ? refusal.request : undefined) ?? '';
  const part = status.startsWith('4') ? 'send.request' : 'send.accepted';
  const shown = `The request:\n${request}\nand the answer:\n${body.slice(0, MOST_SHOWN)}`;
  return new BellwetherError(`${what} was answered ${status}`, {
    code: 'IMPLEMENTATION_TEMPLATE',
    blame: 'author',
    hint: `Correct ${part}. ${shown}`,
  });
}

/** A refusal by the template's fault, as far as one answer can tell. */
export function showsTemplate(result: SubmitResult): boolean {
  return result.outcome === 'refused' && /^[234]\d\d\b/.test(result.status);
}

interface Asked {
  readonly reading: StatusReading | undefined;
  readonly unread: UnreadStatus | undefined;
}

function askStatus({ conversation, ambient }: ProbeOptions, key: string, id: string) {
  return answerOf<Asked>(ambient.clock, (told) =>
    conversation.status(key, id, (reading, unread) => told({ reading, unread })),
  );
}

/** Nothing that says anything: no answer, or one that puts the question off. */
function isPutOff({ asksStatus }: ProbeOptions, { reading, unread }: Asked): boolean {
  if (reading !== undefined || !asksStatus) return false;
  return unread === undefined || unread.later === true;
}

/**
 * Asks for the status of the very first message until one can be read, for a moment: were it never
 * read, nothing that the implementation says would be judged. No answer at all is not the
 * template's fault, and a status that is pushed is one, too. False: it was never answered.
 */
async function readFirstStatus(
  options: ProbeOptions,
  patience: Patience,
  id: string,
): Promise<boolean> {
  const { ambient, told } = options;
  const { clock } = ambient;
  const until = clock.now() + WAIT_MICROS;
  for (;;) {
    const ask = (): Promise<Asked> => askStatus(options, 'probe-1', id);
    const asked = await patience.answer(ask, (answer) => isPutOff(options, answer));
    if (asked.reading !== undefined || told(id) !== undefined) return true;
    if (isPutOff(options, asked)) return false;
    if (asked.unread === undefined) return true;
    if (clock.now() >= until) throw unreadableStatus(asked.unread);
    await sleep(clock, PAUSE_MICROS);
  }
}

function unreadableStatus({ detail, request, body }: UnreadStatus): BellwetherError {
  return new BellwetherError(
    `the status of the very first message cannot be read: it answered ${detail}`,
    {
      code: 'IMPLEMENTATION_TEMPLATE',
      blame: 'author',
      hint:
        `Correct status.poll. The request:\n${request}\nand the answer:\n` +
        `${body.slice(0, MOST_SHOWN)}`,
    },
  );
}

/** What a caller tries again: it may be taken the next time. */
function mayBeTakenLater(result: SubmitResult): boolean {
  return result.outcome !== 'accepted' && (result.outcome !== 'refused' || is5xx(result));
}

function is5xx({ status }: SubmitResult): boolean {
  return /^5\d\d\b/.test(status);
}

class Probe {
  readonly #options: ProbeOptions;
  readonly #patience: Patience;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#patience = createPatience(options.ambient.clock, options.isOver);
  }

  #tell(probe: string, held: boolean, detail: string): void {
    this.#options.ambient.history.append({ kind: 'probe.result', probe, held, detail });
  }

  #unanswered(probe: string, detail: string): void {
    const kind = 'probe.result';
    this.#options.ambient.history.append({ kind, probe, held: false, detail, unanswered: true });
  }

  #submit(id: string, recipient: TemplateValues): Promise<SubmitResult> {
    const { conversation, ambient } = this.#options;
    const ask = (): Promise<SubmitResult> =>
      answerOf(ambient.clock, (told) =>
        conversation.submit({ message: message(id), recipient }, told),
      );
    return this.#patience.answer(ask, mayBeTakenLater);
  }

  async ask(): Promise<void> {
    const first = await this.#submit('probe-1', this.#options.recipient);
    if (showsTemplate(first)) throw unusableTemplate('the very first message', first);
    await this.#askFirstStatus(first);
    await this.#askUnknownOperation();
    await this.#askUnknownRecipient(first);
    if (this.#options.claims.idempotency) await this.#askAgain(first);
  }

  async #askFirstStatus(first: SubmitResult): Promise<void> {
    const probe = 'first-status-readable';
    if (first.outcome !== 'accepted') {
      this.#unanswered(probe, `its message was answered ${first.status}`);
    } else if (!(await readFirstStatus(this.#options, this.#patience, first.id))) {
      this.#unanswered(probe, 'polls got no answer');
    }
  }

  async #askUnknownOperation(): Promise<void> {
    const answer = await this.#patience.answer(
      () => this.#options.conversation.unknownOperation(),
      (each) => each?.outcome === 'busy' || each?.outcome === 'no-answer',
    );
    if (answer === undefined) return;
    const { outcome, detail } = answer;
    const probe = 'unknown-operation-refused';
    if (outcome === 'busy' || outcome === 'no-answer') this.#unanswered(probe, detail);
    else this.#tell(probe, outcome === 'refused', detail);
  }

  async #askUnknownRecipient(first: SubmitResult): Promise<void> {
    const probe = 'unknown-recipient-not-delivered';
    const options = this.#options;
    const sent = await this.#submit('probe-2', {
      ...options.recipient,
      'recipient.id': 'nobody',
      'recipient.msisdn': NOBODY,
      'recipient.name': 'Nobody',
    });
    if (sent.outcome === 'accepted') {
      await sleep(options.ambient.clock, WAIT_MICROS);
      const ask = (): Promise<Asked> => askStatus(options, 'probe-2', sent.id);
      const asked = await this.#patience.answer(ask, (answer) => isPutOff(options, answer));
      const status = asked.reading ?? options.told(sent.id);
      if (status === undefined && isPutOff(options, asked)) {
        this.#unanswered(probe, asked.unread?.detail ?? 'its status was asked for, no answer');
        return;
      }
      const claimed = status?.word === 'delivered' || status?.word === 'read';
      this.#tell(probe, !claimed, `status ${status?.raw ?? 'not told'}`);
      return;
    }
    // An error that only a stranger's message is answered with is about the stranger.
    const refused = sent.outcome === 'refused' && (!is5xx(sent) || first.outcome === 'accepted');
    if (refused) this.#tell(probe, true, `refused with ${sent.status}`);
    else this.#unanswered(probe, `its message was answered ${sent.status}`);
  }

  async #askAgain(first: SubmitResult): Promise<void> {
    const probe = 'idempotency-key-honoured';
    if (first.outcome !== 'accepted') {
      this.#unanswered(probe, `the first time was answered ${first.status}`);
      return;
    }
    const again = await this.#submit('probe-1', this.#options.recipient);
    if (mayBeTakenLater(again)) {
      this.#unanswered(probe, `the second time was answered ${again.status}`);
      return;
    }
    const same = again.outcome === 'accepted' && again.id === first.id;
    const detail = again.outcome === 'accepted' ? `ids ${first.id} and ${again.id}` : again.status;
    this.#tell(probe, same, detail);
  }
}

/** Asks everything once; what is put off is asked again, as a caller would. */
export async function probeHonesty(options: ProbeOptions): Promise<void> {
  await new Probe(options).ask();
}
