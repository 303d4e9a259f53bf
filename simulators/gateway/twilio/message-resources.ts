import type { TellsOf } from '../../kernel/door-words.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { Call } from '../api/answer.ts';
import { readForm } from '../../protocol/twilio/form.ts';
import type { Form } from '../../protocol/twilio/form.ts';
import { TWILIO_API_VERSION, messageJson, twilioDate } from '../../protocol/twilio/message.ts';
import type { TwilioMedium, TwilioMessage, TwilioStatus } from '../../protocol/twilio/message.ts';
import { answered, answeredJson, noContent, notFound, refuse, simpleCall } from './answer.ts';
import type { TwilioContext, TwilioRouting } from './context.ts';
import { wireOf } from './dispatches.ts';

const MOST_PER_PAGE = 1000;
const USUAL_PER_PAGE = 50;

/** What a status says that was asked for; the words of its callbacks. */
const IMPLIES: Readonly<Partial<Record<TwilioStatus, StatusWord>>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

function tellsOf(messages: readonly TwilioMessage[]): readonly TellsOf[] {
  return messages.flatMap(({ sid, status }) => {
    const implies = IMPLIES[status];
    return implies === undefined ? [] : { wire: wireOf(sid), implies };
  });
}

/** GET /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json */
export function fetchMessage(context: TwilioContext, routing: TwilioRouting): Call {
  const sid = routing.params['Sid'] ?? '';
  const call = simpleCall(routing, 'query', () => {
    const message = context.messages.get(sid);
    if (message === undefined) return notFound(routing);
    return { ...answeredJson(200, messageJson(message)), tells: tellsOf([message]) };
  });
  return { ...call, wire: wireOf(sid) };
}

/** POST …/Messages/{Sid}.json: `Status=canceled`, or `Body=` (redaction). */
export function updateMessage(context: TwilioContext, routing: TwilioRouting): Call {
  const { form, params } = routing;
  const sid = params['Sid'] ?? '';
  const status = form.first('Status');
  const body = form.first('Body');
  const call = simpleCall(routing, status === undefined ? 'query' : 'revoke', () => {
    const message = context.messages.get(sid);
    if (message === undefined) return notFound(routing);
    if (status !== undefined) {
      if (status !== 'canceled') return refuse(20001, { detail: `Status ${status}` });
      if (!context.dispatches.cancel(sid)) return refuse(30409);
    }
    if (body !== undefined) {
      if (body !== '') return refuse(20001, { detail: 'Body can only be emptied' });
      message.body = '';
      message.updatedMillis = context.ambient.clock.epochMillis();
    }
    return answeredJson(200, messageJson(message));
  });
  return { ...call, wire: wireOf(sid) };
}

/** DELETE …/Messages/{Sid}.json: it is forgotten, whatever becomes of it. */
export function deleteMessage(context: TwilioContext, routing: TwilioRouting): Call {
  const sid = routing.params['Sid'] ?? '';
  return simpleCall(routing, 'query', () =>
    context.messages.remove(sid) ? noContent() : notFound(routing),
  );
}

function inRange(message: TwilioMessage, query: Form): boolean {
  const sent = message.sentMillis ?? message.createdMillis;
  const day = (text: string): number => Date.parse(text);
  const on = query.first('DateSent');
  const before = query.first('DateSent<') ?? query.first('DateSentBefore');
  const after = query.first('DateSent>') ?? query.first('DateSentAfter');
  if (on !== undefined && !new Date(sent).toISOString().startsWith(on.slice(0, 10))) return false;
  if (before !== undefined && sent > day(before)) return false;
  return after === undefined || sent >= day(after);
}

