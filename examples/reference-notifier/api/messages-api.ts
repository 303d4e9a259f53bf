import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ModulePorts } from 'bellwether/module';
import type { Archive } from '../archive/archive.ts';
import type { Attachments } from '../attachments/attachments.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { isEndToEnd } from '../message.ts';
import type { Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { OptOuts } from '../opt-outs.ts';
import type { People } from '../people.ts';
import type { Policy } from '../policy.ts';
import type { Vault } from '../seal.ts';
import { json, problem, readBody } from './answers.ts';
import type { Routes } from './answers.ts';

export interface MessagesApiDeps {
  readonly clock: ModulePorts['clock'];
  readonly uuid: ModulePorts['uuid'];
  readonly policy: Policy;
  readonly people: People;
  readonly messages: Messages;
  readonly vault: Vault;
  readonly delivery: Delivery;
  readonly optOuts: OptOuts;
  readonly attachments: Attachments;
  readonly archive: Archive;
}

const sendBody = z.object({
  to: z.string().min(1),
  text: z.string().min(1),
  sensitivity: z.enum(['low', 'medium', 'high']),
  kind: z.string().default('message'),
  /** An empty content is no file. */
  attachment: z
    .object({
      name: z.string(),
      type: z.string(),
      content: z.base64(),
      thumbnail: z.base64().optional(),
    })
    .optional(),
});

/** How long after its deadline a message may still go out: late is better than never. */
const LATE_MS = 120_000;

/** Sending, and asking what became of it. */
export function messagesApi(deps: MessagesApiDeps): Routes {
  const { clock, policy, people, messages, vault, delivery, optOuts } = deps;
  return {
    'POST /v1/messages': async ({ request }) => {
      const body = await readBody(request, sendBody);
      if ('refusal' in body) return body.refusal;
      const { to, text, sensitivity, kind, attachment } = body.value;
      const key = request.headers.get('idempotency-key');
      const digest = createHash('sha256').update(JSON.stringify(body.value)).digest('hex');
      const earlier = key === null ? undefined : messages.byKey(key);
      if (earlier !== undefined) {
        return earlier.digest === digest
          ? json(200, { messageId: earlier.id })
          : problem(422, 'key_reused', 'this idempotency key was used for another message');
      }
      const person = people.byMsisdn(to);
      if (person === undefined) return problem(404, 'unknown_recipient', 'no such recipient');
      if (optOuts.has(person.id)) {
        return problem(403, 'opted_out', 'this person wants nothing more');
      }
      const id = deps.uuid();
      const nowMs = clock.epochMillis();
      const message: Message = {
        id,
        person: person.id,
        kind,
        sensitivity,
        sealedText: vault.seal(text, id),
        createdAtMs: nowMs,
        expiresAtMs: nowMs + policy.deadlineMs[sensitivity] + LATE_MS,
        status: 'queued',
        channel: null,
        attempts: [],
      };
      // Written down before it is promised; sent after.
      const hasFile = attachment !== undefined && attachment.content !== '';
      if (hasFile) deps.attachments.keep(id, attachment);
      messages.create(message, key === null ? null : { key, digest });
      deps.archive.keep(message);
      if (hasFile) deps.attachments.upload(message);
      delivery.take(message);
      return json(202, { messageId: id });
    },
    'GET /v1/messages/:id': ({ params }) => {
      const message = messages.byId(params['id'] ?? '');
      if (message === undefined) return problem(404, 'not_found', 'no such message');
      const { id, status, channel } = message;
      return json(200, { messageId: id, status, channel, encrypted: isEndToEnd(message) });
    },
    'GET /healthz': () => json(200, { ok: true }),
  };
}
