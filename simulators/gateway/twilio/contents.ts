/** The Content API (content.twilio.com/v1/Content): templates that messages name by ContentSid. */
import type { Ambient } from '../../kernel/ambient.ts';
import { contentResource, isContentSid, readContent } from '../../protocol/twilio/content.ts';
import type { Content, ContentTemplate } from '../../protocol/twilio/content.ts';
import { readForm } from '../../protocol/twilio/form.ts';
import type { Call } from '../api/answer.ts';
import { answered, noContent, notFound, refuse, simpleCall } from './answer.ts';
import type { TwilioContext, TwilioRouting } from './context.ts';

/** Templates that the account keeps; of older ones the API knows nothing any more. */
const REMEMBERED = 10_000;
const PER_PAGE = 50;
const MOST_PER_PAGE = 500;
const HOST = 'content.twilio.com';

export interface Contents {
  get(sid: string): ContentTemplate | undefined;
  add(content: Content): ContentTemplate;
  remove(sid: string): boolean;
  readonly all: readonly ContentTemplate[];
}

export function createContents({ clock, ids }: Ambient): Contents {
  /** In the order of making. */
  const bySid = new Map<string, ContentTemplate>();
  return {
    get: (sid) => (isContentSid(sid) ? bySid.get(sid) : undefined),
    add: (content) => {
      const now = clock.epochMillis();
      const sid = `HX${ids.hex(16)}`;
      const template = { sid, createdMillis: now, updatedMillis: now, content };
      bySid.set(sid, template);
      const [oldest] = bySid.keys();
      if (bySid.size > REMEMBERED && oldest !== undefined) bySid.delete(oldest);
      return template;
    },
    remove: (sid) => bySid.delete(sid),
    get all() {
      return [...bySid.values()];
    },
  };
}

function jsonOf({ request }: TwilioRouting): unknown {
  try {
    return JSON.parse(Buffer.from(request.body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function createContent(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () => {
    const content = readContent(jsonOf(routing));
    if ('detail' in content) return refuse(20001, content);
    return answered(201, contentResource(context.contents.add(content), context.account.sid));
  });
}

/** The address that was asked: clients that were given a base address follow the next page too. */
function baseOf({ request }: TwilioRouting): string {
  const { host = HOST } = request.headers;
  return `${host.endsWith('twilio.com') ? 'https' : 'http'}://${host}`;
}

/** Oldest first, by pages. */
export function listContents(context: TwilioContext, routing: TwilioRouting): Call {
  const { request } = routing;
  const query = readForm(Buffer.from(request.query));
  return simpleCall(routing, 'query', () => {
    const asked = Number(query.first('PageSize') ?? PER_PAGE) || PER_PAGE;
    const size = Math.min(MOST_PER_PAGE, Math.max(1, asked));
    const page = Number(query.first('Page') ?? 0) || 0;
    const { all } = context.contents;
    const shown = all.slice(page * size, (page + 1) * size);
    const at = (number: number): string =>
      `${baseOf(routing)}${request.path}?PageSize=${size}&Page=${number}`;
    return answered(200, {
      contents: shown.map((template) => contentResource(template, context.account.sid)),
      meta: {
        key: 'contents',
        page,
        page_size: size,
        url: at(page),
        first_page_url: at(0),
        next_page_url: (page + 1) * size < all.length ? at(page + 1) : null,
        previous_page_url: page > 0 ? at(page - 1) : null,
      },
    });
  });
}

export function fetchContent(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () => {
    const template = context.contents.get(routing.params['Sid'] ?? '');
    if (template === undefined) return notFound(routing);
    return answered(200, contentResource(template, context.account.sid));
  });
}

export function updateContent(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () => {
    const template = context.contents.get(routing.params['Sid'] ?? '');
    if (template === undefined) return notFound(routing);
    const content = readContent(jsonOf(routing), template.content);
    if ('detail' in content) return refuse(20001, content);
    template.content = content;
    template.updatedMillis = context.ambient.clock.epochMillis();
    return answered(200, contentResource(template, context.account.sid));
  });
}

export function deleteContent(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () =>
    context.contents.remove(routing.params['Sid'] ?? '') ? noContent() : notFound(routing),
  );
}
