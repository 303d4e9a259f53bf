/** The organisation's app on a phone, talking to the implementation as `app:` describes it. */
import type { OutboundResult } from '../network/wire.ts';
import { atPointer, textAtPointer } from '../protocol/template/json-pointer.ts';
import type { TemplateValues } from '../protocol/template/template.ts';
import { renderDeep, renderTemplate } from '../protocol/template/template.ts';
import type { AppCall, PhoneEdges } from './edges.ts';
import type { Phone } from './phone.ts';
import { recipientValues, deviceValues } from './registration.ts';

export type AppEvent = 'received' | 'displayed' | 'read';

/** What the app shows of a message. */
export interface AppContent {
  readonly text: string;
  /** The descriptor of a file, as it came. */
  readonly attachment?: unknown;
}

const utf8 = new TextDecoder();

/** An outgoing request as its template says, with the values that it names. */
async function call(
  phone: Phone,
  edges: PhoneEdges,
  template: AppCall,
  values: TemplateValues,
  timeoutMicros: number,
): Promise<OutboundResult> {
  const { network, ambient } = phone.context;
  const method = template.method ?? 'GET';
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(template.headers ?? {})) {
    headers[name.toLowerCase()] = renderTemplate(value, values);
  }
  const hasBody = template.body !== undefined;
  if (hasBody) headers['content-type'] ??= 'application/json';
  const url = edges.baseUrl + renderTemplate(template.path, values, encodeURIComponent);
  ambient.clock.touch();
  const result = await network.request({
    method,
    url,
    headers,
    ...(hasBody && { body: JSON.stringify(renderDeep(template.body, values)) }),
    timeoutMicros,
  });
  ambient.clock.touch();
  return result;
}

/** The parsed body of a 2xx answer; undefined for everything else. */
function jsonOf(result: OutboundResult): unknown {
  if (result.kind !== 'answer') return undefined;
  const { status, body } = result.response;
  if (status < 200 || status > 299) return undefined;
  try {
    return JSON.parse(typeof body === 'string' ? body : utf8.decode(body));
  } catch {
    // An app that gets no JSON shows nothing: that is the finding, not an error of ours.
    return undefined;
  }
}

function valuesFor(phone: Phone, more: TemplateValues): TemplateValues {
  return { ...recipientValues(phone.owner), ...deviceValues(phone), ...more };
}

/** More than the extension may hold: the system kills it, and nothing of the answer is shown. */
function fits(phone: Phone, result: OutboundResult): boolean {
  const limit = phone.plan.push.extensionBytes;
  if (limit === undefined || result.kind !== 'answer') return true;
  const { body } = result.response;
  return (typeof body === 'string' ? Buffer.byteLength(body) : body.length) <= limit;
}

/**
 * The content of a message by the id that its push named; undefined if it did not come in time, or
 * was too large.
 */
export async function fetchContent(
  phone: Phone,
  edges: PhoneEdges,
  messageId: string,
  timeoutMicros: number,
): Promise<AppContent | undefined> {
  const template = edges.app?.fetch;
  if (template === undefined) return undefined;
  const values = valuesFor(phone, { 'push.messageId': messageId });
  const result = await call(phone, edges, template, values, timeoutMicros);
  const json = fits(phone, result) ? jsonOf(result) : undefined;
  const text = textAtPointer(json, template.text);
  if (text === undefined) return undefined;
  const { attachment } = template;
  return attachment === undefined ? { text } : { text, attachment: atPointer(json, attachment) };
}

/** The inbox's item that the push was about, as readable text. */
export async function readInbox(
  phone: Phone,
  edges: PhoneEdges,
  messageId: string,
  timeoutMicros: number,
): Promise<AppContent | undefined> {
  const template = edges.app?.inbox;
  if (template === undefined) return undefined;
  const values = valuesFor(phone, { 'push.messageId': messageId });
  const items = atPointer(
    jsonOf(await call(phone, edges, template, values, timeoutMicros)),
    template.items,
  );
  if (!Array.isArray(items)) return undefined;
  const item: unknown = items.find(
    (candidate: unknown) =>
      typeof candidate === 'object' &&
      candidate !== null &&
      Object.values(candidate).includes(messageId),
  );
  const { text: place = '/text', attachment } = edges.app?.fetch ?? {};
  const text = textAtPointer(item, place);
  if (text === undefined) return undefined;
  return attachment === undefined ? { text } : { text, attachment: atPointer(item, attachment) };
}

/** Tells the implementation what became of a message; its answer changes nothing on the phone. */
export async function postReceipt(
  phone: Phone,
  edges: PhoneEdges,
  messageId: string,
  event: AppEvent,
): Promise<void> {
  const template = edges.app?.receipt;
  if (template === undefined) return;
  const values = valuesFor(phone, { 'push.messageId': messageId, 'receipt.event': event });
  const timeoutMicros = phone.plan.push.extensionMicros;
  await call(phone, edges, { method: 'POST', ...template }, values, timeoutMicros);
}
