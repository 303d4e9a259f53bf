import { z } from 'zod';
import type { ModuleClock, ModuleRequest, ModuleResponse } from 'bellwether/module';
import type { Attachments } from '../attachments/attachments.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { openToApp } from '../delivery/push-channel.ts';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import { bearerToken, json, noContent, problem, readBody } from './answers.ts';
import type { ApiRequest, Routes } from './answers.ts';

export interface AppApiDeps {
  readonly clock: ModuleClock;
  readonly people: People;
  readonly messages: Messages;
  readonly delivery: Delivery;
  readonly attachments: Attachments;
}

const receiptBody = z.object({ event: z.string() });

interface Caller {
  readonly person: string;
  readonly device: string;
}

/** What the organisation's own app asks for, with a token that belongs to one device. */
export function appApi({ clock, people, messages, delivery, attachments }: AppApiDeps): Routes {
  const caller = (request: ModuleRequest): Caller | undefined => {
    const token = bearerToken(request);
    return token === undefined ? undefined : people.byAppToken(token);
  };
  const signIn = (): ModuleResponse => problem(401, 'unauthorized', 'a device token is needed');

  /** A message of somebody else is answered as one that does not exist. */
  const own = (asked: ApiRequest, { person }: Caller): [Message, Attempt] | undefined => {
    const message = messages.byId(asked.params['id'] ?? '');
    const attempt = message?.attempts.findLast(({ channel }) => channel === 'app-push');
    if (message?.person !== person || attempt === undefined) return undefined;
    return [message, attempt];
  };

  const shown = async (message: Message) => {
    const attachment = await attachments.describe(message);
    const text = messages.text(message);
    return { messageId: message.id, text, ...(attachment !== null && { attachment }) };
  };

  return {
    'GET /v1/app/messages/:id': async (asked) => {
      const who = caller(asked.request);
      if (who === undefined) return signIn();
      const found = own(asked, who);
      if (found === undefined) return problem(404, 'not_found', 'no such message');
      const [message, attempt] = found;
      if (!openToApp(message)) return problem(410, 'gone', 'this message took another way');
      if (attempt.fetchedAtMs === undefined) {
        attempt.fetchedAtMs = clock.epochMillis();
        messages.save(message);
      }
      return json(200, await shown(message));
    },
    'POST /v1/app/messages/:id/receipts': async (asked) => {
      const who = caller(asked.request);
      if (who === undefined) return signIn();
      const body = await readBody(asked.request, receiptBody);
      if ('refusal' in body) return body.refusal;
      const found = own(asked, who);
      if (found === undefined) return problem(404, 'not_found', 'no such message');
      const [message, attempt] = found;
      const { event } = body.value;
      if (event === 'displayed' || event === 'delivered' || event === 'read') {
        const shown = attempt.shownOn ?? [];
        if (!shown.includes(who.device)) attempt.shownOn = [...shown, who.device];
        delivery.heard(message, attempt, event === 'read' ? 'read' : 'delivered');
      }
      return noContent();
    },
    'GET /v1/app/inbox': async ({ request }) => {
      const who = caller(request);
      if (who === undefined) return signIn();
      const waiting = messages.openOf(who.person).filter((message) => {
        const attempt = message.attempts.findLast(({ channel }) => channel === 'app-push');
        return attempt?.shownOn?.includes(who.device) !== true && openToApp(message);
      });
      const items = await Promise.all(waiting.map(shown));
      return json(200, { messages: items });
    },
  };
}
