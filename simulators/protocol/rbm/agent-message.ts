/**
 * AgentMessage of the RCS for Business API v1 (REST resource phones.agentMessages) and the `mls`
 * content of Bellwether's extension (docs/gateway-rbm.md).
 */
import type { Medium, RichContent, Suggestion } from '../rich-content.ts';
import { NO_MEDIA, richOf } from '../rich-content.ts';
import {
  bytesAt,
  FieldError,
  integerAt,
  objectAt,
  onlyFields,
  stringAt,
  wordAt,
} from './field-check.ts';
import type { JsonObject } from './field-check.ts';
import { contentInfoAt, fileAt, uploadedFileAt } from './media.ts';
import type { Media } from './media.ts';
import { readRichCard } from './rich-card.ts';
import { readSuggestions } from './suggestion.ts';

export type MlsContentType = 'message/mls' | 'message/mls-rcs-client';

export interface MlsContent {
  readonly kind: 'mls';
  readonly contentType: MlsContentType;
  readonly eraId: number;
  /** base64 of 32 bytes */
  readonly epochAuthenticator: string;
  readonly body: Uint8Array;
  /** Of a Welcome, where it is not readable. */
  readonly groupId?: Uint8Array;
  readonly epoch?: number;
}

export interface OpenContent {
  readonly kind: 'text';
  readonly text: string;
  readonly rich?: RichContent;
}

export type AgentContent = OpenContent | MlsContent;

export interface AgentMessage {
  readonly content: AgentContent;
  /** `files/<id>`: what it shows must have been uploaded before. */
  readonly files: readonly string[];
  /** From acceptance until the message is revoked if undelivered, µs; undefined = 30 days. */
  readonly ttlMicros?: number;
  readonly json: JsonObject;
}

const MESSAGE = new Set([
  'contentMessage',
  'messageTrafficType',
  'richMessageClassification',
  'totalPayloadSizeBytes',
  'carrier',
  'ttl',
  'expireTime',
  'name',
  'sendTime',
]);
const CONTENT = new Set([
  'text',
  'fileName',
  'uploadedRbmFile',
  'contentInfo',
  'richCard',
  'suggestions',
  'mls',
]);
const MLS = new Set(['contentType', 'eraId', 'epochAuthenticator', 'body', 'groupId', 'epoch']);

/** Longest text (REST reference: 3072 characters). */
const LONGEST_TEXT = 3_072;
const MOST_SUGGESTIONS = 11;
/** Developer guide "Send messages": of ttl and expireTime. There is no least value. */
const LONGEST_TTL_MICROS = 15 * 86_400 * 1_000_000;
const TRAFFIC_TYPES = [
  'MESSAGE_TRAFFIC_TYPE_UNSPECIFIED',
  'AUTHENTICATION',
  'TRANSACTION',
  'PROMOTION',
  'SERVICEREQUEST',
  'ACKNOWLEDGEMENT',
];
const EPOCH_AUTHENTICATOR_BYTES = 32;

function readMls(json: JsonObject): MlsContent {
  const at = 'content_message.mls';
  onlyFields(json, MLS, at);
  const contentType = stringAt(json['contentType'], `${at}.contentType`);
  if (contentType !== 'message/mls' && contentType !== 'message/mls-rcs-client') {
    const text = `Invalid value at '${at}.contentType': message/mls or message/mls-rcs-client.`;
    throw new FieldError(`${at}.contentType`, text);
  }
  const eraId = integerAt(json['eraId'], `${at}.eraId`);
  if (eraId === 0) throw new FieldError(`${at}.eraId`, `Invalid value at '${at}.eraId': from 1.`);
  const authenticator = bytesAt(json['epochAuthenticator'], `${at}.epochAuthenticator`);
  if (authenticator.length !== EPOCH_AUTHENTICATOR_BYTES) {
    const text = `Invalid value at '${at}.epochAuthenticator': 32 bytes are expected.`;
    throw new FieldError(`${at}.epochAuthenticator`, text);
  }
  const { groupId, epoch } = json;
  return {
    kind: 'mls',
    contentType,
    eraId,
    epochAuthenticator: json['epochAuthenticator'] as string,
    body: bytesAt(json['body'], `${at}.body`),
    ...(groupId === undefined ? {} : { groupId: bytesAt(groupId, `${at}.groupId`) }),
    ...(epoch === undefined ? {} : { epoch: integerAt(epoch, `${at}.epoch`) }),
  };
}

