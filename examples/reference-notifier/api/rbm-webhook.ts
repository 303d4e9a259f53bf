import { createHmacSigner, sameSignature } from 'bellwether/protocol';
import type { ModuleClock } from 'bellwether/module';
import { z } from 'zod';
import type { Delivery } from '../delivery/delivery.ts';
import type { DeviceNews } from '../encryption/e2ee-channel.ts';
import type { Messages } from '../messages.ts';
import type { People, Person } from '../people.ts';
import type { Replies } from '../replies.ts';
import { noContent, problem, readBody } from './answers.ts';
import type { Routes } from './answers.ts';

export interface RbmWebhookDeps {
  readonly clock: ModuleClock;
  /** What any of them signed is the gateway's. */
  readonly clientTokens: readonly string[];
  readonly agentId: string;
  readonly messages: Messages;
  readonly people: People;
  readonly delivery: Delivery;
  readonly devices: DeviceNews;
  readonly replies: Replies;
  log(line: string): void;
}

const envelope = z.union([
  z.object({ clientToken: z.string(), secret: z.string() }),
  z.object({ message: z.object({ data: z.string(), messageId: z.string() }) }),
]);

const notification = z.object({
  agentId: z.string(),
  eventType: z.string().optional(),
  messageId: z.string().optional(),
  phoneNumber: z.string().optional(),
  senderPhoneNumber: z.string().optional(),
  deviceId: z.string().optional(),
  e2ee: z.boolean().optional(),
  attestation: z.string().optional(),
  text: z.string().optional(),
  suggestionResponse: z.object({ text: z.string(), postbackData: z.string() }).optional(),
  mls: z.object({ contentType: z.string(), body: z.string() }).optional(),
  sendTime: z.string(),
});
type Notification = z.infer<typeof notification>;

/** A genuine notification is repeated for hours while we are away, not for days. */
const OLDEST_MS = 24 * 3_600_000;
const AHEAD_MS = 5 * 60_000;
const REMEMBERED = 10_000;

/**
 * Notifications of the RBM gateway (docs/gateway-rbm.md). Signed over the decoded data; what is
 * unsigned, too old or of another agent is refused; what came before is acknowledged and ignored;
 * order does not matter, since a status only moves forward.
 */
export function rbmWebhook(deps: RbmWebhookDeps): Routes {
  const { clock, messages, people, delivery, devices, replies } = deps;
  const seen = new Set<string>();

  const remember = (id: string): void => {
    seen.add(id);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value!);
  };

  const news = (
    person: Person,
    device: string,
    { eventType: event, messageId: wire = '', e2ee, attestation = 'passed' }: Notification,
  ): Promise<void> | null => {
    // Whoever nobody vouches for, or who cannot read any more, does not stay in the group.
    const unfit = attestation !== 'passed' || e2ee === false;
    switch (unfit && event !== 'MLS_FAILURE' ? 'DEVICE_REMOVED' : event) {
      case 'DEVICE_ATTESTATION':
      case 'DEVICE_ADDED':
        return devices.added(person, device).then(() => delivery.wake(person.id));
      case 'DEVICE_REMOVED':
        return devices.removed(person, device);
      case 'MLS_FAILURE':
        return devices.failed(person, device, wire);
      default:
        return null;
    }
  };

  const act = (told: Notification): void => {
    const { eventType = '', messageId = '', deviceId } = told;
    const person = people.byMsisdn(told.phoneNumber ?? told.senderPhoneNumber ?? '');
    if (person === undefined) return;
    const written = told.text ?? told.suggestionResponse?.text;
    if (told.eventType === undefined && written !== undefined) {
      replies.taken(person, messageId, written);
      return;
    }
    if (eventType === 'MLS_MESSAGE' && told.mls?.contentType === 'message/mls') {
      replies.takenEncrypted(person, messageId, deviceId ?? '', told.mls.body);
      return;
    }
    if (deviceId !== undefined) {
      // The gateway's queue waits for our answer, and our answer must not wait for the gateway.
      news(person, deviceId, told)?.catch((error: unknown) =>
        deps.log(
          `${eventType} not carried out: ${error instanceof Error ? error.message : 'error'}`,
        ),
      );
    }
    const found = messages.byWire(messageId);
    if (found === undefined || found.message.person !== person.id) return;
    const { message, attempt } = found;
    if (eventType === 'TTL_EXPIRATION_REVOKED') delivery.heard(message, attempt, 'lost');
    // That a link has arrived says nothing about its content.
    if (attempt.channel === 'secure-link') return;
    if (eventType === 'DELIVERED') delivery.heard(message, attempt, 'delivered');
    if (eventType === 'READ') delivery.heard(message, attempt, 'read');
  };

  const signers = deps.clientTokens.map((token) => createHmacSigner('sha512', token));
  const isSigned = (octets: Uint8Array, signature: string): boolean =>
    signers.some((sign) => sameSignature(sign(octets), signature));
  return {
    'POST /webhooks/rbm': async ({ request }) => {
      const body = await readBody(request, envelope);
      if ('refusal' in body) return body.refusal;
      if ('secret' in body.value) {
        const { clientToken } = body.value;
        return deps.clientTokens.some((token) => sameSignature(token, clientToken))
          ? { status: 200, headers: { 'content-type': 'text/plain' }, body: body.value.secret }
          : problem(403, 'wrong_token', 'not our client token');
      }
      const { data, messageId } = body.value.message;
      const octets = Buffer.from(data, 'base64');
      const signature = request.headers.get('x-goog-signature') ?? '';
      if (!isSigned(octets, signature)) {
        return problem(403, 'wrong_signature', 'the signature does not hold');
      }
      const told = notification.safeParse(parse(octets.toString('utf8')));
      if (!told.success) return problem(400, 'invalid_data', 'not a notification');
      if (told.data.agentId !== deps.agentId) return problem(403, 'wrong_agent', 'not our agent');
      const ageMs = clock.epochMillis() - Date.parse(told.data.sendTime);
      if (!(ageMs <= OLDEST_MS && ageMs >= -AHEAD_MS)) {
        return problem(403, 'stale', 'outside the time in which notifications are taken');
      }
      if (!seen.has(messageId)) {
        remember(messageId);
        act(told.data);
      }
      return noContent();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
