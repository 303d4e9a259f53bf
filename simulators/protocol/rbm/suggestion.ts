/** Suggested replies and actions of the RCS for Business API v1 (REST resource Suggestion). */
import type { Suggestion, SuggestionDoes } from '../rich-content.ts';
import { NO_SUGGESTIONS } from '../rich-content.ts';
import {
  FieldError,
  numberAt,
  objectAt,
  oneOf,
  onlyFields,
  textAt,
  wordAt,
} from './field-check.ts';
import type { JsonObject } from './field-check.ts';

const SUGGESTION = new Set(['reply', 'action']);
const REPLY = new Set(['text', 'postbackData']);
const ACTION = new Set([
  'text',
  'postbackData',
  'fallbackUrl',
  'dialAction',
  'viewLocationAction',
  'createCalendarEventAction',
  'openUrlAction',
  'shareLocationAction',
  'composeAction',
]);

const LONGEST_LABEL = 25;
const LONGEST_POSTBACK = 2_048;
const LONGEST_URL = 2_048;
const LONGEST_EVENT_TITLE = 100;
const LONGEST_EVENT_DESCRIPTION = 500;
const LONGEST_LOCATION_LABEL = 100;

const E164 = /^\+[1-9]\d{4,14}$/;

function urlAt(value: unknown, at: string): void {
  const url = textAt(value, at, LONGEST_URL);
  if (!URL.canParse(url)) throw new FieldError(at, `Invalid value at '${at}': a URL is expected.`);
}

function timeAt(value: unknown, at: string): number {
  const time = Date.parse(textAt(value, at, 64));
  if (!Number.isNaN(time)) return time;
  throw new FieldError(at, `Invalid value at '${at}': an RFC 3339 time is expected.`);
}

function dial(json: JsonObject, at: string): void {
  onlyFields(json, new Set(['phoneNumber']), at);
  const field = `${at}.phone_number`;
  if (E164.test(textAt(json['phoneNumber'], field, 32))) return;
  throw new FieldError(field, `Invalid value at '${field}': an E.164 number is expected.`);
}

function openUrl(json: JsonObject, at: string): void {
  onlyFields(json, new Set(['url', 'application', 'webviewViewMode', 'description']), at);
  urlAt(json['url'], `${at}.url`);
  const { application, webviewViewMode: mode } = json;
  if (application !== undefined) wordAt(application, `${at}.application`, ['WEBVIEW', 'BROWSER']);
  if (mode !== undefined) wordAt(mode, `${at}.webview_view_mode`, ['FULL', 'HALF', 'TALL']);
}

function viewLocation(json: JsonObject, at: string): void {
  onlyFields(json, new Set(['latLong', 'label', 'query']), at);
  const { latLong, label, query } = json;
  if (label !== undefined) textAt(label, `${at}.label`, LONGEST_LOCATION_LABEL);
  if (query !== undefined) textAt(query, `${at}.query`, LONGEST_URL);
  if (latLong === undefined) {
    if (query === undefined) throw new FieldError(at, 'lat_long or query is required.');
    return;
  }
  const place = objectAt(latLong, `${at}.lat_long`);
  onlyFields(place, new Set(['latitude', 'longitude']), `${at}.lat_long`);
  numberAt(place['latitude'] ?? 0, `${at}.lat_long.latitude`, 90);
  numberAt(place['longitude'] ?? 0, `${at}.lat_long.longitude`, 180);
}

function calendarEvent(json: JsonObject, at: string): void {
  onlyFields(json, new Set(['startTime', 'endTime', 'title', 'description']), at);
  const start = timeAt(json['startTime'], `${at}.start_time`);
  const end = timeAt(json['endTime'], `${at}.end_time`);
  if (end < start) throw new FieldError(`${at}.end_time`, 'The event ends before it begins.');
  textAt(json['title'], `${at}.title`, LONGEST_EVENT_TITLE);
  const { description } = json;
  if (description !== undefined) {
    textAt(description, `${at}.description`, LONGEST_EVENT_DESCRIPTION);
  }
}

function compose(json: JsonObject, at: string): void {
  oneOf(json, ['composeTextMessage', 'composeRecordingMessage'], at);
}

type Check = (json: JsonObject, at: string) => void;

const shareLocation: Check = (json, at) => onlyFields(json, new Set(), at);

/** The wire name, its name in errors, its check, what it does. */
const ACTIONS: Readonly<Record<string, readonly [string, Check, SuggestionDoes]>> = {
  dialAction: ['dial_action', dial, 'dial'],
  viewLocationAction: ['view_location_action', viewLocation, 'view-location'],
  createCalendarEventAction: ['create_calendar_event_action', calendarEvent, 'calendar-event'],
  openUrlAction: ['open_url_action', openUrl, 'open-url'],
  shareLocationAction: ['share_location_action', shareLocation, 'share-location'],
  composeAction: ['compose_action', compose, 'compose'],
};

function readCommon(json: JsonObject, at: string): Pick<Suggestion, 'label' | 'postback'> {
  return {
    label: textAt(json['text'], `${at}.text`, LONGEST_LABEL),
    postback: textAt(json['postbackData'], `${at}.postback_data`, LONGEST_POSTBACK),
  };
}

function readSuggestion(json: JsonObject, at: string): Suggestion {
  onlyFields(json, SUGGESTION, at);
  if (oneOf(json, ['reply', 'action'], at) === 'reply') {
    const reply = objectAt(json['reply'], `${at}.reply`);
    onlyFields(reply, REPLY, `${at}.reply`);
    return { ...readCommon(reply, `${at}.reply`), does: 'reply' };
  }
  const where = `${at}.action`;
  const action = objectAt(json['action'], where);
  onlyFields(action, ACTION, where);
  const common = readCommon(action, where);
  if (action['fallbackUrl'] !== undefined) urlAt(action['fallbackUrl'], `${where}.fallback_url`);
  const kind = oneOf(action, Object.keys(ACTIONS), where);
  const [name, check, does] = ACTIONS[kind]!;
  const own = objectAt(action[kind], `${where}.${name}`);
  check(own, `${where}.${name}`);
  return does === 'open-url' ? { ...common, does, url: String(own['url']) } : { ...common, does };
}

/** Throws FieldError for what the API would refuse. `value`: undefined, or a list. */
export function readSuggestions(value: unknown, most: number, at: string): readonly Suggestion[] {
  if (value === undefined) return NO_SUGGESTIONS;
  if (!Array.isArray(value) || value.length > most) {
    throw new FieldError(at, `At most ${most} suggestions.`);
  }
  return value.map((suggestion, index) => {
    const field = `${at}[${index}]`;
    return readSuggestion(objectAt(suggestion, field), field);
  });
}