interface Read {
  readonly content: AgentContent;
  readonly files: readonly string[];
}

const CONTENTS = ['text', 'contentInfo', 'richCard', 'mls', 'fileName', 'uploadedRbmFile'] as const;

const NO_FILES: readonly string[] = Object.freeze([]);

function open(text: string, chips: readonly Suggestion[], media: readonly Medium[]): OpenContent {
  const rich = richOf(chips, media, text);
  return rich === undefined ? { kind: 'text', text } : { kind: 'text', text, rich };
}

function shown({ medium, files }: Media, chips: readonly Suggestion[]): Read {
  return { content: open(medium.url, chips, [medium]), files };
}

function readContent(json: JsonObject): Read {
  const at = 'content_message';
  onlyFields(json, CONTENT, at);
  const chips = readSuggestions(json['suggestions'], MOST_SUGGESTIONS, `${at}.suggestions`);
  const { text } = json;
  let only: (typeof CONTENTS)[number] | undefined;
  let given = 0;
  for (const name of CONTENTS) {
    if (json[name] === undefined) continue;
    only = name;
    given++;
  }
  if (given !== 1 || only === undefined) {
    throw new FieldError(at, 'Exactly one content is expected in content_message.');
  }
  switch (only) {
    case 'text': {
      const written = stringAt(text, `${at}.text`);
      if (written === '' || written.length > LONGEST_TEXT) {
        throw new FieldError(`${at}.text`, 'The text has 1 to 3072 characters.');
      }
      return { content: open(written, chips, NO_MEDIA), files: NO_FILES };
    }
    case 'mls':
      return { content: readMls(objectAt(json['mls'], `${at}.mls`)), files: [] };
    case 'contentInfo':
      return shown(contentInfoAt(json['contentInfo'], `${at}.content_info`), chips);
    case 'fileName':
      return shown(fileAt(json['fileName'], `${at}.file_name`), chips);
    case 'uploadedRbmFile':
      return shown(uploadedFileAt(json['uploadedRbmFile'], `${at}.uploaded_rbm_file`), chips);
    case 'richCard': {
      const where = `${at}.rich_card`;
      const card = readRichCard(objectAt(json['richCard'], where), where);
      const all = [...card.suggestions, ...chips];
      return { content: open(card.text, all, card.media), files: card.files };
    }
  }
}

const DURATION = /^(\d{1,9})(\.\d{1,9})?s$/;

function readTtl(json: JsonObject, nowMillis: number): number | undefined {
  const { ttl, expireTime } = json;
  if (ttl === undefined && expireTime === undefined) return undefined;
  if (ttl !== undefined && expireTime !== undefined) {
    throw new FieldError('ttl', 'Only one of ttl and expire_time can be set.');
  }
  if (ttl !== undefined) {
    const written = stringAt(ttl, 'ttl');
    const micros = Math.round(Number(written.slice(0, -1)) * 1_000_000);
    if (!DURATION.test(written) || micros <= 0) {
      throw new FieldError('ttl', `Invalid value at 'ttl': a duration like "15s" is expected.`);
    }
    if (micros > LONGEST_TTL_MICROS) throw new FieldError('ttl', 'ttl is at most 15 days.');
    return micros;
  }
  const at = Date.parse(stringAt(expireTime, 'expireTime'));
  if (Number.isNaN(at)) throw new FieldError('expireTime', 'An RFC 3339 time is expected.');
  if (at <= nowMillis) throw new FieldError('expireTime', 'expire_time is in the past.');
  const micros = (at - nowMillis) * 1_000;
  if (micros > LONGEST_TTL_MICROS) {
    throw new FieldError('expireTime', 'expire_time is at most 15 days away.');
  }
  return micros;
}

/** Checks and reads an AgentMessage; throws FieldError. `nowMillis`: of the gateway's clock. */
export function readAgentMessage(value: unknown, nowMillis: number): AgentMessage {
  const json = objectAt(value, 'agent_message');
  onlyFields(json, MESSAGE, '');
  const { content, files } = readContent(objectAt(json['contentMessage'], 'content_message'));
  const traffic = json['messageTrafficType'];
  if (traffic !== undefined) wordAt(traffic, 'message_traffic_type', TRAFFIC_TYPES);
  const ttlMicros = readTtl(json, nowMillis);
  return ttlMicros === undefined ? { content, files, json } : { content, files, json, ttlMicros };
}