/** GET …/Messages.json: newest first, by pages. */
export function listMessages(context: TwilioContext, routing: TwilioRouting): Call {
  const { request } = routing;
  const query = readForm(Buffer.from(request.query));
  return simpleCall(routing, 'query', () => {
    const size = Math.min(
      MOST_PER_PAGE,
      Number(query.first('PageSize') ?? USUAL_PER_PAGE) || USUAL_PER_PAGE,
    );
    const page = Number(query.first('Page') ?? 0) || 0;
    const to = query.first('To');
    const from = query.first('From');
    const all = context.messages
      .newestFirst()
      .filter(
        (message) =>
          (to === undefined || message.to === to) &&
          (from === undefined || message.from === from) &&
          inRange(message, query),
      );
    const token = query.first('PageToken')?.slice('PA'.length);
    const known = token === undefined ? -1 : all.findIndex(({ sid }) => sid === token);
    const start = known >= 0 ? known + 1 : page * size;
    const shown = all.slice(start, start + size);
    const uri = (number: number, after?: string): string => {
      const asked = new URLSearchParams(request.query);
      asked.set('PageSize', `${size}`);
      asked.set('Page', `${number}`);
      if (after === undefined) asked.delete('PageToken');
      else asked.set('PageToken', `PA${after}`);
      return `${request.path}?${asked.toString()}`;
    };
    const more = start + size < all.length;
    const place = JSON.stringify({
      page,
      page_size: size,
      start,
      end: Math.max(0, start + shown.length - 1),
      uri: request.query === '' ? request.path : `${request.path}?${request.query}`,
      first_page_uri: uri(0),
      next_page_uri: more ? uri(page + 1, shown.at(-1)?.sid) : null,
      previous_page_uri: page > 0 ? uri(page - 1) : null,
    });
    const list = shown.map((message) => messageJson(message)).join(',');
    const answer = answeredJson(200, `{"messages":[${list}],${place.slice(1)}`);
    return { ...answer, tells: tellsOf(shown) };
  });
}

/** GET …/Messages/{MessageSid}/Media.json */
export function listMedia(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () => {
    const message = context.messages.get(routing.params['MessageSid'] ?? '');
    if (message === undefined) return notFound(routing);
    const path = routing.request.path;
    return answered(200, {
      media_list: message.media.map((one) => mediaResource(message, one)),
      page: 0,
      page_size: USUAL_PER_PAGE,
      start: 0,
      end: Math.max(0, message.media.length - 1),
      uri: path,
      first_page_uri: `${path}?PageSize=${USUAL_PER_PAGE}&Page=0`,
      next_page_uri: null,
      previous_page_uri: null,
    });
  });
}

/** GET …/Messages/{MessageSid}/Media/{Sid}.json */
export function fetchMedia(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () => {
    const { params } = routing;
    const message = context.messages.get(params['MessageSid'] ?? '');
    const medium = message?.media.find((one) => one.sid === params['Sid']);
    if (message === undefined || medium === undefined) return notFound(routing);
    return answered(200, mediaResource(message, medium));
  });
}

function mediaResource(
  message: TwilioMessage,
  { sid, contentType }: TwilioMedium,
): Record<string, unknown> {
  const { accountSid, createdMillis } = message;
  const base = `/${TWILIO_API_VERSION}/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    content_type: contentType,
    date_created: twilioDate(createdMillis),
    date_updated: twilioDate(createdMillis),
    parent_sid: message.sid,
    sid,
    uri: `${base}/Media/${sid}.json`,
  };
}

/** GET /2010-04-01/Accounts/{AccountSid}.json */
export function fetchAccount({ account }: TwilioContext, routing: TwilioRouting): Call {
  const date = twilioDate(0);
  return simpleCall(routing, 'query', () =>
    answered(200, {
      auth_token: account.authToken,
      date_created: date,
      date_updated: date,
      friendly_name: 'Bellwether',
      owner_account_sid: account.sid,
      sid: account.sid,
      status: 'active',
      subresource_uris: {
        messages: `/${TWILIO_API_VERSION}/Accounts/${account.sid}/Messages.json`,
      },
      type: 'Full',
      uri: `/${TWILIO_API_VERSION}/Accounts/${account.sid}.json`,
    }),
  );
}
