/** The app, and its conversations: one with each contact, for as long as the contact is known. */
import type { Call } from '../api/answer.ts';
import { invalid, ok, refuse } from './answer.ts';
import type { SinchContact } from './contacts.ts';
import type { Routing, SinchContext } from './context.ts';

const PER_PAGE = 10;
const MOST_PER_PAGE = 20;

function asking({ request, what }: Routing, serve: () => ReturnType<typeof ok>): Call {
  return { operation: 'query', what, seen: `${request.path}?${request.query}`, serve };
}

function appJson({ account }: SinchContext): object {
  const credential = (channel: string): object => ({
    channel,
    state: { status: 'ACTIVE', description: '' },
    callback_secret: '',
    channel_known_id: '',
    credential_ordinal_number: 0,
  });
  return {
    id: account.appId,
    display_name: 'Bellwether',
    channel_credentials: [credential('RCS'), credential('SMS')],
    conversation_metadata_report_view: 'NONE',
    processing_mode: 'CONVERSATION',
  };
}

/** GET /v1/projects/{project}/apps */
export function listApps(context: SinchContext, routing: Routing): Call {
  return asking(routing, () => ok({ apps: [appJson(context)] }));
}

/** GET /v1/projects/{project}/apps/{app} */
export function getApp(context: SinchContext, routing: Routing): Call {
  return asking(routing, () =>
    routing.params['app'] === context.account.appId
      ? ok(appJson(context))
      : refuse('NOT_FOUND', 'The app was not found.'),
  );
}

function conversationJson(context: SinchContext, contact: SinchContact): object {
  const last = context.store.list().find(({ contactId }) => contactId === contact.id);
  return {
    id: contact.conversationId,
    app_id: context.account.appId,
    contact_id: contact.id,
    active: !context.stopped.has(contact.conversationId),
    active_channel: last?.channel.channel ?? 'CHANNEL_UNSPECIFIED',
    last_received: last === undefined ? null : new Date(last.acceptMillis).toISOString(),
    metadata: '',
    metadata_json: null,
    correlation_id: '',
  };
}

/** Contacts that were written to or have written: those with a message that is still known. */
function spoken(context: SinchContext): SinchContact[] {
  const heard = new Set(context.store.list().map(({ contactId }) => contactId));
  return context.contacts.all.filter(({ id }) => heard.has(id));
}

/** GET /v1/projects/{project}/conversations */
export function listConversations(context: SinchContext, routing: Routing): Call {
  return asking(routing, () => {
    const asked = new URLSearchParams(routing.request.query);
    const size = Number(asked.get('page_size') ?? PER_PAGE);
    const start = Number(asked.get('page_token') ?? 0);
    if (!(size >= 1 && size <= MOST_PER_PAGE) || !Number.isInteger(start)) {
      const reason = `must be between 1 and ${MOST_PER_PAGE}`;
      return invalid([{ field: 'page_size', kind: 'invalid', reason }]);
    }
    if (!asked.has('app_id') && !asked.has('contact_id')) {
      const reason = 'is missing, and contact_id too';
      return invalid([{ field: 'app_id', kind: 'missing', reason }]);
    }
    const { appId } = context.account;
    const active = asked.get('only_active') === 'true';
    const all = spoken(context).filter(
      ({ id, conversationId }) =>
        (asked.get('app_id') ?? appId) === appId &&
        (asked.get('contact_id') ?? id) === id &&
        !(active && context.stopped.has(conversationId)),
    );
    const shown = all.slice(start, start + size);
    return ok({
      conversations: shown.map((contact) => conversationJson(context, contact)),
      next_page_token: start + size < all.length ? `${start + size}` : '',
      total_size: all.length,
    });
  });
}

function about(
  context: SinchContext,
  routing: Routing,
  serve: (contact: SinchContact) => object,
): Call {
  return asking(routing, () => {
    const id = routing.params['conversation'] ?? '';
    const contact = spoken(context).find(({ conversationId }) => conversationId === id);
    return contact === undefined
      ? refuse('NOT_FOUND', 'The conversation was not found.')
      : ok(serve(contact));
  });
}

/** GET /v1/projects/{project}/conversations/{conversation} */
export function getConversation(context: SinchContext, routing: Routing): Call {
  return about(context, routing, (contact) => conversationJson(context, contact));
}

/** POST /v1/projects/{project}/conversations/{conversation}:stop */
export function stopConversation(context: SinchContext, routing: Routing): Call {
  return about(context, routing, ({ conversationId }) => {
    context.stopped.add(conversationId);
    return {};
  });
}
