/** The HTTP mapping of implementation.yaml: each call rendered from templates, each answer read. */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createAnswers } from '../../simulators/network/envelope.ts';
import type { SteppedTap } from '../../simulators/network/tap.ts';
import type {
  Network,
  OutboundRequest,
  OutboundResult,
  WireResponse,
} from '../../simulators/network/wire.ts';
import { asText, compilePointer } from '../../simulators/protocol/template/json-pointer.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import { compileTemplate } from '../../simulators/protocol/template/template.ts';
import type { CallDoc, DescriptionDoc } from './description-schema.ts';
import type { CompiledCall } from './http-call.ts';
import { compileCall } from './http-call.ts';
import type {
  ArchiveReading,
  Conversation,
  RegistrationProblem,
  StatusReading,
  SubmitResult,
  UnreadStatus,
} from './interface.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';
import { compileReading } from './status-reading.ts';

type Send = Extract<DescriptionDoc['send'], { request: unknown }>;

function bodyText(result: Extract<OutboundResult, { kind: 'answer' }>): string {
  const { body } = result.response;
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000_000 : undefined;
}

type ReadId = (body: string, values: TemplateValues) => string | undefined;

/** `{{message.id}}`, `/messageId`, or `{ body: regular expression }`. */
function compileAcceptedId({ accepted: { id, body: pattern } }: Send): ReadId {
  if (pattern !== undefined) {
    const expression = new RegExp(pattern);
    return (body) => expression.exec(body)?.[1];
  }
  if (id === undefined) return (_body, values) => values['message.id'];
  if (!id.startsWith('/')) {
    const template = compileTemplate(id);
    return (_body, values) => template(values);
  }
  const pointer = compilePointer(id);
  return (body) => asText(pointer(parseJson(body)));
}

type ReadAnswer = (body: string) => StatusReading | undefined;

/** Answers to polls that are remembered with what they say: most are like many before. */
const REMEMBERED_READINGS = 256;

function compileStatus({ status }: DescriptionDoc): ReadAnswer {
  const poll = status?.poll;
  if (poll === undefined || status === undefined) return () => undefined;
  const stateAt = compilePointer(poll.state);
  const channelAt = poll.channel === undefined ? undefined : compilePointer(poll.channel);
  const encryptedAt = poll.encrypted === undefined ? undefined : compilePointer(poll.encrypted);
  const reading = compileReading(status);
  const read: ReadAnswer = (body) => {
    const json = parseJson(body);
    const raw = asText(stateAt(json));
    if (raw === undefined) return undefined;
    return reading({ raw, channel: channelAt?.(json), encrypted: encryptedAt?.(json), body });
  };
  const remembered = new Map<string, StatusReading | undefined>();
  return (body) => {
    const known = remembered.get(body);
    if (known !== undefined) return known;
    const fresh = read(body);
    if (remembered.size >= REMEMBERED_READINGS) remembered.clear();
    remembered.set(body, fresh);
    return fresh;
  };
}

export interface HttpConversationOptions {
  readonly doc: DescriptionDoc;
  readonly network: Pick<Network, 'call' | 'request'>;
  readonly baseUrl: string;
  /**
   * Looks at what nobody reads in the answers: headers, and bodies in which no status stands.
   * Absent where nothing is judged.
   */
  readonly tap?: SteppedTap;
  /** What ids of messages begin with towards the implementation; default nothing. */
  readonly idPrefix?: string;
}

