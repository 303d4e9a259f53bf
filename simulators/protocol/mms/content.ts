/** Content types with parameters, and multipart bodies (WSP §8.4.2.24 and §8.5). */
import { CONTENT_TYPES } from './assignments.ts';
import type { MmsReader } from './octets.ts';
import {
  CHARSETS,
  integer,
  quotedText,
  text as textOctets,
  uintvar,
  UTF_8,
  valueLength,
} from './octets.ts';

export interface ContentType {
  /** Lower case: `image/jpeg`. */
  readonly type: string;
  /** `utf-8`, `latin1`, or the MIBenum of a set that is not read here. */
  readonly charset?: string;
  /** Of multipart/related: the Content-ID of the part that presents the others, and its type. */
  readonly start?: string;
  readonly rootType?: string;
  readonly name?: string;
}

export interface MmsPart {
  readonly content: ContentType;
  /** Without angle brackets. */
  readonly id?: string;
  readonly location?: string;
  readonly body: Uint8Array;
}

/** Well-known parameters (WSP table 38). */
const CHARSET = 0x01;
const NAME_OLD = 0x05;
const TYPE = 0x09;
const START_OLD = 0x0a;
const NAME = 0x17;
const START = 0x19;
/** Well-known header fields of parts. */
const CONTENT_LOCATION = 0x0e;
const CONTENT_ID = 0x40;
const MOST_PARTS = 64;

const NUMBERS = new Map([...CONTENT_TYPES].map(([number, name]) => [name, number]));

const bare = (id: string): string => id.replace(/^<(.*)>$/, '$1');

function readMedia(reader: MmsReader): string {
  if (reader.peek('a content type') < 0x80 && reader.peek('a content type') > 31) {
    return reader.text('a content type').toLowerCase();
  }
  const number = reader.integer('a content type');
  // What stands for itself alone must not keep anybody from reading the rest.
  return CONTENT_TYPES.get(number) ?? `application/x-wap-${number}`;
}

function readParameter(inside: MmsReader, found: Record<string, string>): void {
  if (inside.peek('a parameter') < 0x80) {
    inside.text('the name of a parameter');
    inside.skipValue('a parameter');
    return;
  }
  switch (inside.shortInteger('a parameter')) {
    case CHARSET: {
      const number = inside.integer('a character set');
      found['charset'] = CHARSETS.get(number) ?? String(number);
      return;
    }
    case TYPE:
      found['rootType'] = readMedia(inside);
      return;
    case START:
    case START_OLD:
      found['start'] = bare(inside.text('the start of a multipart'));
      return;
    case NAME:
    case NAME_OLD:
      found['name'] = inside.text('the name of a part');
      return;
    default:
      inside.skipValue('a parameter');
  }
}

export function readContentType(reader: MmsReader): ContentType {
  if (reader.peek('a content type') > 31) return { type: readMedia(reader) };
  const inside = reader.within(reader.valueLength('a content type'), 'a content type');
  const type = readMedia(inside);
  const found: Record<string, string> = {};
  while (inside.remaining > 0) readParameter(inside, found);
  return { type, ...found } as ContentType;
}

function media(type: string): number[] {
  const number = NUMBERS.get(type);
  return number === undefined ? textOctets(type) : integer(number);
}

export function writeContentType(content: ContentType): number[] {
  const { type, charset, start, rootType, name } = content;
  const parameters = [
    ...(charset === undefined ? [] : [CHARSET | 0x80, ...integer(UTF_8)]),
    ...(rootType === undefined ? [] : [TYPE | 0x80, ...media(rootType)]),
    ...(start === undefined ? [] : [START_OLD | 0x80, ...textOctets(`<${start}>`)]),
    ...(name === undefined ? [] : [NAME_OLD | 0x80, ...textOctets(name)]),
  ];
  if (parameters.length === 0) return media(type);
  const inside = [...media(type), ...parameters];
  return [...valueLength(inside.length), ...inside];
}

function readPart(reader: MmsReader): MmsPart {
  const headersLength = reader.uintvar('the length of a part’s headers');
  const bodyLength = reader.uintvar('the length of a part');
  const headers = reader.within(headersLength, 'the headers of a part');
  const content = readContentType(headers);
  let id: string | undefined;
  let location: string | undefined;
  while (headers.remaining > 0) {
    if (headers.peek('a part’s header') < 0x80) {
      headers.text('the name of a part’s header');
      headers.text('a part’s header');
      continue;
    }
    const field = headers.shortInteger('a part’s header');
    if (field === CONTENT_ID) id = bare(headers.quotedText('the id of a part'));
    else if (field === CONTENT_LOCATION) location = headers.text('the location of a part');
    else headers.skipValue('a part’s header');
  }
  const body = reader.take(bodyLength, 'a part');
  return {
    content,
    ...(id !== undefined && { id }),
    ...(location !== undefined && { location }),
    body,
  };
}

export function readParts(reader: MmsReader): MmsPart[] {
  const start = reader.offset;
  const count = reader.uintvar('the number of parts');
  if (count > MOST_PARTS) reader.fail(`${count} parts, at most ${MOST_PARTS} are read`, start);
  const parts = Array.from({ length: count }, () => readPart(reader));
  if (reader.remaining > 0) reader.fail(`${reader.remaining} octets after the last part`);
  return parts;
}

export function writeParts(parts: readonly MmsPart[]): Buffer {
  const written = parts.map(({ content, id, location, body }) => {
    const headers = [
      ...writeContentType(content),
      ...(id === undefined ? [] : [CONTENT_ID | 0x80, ...quotedText(`<${id}>`)]),
      ...(location === undefined ? [] : [CONTENT_LOCATION | 0x80, ...textOctets(location)]),
    ];
    const lengths = [...uintvar(headers.length), ...uintvar(body.length)];
    return Buffer.concat([Buffer.from([...lengths, ...headers]), body]);
  });
  return Buffer.concat([Buffer.from(uintvar(parts.length)), ...written]);
}
