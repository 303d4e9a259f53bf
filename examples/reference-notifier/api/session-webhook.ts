import { z } from 'zod';
import type { Delivery } from '../delivery/delivery.ts';
import type { Knowledge } from '../delivery/knowledge.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import type { Replies } from '../replies.ts';
import type { ReceiptVerifier } from '../sessions/receipt-verifier.ts';
import type { ReplyKey } from '../sessions/reply-key.ts';
import type { SessionKeeper } from '../sessions/session-keeper.ts';
import { noContent, problem, readBody } from './answers.ts';
import type { Routes } from './answers.ts';

export interface SessionWebhookDeps {
  readonly messages: Messages;
  readonly people: People;
  readonly knowledge: Knowledge;
  readonly delivery: Delivery;
  readonly keeper: SessionKeeper;
  readonly verifier: ReceiptVerifier;
  readonly replies: Replies;
  readonly replyKey: ReplyKey;
}

const notification = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('receipt'),
    idempotencyKey: z.string(),
    state: z.enum(['delivered', 'read', 'expired']),
  }),
  z.object({ type: z.literal('session-ended'), sessionId: z.string(), phoneNumber: z.string() }),
  z.object({ type: z.literal('number-changed'), phoneNumber: z.string() }),
  z.object({
    type: z.literal('message'),
    phoneNumber: z.string(),
    messageId: z.string(),
    content: z.union([z.object({ text: z.string() }), z.object({ jwe: z.string() })]),
  }),
]);
type Notification = z.infer<typeof notification>;

const EVIDENCE = { delivered: 'delivered', read: 'read', expired: 'lost' } as const;
const REMEMBERED = 10_000;

/**
 * Receipts and news of a gateway that manages sessions (docs/gateway-sessions.md). What is not
 * signed by a key of its key set, or too long ago, is refused; what came before is acknowledged.
 */
export function sessionWebhook(deps: SessionWebhookDeps): Routes {
  const { messages, people, knowledge, delivery, keeper, verifier, replies, replyKey } = deps;
  const seen = new Set<string>();

  const remember = (id: string): void => {
    seen.add(id);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value!);
  };

  const act = (told: Notification): void => {
    if (told.type === 'receipt') {
      const found = messages.byWire(told.idempotencyKey);
      if (found?.attempt.session === undefined) return;
      delivery.heard(found.message, found.attempt, EVIDENCE[told.state]);
      return;
    }
    const person = people.byMsisdn(told.phoneNumber);
    if (person === undefined) return;
    switch (told.type) {
      case 'session-ended':
        keeper.over(person, told.sessionId);
        return;
      case 'number-changed':
        knowledge.withE2ee(person.id);
        delivery.wake(person.id);
        return;
      case 'message': {
        const { content, messageId } = told;
        const text = 'text' in content ? content.text : replyKey.open(content.jwe);
        if (text !== null) replies.taken(person, messageId, text);
      }
    }
  };

  return {
    'POST /webhooks/sessions': async ({ request }) => {
      const body = await readBody(request, notification);
      if ('refusal' in body) return body.refusal;
      const signature = request.headers.get('x-jws-signature') ?? '';
      const verdict = await verifier.verify(body.raw, signature);
      if (verdict.kind === 'unsure') return problem(503, 'no_keys', 'the key set cannot be had');
      if (verdict.kind === 'refused') {
        return problem(403, 'wrong_signature', 'the signature does not hold');
      }
      if (!seen.has(verdict.id)) {
        remember(verdict.id);
        act(body.value);
      }
      return noContent();
    },
  };
}
