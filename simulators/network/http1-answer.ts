/** An answer as it stands on an HTTP/1.1 connection that stays open. */
import { STATUS_CODES } from 'node:http';
import type { WireResponse } from './wire.ts';

/** What may not stand in a field: it would begin another one. */
const FORBIDDEN = /[^\t -~\x80-\xff]/;
const FORBIDDEN_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** Head and, where it is text, body. */
export interface RenderedAnswer {
  readonly text: string;
  /** Of `text`: a text of ASCII alone is written faster as latin1. */
  readonly encoding: 'latin1' | 'utf8';
  /** A body of bytes comes after the text. */
  readonly bytes: Uint8Array | undefined;
  /** The door said `connection: close`. */
  readonly close: boolean;
}

interface RenderedFields {
  readonly text: string;
  readonly close: boolean;
  /** The door says itself how long the body is: that of a GET, where this answers a HEAD. */
  readonly hasLength: boolean;
}

function renderFields(headers: Readonly<Record<string, string>>): RenderedFields {
  let text = '';
  let close = false;
  let connection = false;
  let hasLength = false;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (FORBIDDEN_NAME.test(name) || FORBIDDEN.test(value)) {
      throw new TypeError(`not a header field: ${JSON.stringify({ [name]: value })}`);
    }
    text += `${name}: ${value}\r\n`;
    const known = name.toLowerCase();
    hasLength ||= known === 'content-length';
    if (known !== 'connection') continue;
    connection = true;
    close = value.toLowerCase() === 'close';
  }
  return { text: connection ? text : `${text}Connection: keep-alive\r\n`, close, hasLength };
}

/**
 * `keepAliveSeconds`: how long an idle connection stays open; clients are told. `epochMillis`: of
 * the clock, for the Date field.
 */
export function createAnswerRenderer(
  keepAliveSeconds: number,
  epochMillis: () => number,
): (response: WireResponse) => RenderedAnswer {
  const keepAlive = `Keep-Alive: timeout=${keepAliveSeconds}\r\n`;
  /** Doors hand over the same frozen record again and again. */
  const rendered = new WeakMap<object, RenderedFields>();
  let dateSecond = 0;
  let date = '';

  const fieldsOf = (headers: Readonly<Record<string, string>>): RenderedFields => {
    const known = rendered.get(headers);
    if (known !== undefined) return known;
    const fields = renderFields(headers);
    if (Object.isFrozen(headers)) rendered.set(headers, fields);
    return fields;
  };

  const dateField = (): string => {
    const second = Math.floor(epochMillis() / 1_000);
    if (second !== dateSecond) {
      dateSecond = second;
      date = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    }
    return date;
  };

  return ({ status, headers, body }) => {
    const fields = fieldsOf(headers);
    const bare = status === 204 || status === 304;
    const isText = typeof body === 'string';
    const length = isText ? Buffer.byteLength(body) : body.length;
    const head =
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${fields.text}` +
      (bare || fields.hasLength ? '' : `content-length: ${length}\r\n`) +
      `${dateField()}${fields.close ? '' : keepAlive}\r\n`;
    return {
      text: isText && !bare ? head + body : head,
      encoding: isText && length !== body.length ? 'utf8' : 'latin1',
      bytes: isText || bare || length === 0 ? undefined : body,
      close: fields.close,
    };
  };
}