export function createHttpConversation({
  doc,
  network,
  baseUrl,
  tap,
  idPrefix = '',
}: HttpConversationOptions): Conversation {
  if (!('request' in doc.send)) {
    throw new BellwetherError('an HTTP conversation needs send.request', {
      code: 'HARNESS_INVARIANT',
      blame: 'harness',
    });
  }
  const send = doc.send;
  const poll = doc.status?.poll;
  const compiled = (call: CallDoc | undefined): CompiledCall | undefined =>
    call === undefined ? undefined : compileCall(call, baseUrl);
  const calls = {
    person: compiled(doc.registration?.person),
    device: compiled(doc.registration?.device),
    send: compileCall(send.request, baseUrl),
    status: compiled(
      poll === undefined
        ? undefined
        : {
            method: 'GET',
            path: poll.path,
            ...(poll.headers === undefined ? {} : { headers: poll.headers }),
          },
    ),
  };
  const archive = doc.archive === undefined ? undefined : compileCall(doc.archive, baseUrl);
  const archived = async (call: CompiledCall, values: TemplateValues): Promise<ArchiveReading> => {
    const message = `${idPrefix}${values['message.id']}`;
    const result = await network.request(call({ ...values, 'message.id': message }));
    if (result.kind === 'failure') return { status: null, failure: result.reason, body: '' };
    const { status, body } = result.response;
    return { status, body };
  };
  const answers = tap === undefined ? undefined : createAnswers(tap);
  const overhear = (response: WireResponse, withBody: boolean): void => {
    const seen = answers?.look(response, withBody);
    if (seen !== undefined) tap?.record(seen, undefined, undefined, undefined);
  };
  const acceptedId = compileAcceptedId(send);
  const readStatus = compileStatus(doc);
  const isBusy = (status: number): boolean =>
    send.busy?.status.includes(status) ?? (status === 429 || status === 503);

  const unread = ({ method, url }: OutboundRequest, status: number, body: string): UnreadStatus => {
    const detail = `${status}, and ${poll?.state ?? 'status'} points at nothing`;
    const later = isBusy(status) || status >= 500;
    return { detail, request: `${method} ${url}`, body, ...(later && { later }) };
  };

  const register = async (
    call: CompiledCall | undefined,
    path: string,
    values: TemplateValues,
  ): Promise<RegistrationProblem | undefined> => {
    if (call === undefined) return undefined;
    const request = call(values);
    const what = `${request.method} ${path}`;
    const result = await network.request(request);
    if (result.kind === 'failure')
      return { kind: 'no-answer', detail: `${what}: ${result.reason}` };
    overhear(result.response, true);
    const { status } = result.response;
    if (status >= 200 && status < 300) return undefined;
    const detail = `${what} answered ${status}: ${bodyText(result).slice(0, 300)}`;
    return { kind: status >= 400 && status < 500 ? 'refused' : 'no-answer', detail };
  };

  const submitted = (
    values: TemplateValues,
    request: OutboundRequest,
    result: OutboundResult,
  ): SubmitResult => {
    if (result.kind === 'failure') {
      return { outcome: 'no-answer', definite: !result.handed, status: result.reason, body: '' };
    }
    // Its body goes to the tap with the answer's event.
    overhear(result.response, false);
    const { status, headers } = result.response;
    const body = bodyText(result);
    const asked = (): string => `${request.method} ${request.url}\n${String(request.body ?? '')}`;
    if (send.accepted.status.includes(status)) {
      const id = acceptedId(body, values);
      if (id !== undefined) return { outcome: 'accepted', status: String(status), id, body };
      const told = `${status} without an id`;
      return { outcome: 'refused', definite: false, status: told, body, request: asked() };
    }
    const wait = retryAfter(headers);
    const busy = isBusy(status);
    return {
      outcome: busy ? 'busy' : 'refused',
      // A 5xx may have happened after all; 4xx and the declared busy answers did not.
      definite: busy || status < 500,
      status: String(status),
      body,
      request: asked(),
      ...(wait === undefined ? {} : { retryAfterMicros: wait }),
    };
  };

  return {
    registerPerson: (recipient) =>
      register(calls.person, doc.registration?.person?.path ?? '', recipient),
    registerDevice: (values) =>
      register(calls.device, doc.registration?.device?.path ?? '', values),
    submit: ({ message, recipient }, told) => {
      const values: TemplateValues = {
        ...recipient,
        'message.id': `${idPrefix}${message.id}`,
        'message.text': message.text,
        'message.kind': message.kind,
        'message.sensitivity': message.sensitivity,
        'message.locale': message.locale,
        'message.attachment.name': message.attachment?.name ?? '',
        'message.attachment.type': message.attachment?.type ?? '',
        'message.attachment.content': message.attachment?.content ?? '',
        'message.attachment.thumbnail': message.attachment?.thumbnail ?? '',
      };
      const request = calls.send(values);
      network.call(request, (result) => told(submitted(values, request, result)));
    },
    status: (message, id, told) => {
      if (calls.status === undefined) {
        told(undefined);
        return;
      }
      const request = calls.status({ id, 'message.id': `${idPrefix}${message}` });
      network.call(request, (result) => {
        if (result.kind === 'failure') {
          told(undefined);
          return;
        }
        const body = bodyText(result);
        const reading = readStatus(body);
        overhear(result.response, reading === undefined);
        if (reading === undefined) told(undefined, unread(request, result.response.status, body));
        else told(reading);
      });
    },
    ...(archive === undefined ? {} : { archived: (values) => archived(archive, values) }),
    unknownOperation: async () => {
      const url = `${baseUrl}/bellwether-honesty-probe/no-such-operation`;
      const headers = { 'content-type': 'application/json' };
      const result = await network.request({
        method: 'POST',
        url,
        headers,
        body: '{}',
        timeoutMicros: ANSWER_LIMIT_MICROS,
      });
      if (result.kind === 'failure') return { outcome: 'no-answer', detail: result.reason };
      overhear(result.response, true);
      const { status, headers: answered } = result.response;
      const wait = retryAfter(answered);
      return {
        outcome: isBusy(status) ? 'busy' : status >= 400 ? 'refused' : 'taken',
        detail: `answered ${status}`,
        ...(wait === undefined ? {} : { retryAfterMicros: wait }),
      };
    },
    quiesce: () => Promise.resolve(),
  };
}
