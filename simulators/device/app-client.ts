/** The organisation's app on a phone, talking to the implementation as `app:` describes it. */
import type { OutboundResult } from '../network/wire.ts';
import { atPointer, textAtPointer } from '../protocol/template/json-pointer.ts';
import type { TemplateValues } from '../protocol/template/template.ts';
import { renderDeep, renderTemplate } from '../protocol/template/template.ts';
import type { AppCall, PhoneEdges } from './edges.ts';
import type { Phone } from './phone.ts';
import { recipientValues, deviceValues } from './registration.ts';

export type AppEvent = 'received' | 'displayed' | 'read';

/** The app, about one push. */
export interface App {
  readonly phone: Phone;
  readonly edges: PhoneEdges;
  /** The message's id as the push named it. */
  readonly messageId: string;
  /** A call that left then was taken by the implementation. */
  readonly reached: (since: number) => void;
}

/** What the app shows of a message. */
export interface AppContent {
  readonly text: string;
  /** The descriptor of a file, as it came. */
  readonly attachment?: unknown;
}

const utf8 = new TextDecoder();

/** An outgoing request as its template says, with the values that it names. */
async function call(
  app: App,
  template: AppCall,
  values: TemplateValues,
  timeoutMicros: number,
): Promise<OutboundResult> {
  const { phone, edges } = app;
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
  const since = ambient.clock.now();
  const result = await network.request({
    method,
    url,
    headers,
    ...(hasBody && { body: JSON.stringify(renderDeep(template.body, values)) }),
    timeoutMicros,
  });
  ambient.clock.touch();
  // An error in the answer, or none at all, makes it no less known that the app has called.
  if (result.kind === 'answer' || result.handed) app.reached(since);
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
  app: App,
  timeoutMicros: number,
): Promise<AppContent | undefined> {
  const { phone, edges, messageId } = app;
  const template = edges.app?.fetch;
  if (template === undefined) return undefined;
  const values = valuesFor(phone, { 'push.messageId': messageId });
  const result = await call(app, template, values, timeoutMicros);
  const json = fits(phone, result) ? jsonOf(result) : undefined;
  const text = textAtPointer(json, template.text);
  if (text === undefined) return undefined;
  const { attachment } = template;
  return attachment === undefined ? { text } : { text, attachment: atPointer(json, attachment) };
}

/** The inbox's item that the push was about, as readable text. */
export async function readInbox(app: App, timeoutMicros: number): Promise<AppContent | undefined> {
  const { phone, edges, messageId } = app;
  const template = edges.app?.inbox;
  if (template === undefined) return undefined;
  const values = valuesFor(phone, { 'push.messageId': messageId });
  const items = atPointer(jsonOf(await call(app, template, values, timeoutMicros)), template.items);
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
export async function postReceipt(app: App, event: AppEvent): Promise<void> {
  const { phone, edges, messageId } = app;
  const template = edges.app?.receipt;
  if (template === undefined) return;
  const values = valuesFor(phone, { 'push.messageId': messageId, 'receipt.event': event });
  const timeoutMicros = phone.plan.push.extensionMicros;
  await call(app, { method: 'POST', ...template }, values, timeoutMicros);
}
