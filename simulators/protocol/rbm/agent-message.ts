/**
 * AgentMessage of the RCS for Business API v1 (REST resource phones.agentMessages) and the `mls`
 * content of Bellwether's extension (docs/gateway-rbm.md).
 */
import { bytesAt, FieldError, integerAt, objectAt, onlyFields, stringAt } from './field-check.ts';
import type { JsonObject } from './field-check.ts';

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

export type AgentContent = { readonly kind: 'text'; readonly text: string } | MlsContent;

export interface AgentMessage {
  readonly content: AgentContent;
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
const CONTENT_INFO = new Set(['fileUrl', 'thumbnailUrl', 'forceRefresh']);
const RICH_CARD = new Set(['standaloneCard', 'carouselCard']);
const MLS = new Set(['contentType', 'eraId', 'epochAuthenticator', 'body', 'groupId', 'epoch']);

/** Longest text (REST reference: 3072 characters). */
const LONGEST_TEXT = 3_072;
const MOST_SUGGESTIONS = 11;
const LONGEST_TITLE = 200;
const LONGEST_DESCRIPTION = 2_000;
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

/** A card as the text that a phone shows of it. */
function cardText(json: JsonObject, at: string): string {
  const title = json['title'] === undefined ? '' : stringAt(json['title'], `${at}.title`);
  const description =
    json['description'] === undefined ? '' : stringAt(json['description'], `${at}.description`);
  if (title.length > LONGEST_TITLE) throw new FieldError(`${at}.title`, 'The title is too long.');
  if (description.length > LONGEST_DESCRIPTION) {
    throw new FieldError(`${at}.description`, 'The description is too long.');
  }
  return [title, description].filter((part) => part !== '').join('\n');
}

function richCardText(json: JsonObject): string {
  const at = 'content_message.rich_card';
  onlyFields(json, RICH_CARD, at);
  if (json['standaloneCard'] !== undefined) {
    const card = objectAt(json['standaloneCard'], `${at}.standalone_card`);
    const content = objectAt(card['cardContent'], `${at}.standalone_card.card_content`);
    return cardText(content, `${at}.standalone_card.card_content`);
  }
  const carousel = objectAt(json['carouselCard'], `${at}.carousel_card`);
  const cards = carousel['cardContents'];
  if (!Array.isArray(cards) || cards.length < 2 || cards.length > 10) {
    throw new FieldError(`${at}.carousel_card.card_contents`, 'A carousel has 2 to 10 cards.');
  }
  return cards
    .map((card, index) => {
      const field = `${at}.carousel_card.card_contents[${index}]`;
      return cardText(objectAt(card, field), field);
    })
    .join('\n');
}

function readContent(json: JsonObject): AgentContent {
  onlyFields(json, CONTENT, 'content_message');
  const { text, contentInfo, richCard, mls, suggestions, fileName, uploadedRbmFile } = json;
  if (suggestions !== undefined) {
    if (!Array.isArray(suggestions) || suggestions.length > MOST_SUGGESTIONS) {
      throw new FieldError('content_message.suggestions', 'At most 11 suggestions.');
    }
  }
  const contents = [text, contentInfo, richCard, mls, fileName, uploadedRbmFile].filter(
    (content) => content !== undefined,
  );
  if (contents.length !== 1) {
    throw new FieldError('content_message', 'Exactly one content is expected in content_message.');
  }
  if (mls !== undefined) return readMls(objectAt(mls, 'content_message.mls'));
  if (text !== undefined) {
    const written = stringAt(text, 'content_message.text');
    if (written === '' || written.length > LONGEST_TEXT) {
      throw new FieldError('content_message.text', 'The text has 1 to 3072 characters.');
    }
    return { kind: 'text', text: written };
  }
  if (contentInfo !== undefined) {
    const info = objectAt(contentInfo, 'content_message.content_info');
    onlyFields(info, CONTENT_INFO, 'content_message.content_info');
    return {
      kind: 'text',
      text: stringAt(info['fileUrl'], 'content_message.content_info.file_url'),
    };
  }
  if (richCard !== undefined) {
    return { kind: 'text', text: richCardText(objectAt(richCard, 'content_message.rich_card')) };
  }
  const text400 = 'Files are not served here: use content_info with a URL.';
  throw new FieldError('content_message', text400);
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
    if (DURATION.test(written) && micros > 0) return micros;
    throw new FieldError('ttl', `Invalid value at 'ttl': a duration like "15s" is expected.`);
  }
  const at = Date.parse(stringAt(expireTime, 'expireTime'));
  if (Number.isNaN(at)) throw new FieldError('expireTime', 'An RFC 3339 time is expected.');
  if (at <= nowMillis) throw new FieldError('expireTime', 'expire_time is in the past.');
  return (at - nowMillis) * 1_000;
}

/** Checks and reads an AgentMessage; throws FieldError. `nowMillis`: of the gateway's clock. */
export function readAgentMessage(value: unknown, nowMillis: number): AgentMessage {
  const json = objectAt(value, 'agent_message');
  onlyFields(json, MESSAGE, '');
  const content = readContent(objectAt(json['contentMessage'], 'content_message'));
  const ttlMicros = readTtl(json, nowMillis);
  return ttlMicros === undefined ? { content, json } : { content, json, ttlMicros };
}
