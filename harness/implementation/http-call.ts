/** A call of implementation.yaml, its templates read once and filled for each message. */
import type { OutboundRequest } from '../../simulators/network/wire.ts';
import type {
  CompiledTemplate,
  TemplateValues,
} from '../../simulators/protocol/template/template.ts';
import {
  compileJson,
  compileTemplate,
  placeholdersOf,
} from '../../simulators/protocol/template/template.ts';
import type { CallDoc } from './description-schema.ts';
import { ANSWER_LIMIT_MICROS } from './interface.ts';

/** What `encodeURIComponent` leaves as it is: nearly all ids; to ask costs less than to encode. */
const UNRESERVED = /^[\w.!~*'()-]*$/;

function pathSegment(value: string): string {
  return UNRESERVED.test(value) ? value : encodeURIComponent(value);
}

/** Fills the call's templates. */
export type CompiledCall = (values: TemplateValues) => OutboundRequest;

type Fields = NonNullable<CallDoc['headers']>;

/** The same record for all where there is nothing to fill. */
function compileFields(
  fields: Fields,
): (values: TemplateValues) => Readonly<Record<string, string>> {
  const texts = Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
  if (texts.every(([, text]) => placeholdersOf(text).length === 0)) {
    const fixed = Object.freeze(Object.fromEntries(texts));
    return () => fixed;
  }
  const rows = texts.map(([name, text]) => [name, compileTemplate(text)] as const);
  return (values) => {
    const filled: Record<string, string> = {};
    for (const [name, fill] of rows) filled[name] = fill(values);
    return filled;
  };
}

interface Body {
  readonly contentType: string;
  readonly fill: CompiledTemplate;
}

/** Form and JSON bodies get their content type. */
function compileBody(call: CallDoc): Body | undefined {
  if (call.body !== undefined) {
    return { contentType: 'application/json', fill: compileJson(call.body) };
  }
  if (call.form !== undefined) {
    const fields = compileFields(call.form);
    return {
      contentType: 'application/x-www-form-urlencoded',
      fill: (values) => new URLSearchParams(fields(values)).toString(),
    };
  }
  if (call.text !== undefined) {
    return { contentType: 'text/plain; charset=utf-8', fill: compileTemplate(call.text) };
  }
  return undefined;
}

export function compileCall(call: CallDoc, baseUrl: string): CompiledCall {
  const path = compileTemplate(call.path, pathSegment);
  const query = call.query === undefined ? undefined : compileFields(call.query);
  const body = compileBody(call);
  const method = call.method ?? (body === undefined ? 'GET' : 'POST');
  const typed = body === undefined ? {} : { 'content-type': body.contentType };
  const headers = compileFields({ ...typed, ...call.headers });
  const timeoutMicros = ANSWER_LIMIT_MICROS;
  return (values) => {
    const asked = query === undefined ? '' : new URLSearchParams(query(values)).toString();
    const url = `${baseUrl}${path(values)}${asked === '' ? '' : `?${asked}`}`;
    const filled = headers(values);
    if (body === undefined) return { method, url, headers: filled, timeoutMicros };
    return { method, url, headers: filled, body: body.fill(values), timeoutMicros };
  };
}
