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

export interface ProbeOptions {
  readonly ambient: Ambient;
  readonly conversation: Conversation;
  readonly claims: Claims;
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

/**
 * Asks for the status of the very first message until one can be read, for a moment: were it never
 * read, nothing that the implementation says would be judged. No answer at all is not the
 * template's fault, and a status that is pushed is one, too.
 */
async function readFirstStatus(options: ProbeOptions, id: string): Promise<void> {
  const { conversation, ambient, told } = options;
  const { clock } = ambient;
  const until = clock.now() + WAIT_MICROS;
  for (;;) {
    const unread = await answerOf<UnreadStatus | undefined>(clock, (answered) =>
      conversation.status('probe-1', id, (_reading, without) => answered(without)),
    );
    if (unread === undefined || told(id) !== undefined) return;
    if (clock.now() >= until) throw unreadableStatus(unread);
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

export async function probeHonesty(options: ProbeOptions): Promise<void> {
  const { ambient, conversation, recipient } = options;
  const { history, clock } = ambient;
  const tell = (probe: string, held: boolean, detail: string): void => {
    history.append({ kind: 'probe.result', probe, held, detail });
  };

  const submit = (id: string, to: TemplateValues): Promise<SubmitResult> =>
    answerOf(clock, (told) => conversation.submit({ message: message(id), recipient: to }, told));

  const first = await submit('probe-1', recipient);
  if (showsTemplate(first)) throw unusableTemplate('the very first message', first);

  if (first.outcome === 'accepted') await readFirstStatus(options, first.id);

  const unknown = await conversation.unknownOperation();
  if (unknown !== undefined) tell('unknown-operation-refused', unknown.refused, unknown.detail);

  const stranger = {
    ...recipient,
    'recipient.id': 'nobody',
    'recipient.msisdn': NOBODY,
    'recipient.name': 'Nobody',
  };
  const sent = await submit('probe-2', stranger);
  if (sent.outcome === 'accepted') {
    await sleep(clock, WAIT_MICROS);
    const read = await answerOf<StatusReading | undefined>(clock, (told) =>
      conversation.status('probe-2', sent.id, told),
    );
    const status = read ?? options.told(sent.id);
    const claimed = status?.word === 'delivered' || status?.word === 'read';
    tell('unknown-recipient-not-delivered', !claimed, `status ${status?.raw ?? 'not told'}`);
  } else {
    tell('unknown-recipient-not-delivered', true, `refused with ${sent.status}`);
  }

  if (options.claims.idempotency && first.outcome === 'accepted') {
    const again = await submit('probe-1', recipient);
    const same = again.outcome === 'accepted' && again.id === first.id;
    const detail = again.outcome === 'accepted' ? `ids ${first.id} and ${again.id}` : again.status;
    tell('idempotency-key-honoured', same, detail);
  }
}
