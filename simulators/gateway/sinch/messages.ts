import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readBodyFields } from '../../protocol/json/fields.ts';
import type { Call } from '../api/answer.ts';
import { invalid, ok, refuse } from './answer.ts';
import type { Routing, SinchContext } from './context.ts';
import { messageJson } from './message-store.ts';
import type { StoredMessage } from './message-store.ts';

const SOURCES = ['CONVERSATION_SOURCE', 'DISPATCH_SOURCE'];
const LIST_FIELDS = new Set([
  'conversation_id',
  'contact_id',
  'app_id',
  'channel_identity',
  'start_time',
  'end_time',
  'page_size',
  'page_token',
  'view',
  'messages_source',
  'only_recipient_originated',
  'channel',
  'direction',
]);
const MOST_PER_PAGE = 1_000;
const DEFAULT_PER_PAGE = 10;

function query(what: string, routing: Routing, serve: Call['serve']): Call {
  const { request } = routing;
  return { operation: 'query', what, seen: `${request.path}?${request.query}`, serve };
}

/** GET /v1/projects/{project}/messages/{message} */
export function getMessage(context: SinchContext, routing: Routing): Call {
  return query(routing.what, routing, () => {
    const found = context.store.get(routing.params['message'] ?? '');
    if (found === undefined) return refuse('NOT_FOUND', 'The message was not found.');
    return ok(messageJson(found, context.account.appId));
  });
}

/** DELETE /v1/projects/{project}/messages/{message}: from the store, not from phones. */
export function deleteMessage(context: SinchContext, routing: Routing): Call {
  return query(routing.what, routing, () => {
    const done = context.store.remove(routing.params['message'] ?? '');
    return done ? ok({}) : refuse('NOT_FOUND', 'The message was not found.');
  });
}

/** PATCH /v1/projects/{project}/messages/{message}: its metadata. */
export function updateMessage(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  return {
    operation: 'query',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const reader = readBodyFields(request.body, problems);
      const metadata = reader?.string('metadata', { required: true, min: 0, max: 1_024 });
      reader?.close();
      if (problems.length > 0 || metadata === undefined) return invalid(problems);
      const found = context.store.get(routing.params['message'] ?? '');
      if (found === undefined) return refuse('NOT_FOUND', 'The message was not found.');
      found.metadata = metadata;
      return ok(messageJson(found, context.account.appId));
    },
  };
}

interface Filter {
  readonly get: (name: string) => string | undefined;
}

function fits(message: StoredMessage, { get }: Filter): boolean {
  const time = (name: string): number | undefined => {
    const written = get(name);
    return written === undefined ? undefined : Date.parse(written);
  };
  const identity = get('channel_identity')?.replace(/^\+/, '');
  const [from, until] = [time('start_time'), time('end_time')];
  return (
    (get('contact_id') ?? message.contactId) === message.contactId &&
    (get('conversation_id') ?? message.conversationId) === message.conversationId &&
    (get('channel') ?? message.channel.channel) === message.channel.channel &&
    (get('direction') ?? message.direction) === message.direction &&
    (identity ?? message.channel.identity) === message.channel.identity &&
    (from === undefined || message.acceptMillis >= from) &&
    (until === undefined || message.acceptMillis < until) &&
    (get('messages_source') === 'DISPATCH_SOURCE') === message.dispatchOnly
  );
}

/** One page of what fits, newest first; the token counts what was shown. */
function page(context: SinchContext, filter: Filter, messages: readonly StoredMessage[]): object {
  const size = Number(filter.get('page_size') ?? DEFAULT_PER_PAGE);
  const start = Number(filter.get('page_token') ?? 0);
  const all = messages.filter((message) => fits(message, filter));
  const shown = all.slice(start, start + size);
  const next = start + size < all.length ? `${start + size}` : '';
  const { appId } = context.account;
  return { messages: shown.map((each) => messageJson(each, appId)), next_page_token: next };
}

function check(filter: Filter, problems: FieldProblem[]): void {
  const size = filter.get('page_size');
  if (size !== undefined && !(Number(size) >= 1 && Number(size) <= MOST_PER_PAGE)) {
    problems.push({ field: 'page_size', kind: 'invalid', reason: 'must be between 1 and 1000' });
  }
  const source = filter.get('messages_source');
  if (source !== undefined && !SOURCES.includes(source)) {
    const reason = `must be one of ${SOURCES.join(', ')}`;
    problems.push({ field: 'messages_source', kind: 'invalid', reason });
  }
  if (!/^\d*$/.test(filter.get('page_token') ?? '')) {
    problems.push({ field: 'page_token', kind: 'invalid', reason: 'is no token of a page' });
  }
}

/** GET /v1/projects/{project}/messages */
export function listMessages(context: SinchContext, routing: Routing): Call {
  return query(routing.what, routing, () => {
    const search = new URLSearchParams(routing.request.query);
    const problems: FieldProblem[] = [];
    for (const name of search.keys()) {
      if (LIST_FIELDS.has(name)) continue;
      problems.push({ field: name, kind: 'unknown', reason: 'is not a field of this request' });
    }
    const filter = { get: (name: string) => search.get(name) ?? undefined };
    check(filter, problems);
    if (problems.length > 0) return invalid(problems);
    return ok(page(context, filter, context.store.list()));
  });
}

/** POST /v1/projects/{project}/messages:fetch-last-message: the last one of each identity. */
export function fetchLastMessages(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  return {
    operation: 'query',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const reader = readBodyFields(request.body, problems);
      const identities = reader?.strings('channel_identities') ?? [];
      const contacts = reader?.strings('contact_ids') ?? [];
      const values = new Map<string, string>();
      for (const name of LIST_FIELDS) {
        const value = reader?.any(name);
        if (typeof value === 'string' || typeof value === 'number') values.set(name, `${value}`);
      }
      reader?.close();
      if (identities.length > 0 && contacts.length > 0) {
        const reason = 'cannot be used together with channel_identities';
        problems.push({ field: 'contact_ids', kind: 'invalid', reason });
      }
      const filter = { get: (name: string) => values.get(name) };
      check(filter, problems);
      if (problems.length > 0) return invalid(problems);
      const wanted = new Set(identities.map((identity) => identity.replace(/^\+/, '')));
      const seen = new Set<string>();
      const last = context.store.list().filter(({ channel, contactId }) => {
        const key = contacts.length > 0 ? contactId : channel.identity;
        const asked = contacts.length > 0 ? contacts.includes(key) : wanted.has(key);
        if (!asked || seen.has(key)) return false;
        seen.add(key);
        return true;
      });
      return ok(page(context, filter, last));
    },
  };
}
