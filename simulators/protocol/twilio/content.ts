/** Content templates (“Content API resources”, “Using variables”; fields of the Node SDK 6.2.0). */
import type { Suggestion } from '../rich-content.ts';
import { readRichTemplate } from './content-rich.ts';
import type { MessageProblem } from './create-message.ts';

export interface ContentTemplate {
  readonly sid: string;
  readonly createdMillis: number;
  updatedMillis: number;
  content: Content;
}

export interface Content {
  readonly friendlyName: string;
  readonly language: string;
  /** What stands for a placeholder that a message gives nothing for, by its name. */
  readonly variables: Readonly<Record<string, string>>;
  /** By type: `twilio/text`, `twilio/quick-reply`, … */
  readonly types: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a template becomes in a message. */
export interface FilledContent {
  readonly body: string;
  readonly mediaUrls: readonly string[];
  /** What RCS shows, where that is more than the body. */
  readonly rich?: FilledRich;
}

/** The richest type of a template that RCS has, filled. */
export interface FilledRich {
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  readonly mediaUrls: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const SID = /^HX[0-9a-fA-F]{32}$/;
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const NAME = /^\w+$/;
const LONGEST_VALUE = 1600;
/** Error 21656: what a value may not hold. */
const UNFIT = /[\n\t]| {5,}/;
/** Types with media of their own. */
const MEDIA = ['twilio/media', 'twilio/card'];

export function isContentSid(text: string): boolean {
  return SID.test(text);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}

/** The body of POST and PUT /v1/Content; `before`: what a change leaves as it is. */
export function readContent(
  json: unknown,
  before?: Content,
): Content | { readonly detail: string } {
  if (!isObject(json)) return { detail: 'The body is not a JSON object' };
  const {
    friendly_name: friendlyName = before?.friendlyName ?? '',
    language = before?.language,
    variables = before?.variables ?? {},
    types = before?.types,
  } = json;
  if (typeof friendlyName !== 'string') return { detail: 'friendly_name is not a text' };
  if (typeof language !== 'string' || language === '') return { detail: 'language is missing' };
  if (!isTexts(variables)) return { detail: 'variables are not texts by name' };
  if (!isObject(types) || Object.keys(types).length === 0) return { detail: 'types is missing' };
  const read: Record<string, Json> = {};
  for (const [type, value] of Object.entries(types)) {
    if (!isObject(value)) return { detail: `types.${type} is not an object` };
    read[type] = value;
  }
  return { friendlyName, language, variables, types: read };
}

/** The text by which a template of any type is carried: its own body, or the title of a card. */
function textOf(types: Content['types']): string {
  const candidates = [types['twilio/text'], ...Object.values(types)];
  for (const name of ['body', 'title', 'label']) {
    for (const type of candidates) {
      const text = type?.[name];
      if (typeof text === 'string' && text !== '') return text;
    }
  }
  return '';
}

function mediaOf(types: Content['types']): readonly string[] {
  return MEDIA.flatMap((type) => {
    const media = types[type]?.['media'];
    return Array.isArray(media) ? media.filter((one) => typeof one === 'string') : [];
  });
}

function givenValues(text: string | undefined): Json | MessageProblem {
  if (text === undefined || text === '') return {};
  try {
    const given: unknown = JSON.parse(text);
    if (isObject(given)) return given;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { code: 21656, detail: 'not a JSON object' };
}

function isProblem(value: Json | MessageProblem): value is MessageProblem {
  return typeof value['code' as keyof typeof value] === 'number';
}

/** Puts a message's values into a template; what it gives none for has the template's own. */
export function fillContent(
  { types, variables }: Content,
  contentVariables: string | undefined,
): FilledContent | MessageProblem {
  const given = givenValues(contentVariables);
  if (isProblem(given)) return given;
  const problems: MessageProblem[] = [];
  const valueOf = (name: string): string => {
    const value = Object.hasOwn(given, name) ? given[name] : variables[name];
    const fits = typeof value === 'string' && value !== '' && !UNFIT.test(value);
    if (!NAME.test(name) || !fits) problems.push({ code: 21656, detail: `{{${name}}}` });
    else if (value.length > LONGEST_VALUE) problems.push({ code: 21658, detail: `{{${name}}}` });
    return String(value);
  };
  const fill = (text: string): string =>
    text.replaceAll(PLACEHOLDER, (_all, name: string) => valueOf(name.trim()));
  const rich = readRichTemplate(types, fill);
  const filled = {
    body: fill(textOf(types)),
    mediaUrls: mediaOf(types).map(fill),
    ...(rich !== undefined && { rich }),
  };
  return problems[0] ?? filled;
}

/** As the API answers it. */
export function contentResource(
  { sid, content, createdMillis, updatedMillis }: ContentTemplate,
  accountSid: string,
): Record<string, unknown> {
  const url = `https://content.twilio.com/v1/Content/${sid}`;
  return {
    account_sid: accountSid,
    date_created: new Date(createdMillis).toISOString(),
    date_updated: new Date(updatedMillis).toISOString(),
    friendly_name: content.friendlyName,
    language: content.language,
    links: {
      approval_create: `${url}/ApprovalRequests/whatsapp`,
      approval_fetch: `${url}/ApprovalRequests`,
    },
    sid,
    types: content.types,
    url,
    variables: content.variables,
  };
}
