import type { ModulePorts } from 'bellwether/module';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { Device, People } from '../people.ts';
import type { Policy } from '../policy.ts';
import type { PushClient } from '../vendors/apns-client.ts';
import { sleep } from '../within.ts';
import type { ChannelSender, Outcome } from './channel.ts';
import type { Knowledge } from './knowledge.ts';

export interface PushChannelDeps {
  readonly clock: ModulePorts['clock'];
  readonly uuid: ModulePorts['uuid'];
  readonly policy: Policy;
  readonly messages: Messages;
  readonly people: People;
  readonly knowledge: Knowledge;
  readonly clients: Readonly<Partial<Record<'apns' | 'fcm', PushClient>>>;
}

/**
 * The organisation's own app: the push carries an id, the app fetches the content with its own
 * token. Taking back means that the content is no longer handed out; the push itself stays.
 */
export function createPushChannel(deps: PushChannelDeps): ChannelSender {
  const { clock, policy, messages, people, knowledge } = deps;

  const pushTo = async (
    message: Message,
    attempt: Attempt,
    device: Device & { readonly pushToken: string },
  ): Promise<Outcome> => {
    const client = deps.clients[device.provider];
    if (client === undefined) return 'refused';
    const pushId = deps.uuid();
    if (device.provider === 'apns') messages.addWire(message, attempt, `apns:${pushId}`);
    const left = { throttles: 1 };
    for (;;) {
      if (attempt.state !== 'sending') return 'refused';
      if (knowledge.busyUntilMs(device.provider) > clock.epochMillis() && left.throttles === 1) {
        return 'refused';
      }
      const { pushToken } = device;
      const answer = await client.push(pushToken, pushId, message.id, message.expiresAtMs);
      switch (answer.kind) {
        case 'ok':
          return 'accepted';
        case 'unreachable':
          people.forgetToken(message.person, device.id, pushToken);
          return 'refused';
        case 'throttled': {
          knowledge.serviceBusy(device.provider, answer.untilMs);
          const pauseMs = answer.untilMs - clock.epochMillis();
          if (pauseMs > policy.patienceMs || left.throttles-- <= 0) return 'refused';
          await sleep(clock, pauseMs);
          break;
        }
        case 'broken':
          knowledge.serviceBusy(device.provider, answer.untilMs);
          return 'refused';
        case 'no-answer':
          // No repetition: the service would not know it for the same push.
          knowledge.serviceBusy(device.provider, clock.epochMillis() + policy.backOffMs);
          return 'unsure';
        case 'rejected':
        case 'unauthorized':
        case 'conflict':
          return 'refused';
      }
    }
  };

  return {
    send: async (message, attempt) => {
      const devices = people.byId(message.person)?.devices ?? [];
      const outcomes = await Promise.all(
        devices
          .filter((device) => device.pushToken !== null)
          .filter((device) => attempt.shownOn?.includes(device.id) !== true)
          .map((device) => pushTo(message, attempt, { ...device, pushToken: device.pushToken! })),
      );
      if (outcomes.includes('accepted')) return 'accepted';
      return outcomes.includes('unsure') ? 'unsure' : 'refused';
    },
    takeBack: async () => {},
  };
}

/** May the app have the content now? Only while no other copy is, or may be, on its way. */
export function openToApp(message: Message): boolean {
  const mine = message.attempts.filter(({ channel }) => channel === 'app-push');
  if (mine.some(({ state }) => state === 'delivered')) return true;
  const elsewhere = message.attempts.some(
    ({ channel, state }) =>
      channel !== 'app-push' &&
      (state === 'sending' || state === 'accepted' || state === 'delivered'),
  );
  return mine.length > 0 && !elsewhere;
}
