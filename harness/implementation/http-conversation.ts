/** The HTTP mapping of implementation.yaml: each call rendered from templates, each answer read. */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Network, OutboundRequest, OutboundResult } from '../../simulators/network/wire.ts';
import { atPointer, textAtPointer } from '../../simulators/protocol/template/json-pointer.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import { renderDeep, renderTemplate } from '../../simulators/protocol/template/template.ts';
import type { CallDoc, DescriptionDoc } from './description-schema.ts';
import type {
  Conversation,
  RegistrationProblem,
  StatusReading,
  SubmitResult,
} from './interface.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';
import { statusWordOf } from './status-words.ts';

type Send = Extract<DescriptionDoc['send'], { request: unknown }>;

function renderFields(fields: CallDoc['headers'], values: TemplateValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, value]) => [
      name,
      renderTemplate(String(value), values),
    ]),
  );
}

/** A call of the description → a request; form and JSON bodies get their content type. */
function renderCall(call: CallDoc, baseUrl: string, values: TemplateValues): OutboundRequest {
  const query =
    call.query === undefined
      ? ''
      : new URLSearchParams(renderFields(call.query, values)).toString();
  const path = renderTemplate(call.path, values, encodeURIComponent);
  const headers = renderFields(call.headers, values);
  const sized = (contentType: string, body: string): OutboundRequest => ({
    method: call.method ?? 'POST',
    url: `${baseUrl}${path}${query === '' ? '' : `?${query}`}`,
    headers: { 'content-type': contentType, ...headers },
    body,
    timeoutMicros: ANSWER_LIMIT_MICROS,
  });
  if (call.body !== undefined) {
    return sized('application/json', JSON.stringify(renderDeep(call.body, values)));
  }
  if (call.form !== undefined) {
    const form = new URLSearchParams(renderFields(call.form, values)).toString();
    return sized('application/x-www-form-urlencoded', form);
  }
  if (call.text !== undefined) {
    return sized('text/plain; charset=utf-8', renderTemplate(call.text, values));
  }
  return {
    method: call.method ?? 'GET',
    url: `${baseUrl}${path}${query === '' ? '' : `?${query}`}`,
    headers,
    timeoutMicros: ANSWER_LIMIT_MICROS,
  };
}

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

/** `{{message.id}}`, `/messageId`, or `{ body: regular expression }`. */
function acceptedId(send: Send, body: string, values: TemplateValues): string | undefined {
  const { id, body: pattern } = send.accepted;
  if (pattern !== undefined) return new RegExp(pattern).exec(body)?.[1];
  if (id === undefined) return values['message.id'];
  return id.startsWith('/') ? textAtPointer(parseJson(body), id) : renderTemplate(id, values);
}

export interface HttpConversationOptions {
  readonly doc: DescriptionDoc;
  readonly network: Network;
  readonly baseUrl: string;
}

export function createHttpConversation({
  doc,
  network,
  baseUrl,
}: HttpConversationOptions): Conversation {
  if (!('request' in doc.send)) {
    throw new BellwetherError('an HTTP conversation needs send.request', {
      code: 'HARNESS_INVARIANT',
      blame: 'harness',
    });
  }
  const send = doc.send;

  const register = async (
    call: CallDoc | undefined,
    values: TemplateValues,
  ): Promise<RegistrationProblem | undefined> => {
    if (call === undefined) return undefined;
    const request = renderCall(call, baseUrl, values);
    const what = `${request.method} ${call.path}`;
    const result = await network.request(request);
    if (result.kind === 'failure')
      return { kind: 'no-answer', detail: `${what}: ${result.reason}` };
    const { status } = result.response;
    if (status >= 200 && status < 300) return undefined;
    const detail = `${what} answered ${status}: ${bodyText(result).slice(0, 300)}`;
    return { kind: status >= 400 && status < 500 ? 'refused' : 'no-answer', detail };
  };

  const readStatus = (body: string): StatusReading | undefined => {
    const poll = doc.status?.poll;
    const json = parseJson(body);
    const raw = poll === undefined ? undefined : textAtPointer(json, poll.state);
    if (poll === undefined || raw === undefined || doc.status === undefined) return undefined;
    const word = statusWordOf(raw, doc.status.words);
    const channel = poll.channel === undefined ? undefined : textAtPointer(json, poll.channel);
    const said = poll.encrypted === undefined ? undefined : atBoolean(json, poll.encrypted);
    return {
      raw,
      body,
      ...(word === undefined ? {} : { word }),
      ...(channel === undefined ? {} : { channel }),
      ...(said === undefined ? {} : { encrypted: said }),
    };
  };

  return {
    registerPerson: (recipient) => register(doc.registration?.person, recipient),
    registerDevice: (values) => register(doc.registration?.device, values),
    submit: async ({ message, recipient }): Promise<SubmitResult> => {
      const values: TemplateValues = {
        ...recipient,
        'message.id': message.id,
        'message.text': message.text,
        'message.kind': message.kind,
        'message.sensitivity': message.sensitivity,
        'message.locale': message.locale,
      };
      const request = renderCall(send.request, baseUrl, values);
      const result = await network.request(request);
      if (result.kind === 'failure') {
        const definite = !result.handed;
        return { outcome: 'no-answer', definite, status: result.reason, body: '' };
      }
      const { status, headers } = result.response;
      const body = bodyText(result);
      const asked = `${request.method} ${request.url}\n${String(request.body ?? '')}`;
      if (send.accepted.status.includes(status)) {
        const id = acceptedId(send, body, values);
        if (id !== undefined) return { outcome: 'accepted', status: String(status), id, body };
        const told = `${status} without an id`;
        return { outcome: 'refused', definite: false, status: told, body, request: asked };
      }
      const wait = retryAfter(headers);
      const busy = send.busy?.status.includes(status) ?? (status === 429 || status === 503);
      return {
        outcome: busy ? 'busy' : 'refused',
        // A 5xx may have happened after all; 4xx and the declared busy answers did not.
        definite: busy || status < 500,
        status: String(status),
        body,
        request: asked,
        ...(wait === undefined ? {} : { retryAfterMicros: wait }),
      };
    },
    status: async (message, id) => {
      const poll = doc.status?.poll;
      if (poll === undefined) return undefined;
      const values = { id, 'message.id': message };
      const request = renderCall(
        {
          method: 'GET',
          path: poll.path,
          ...(poll.headers === undefined ? {} : { headers: poll.headers }),
        },
        baseUrl,
        values,
      );
      const result = await network.request(request);
      return result.kind === 'answer' ? readStatus(bodyText(result)) : undefined;
    },
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
      if (result.kind === 'failure') return { refused: true, detail: result.reason };
      const { status } = result.response;
      return { refused: status >= 400, detail: `answered ${status}` };
    },
    quiesce: () => Promise.resolve(),
  };
}

function atBoolean(document: unknown, pointer: string): boolean | undefined {
  const value = atPointer(document, pointer);
  return typeof value === 'boolean' ? value : undefined;
}
