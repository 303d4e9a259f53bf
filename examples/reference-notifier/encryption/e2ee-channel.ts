import { writeFileMessage } from 'bellwether/protocol';
import type { Attachments } from '../attachments/attachments.ts';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People, Person } from '../people.ts';
import type { ChannelSender, Outcome } from '../delivery/channel.ts';
import type { Evidence } from '../delivery/delivery.ts';
import { revokeAtRbm, submitToRbm } from '../delivery/rbm-submit.ts';
import type { RbmSubmitDeps } from '../delivery/rbm-submit.ts';
import type { Conversation, ConversationStore } from './conversation-state.ts';
import type { GroupKeeper, Readiness } from './group-keeper.ts';
import { leafOf } from './claims.ts';

/** What the gateway tells about a person's devices. */
export interface DeviceNews {
  added(person: Person, device: string): Promise<void>;
  removed(person: Person, device: string): Promise<void>;
  /** `wire`: the messageId that the device could not process. */
  failed(person: Person, device: string, wire: string): Promise<void>;
}

/** Opens what a person's device has encrypted to us. */
export interface ReplyReader {
  /** `keep` is told the text, or null when no key opens it, before the key is used up. */
  read(
    person: Person,
    device: string,
    body: Uint8Array,
    keep: (text: string | null) => void,
  ): Promise<void>;
}

export interface E2eeChannelDeps extends RbmSubmitDeps {
  readonly messages: Messages;
  readonly people: People;
  readonly conversations: ConversationStore;
  readonly keeper: GroupKeeper;
  readonly attachments: Attachments;
  heard(message: Message, attempt: Attempt, evidence: Evidence): void;
}

/** The ciphertext as it was sent: a repetition must be the same octets under the same id. */
interface Frame {
  readonly epoch: number;
  readonly mls: Readonly<Record<string, unknown>>;
}

/** A device that fails again and again is left out until it announces itself. */
const REPAIRS_PER_KEY = 3;

/** RCS with MLS: neither the gateway nor the carrier can read it. */
export function createE2eeChannel(deps: E2eeChannelDeps): ChannelSender & DeviceNews & ReplyReader {
  const { conversations, keeper, messages, people, knowledge, policy, clock, rbm } = deps;
  const queues = new Map<string, Promise<unknown>>();

  /** A group is one ratchet: everything about one person happens one after the other. */
  const inTurn = <T>(person: Person, task: () => Promise<T>): Promise<T> => {
    const made = (queues.get(person.id) ?? Promise.resolve()).then(task, task);
    queues.set(person.id, made);
    const clear = (): void => {
      if (queues.get(person.id) === made) queues.delete(person.id);
    };
    made.then(clear, clear);
    return made;
  };

  /** What a group that is not ready means for the message at hand. */
  const without = (person: Person, readiness: Exclude<Readiness, 'ready'>): Outcome => {
    if (readiness === 'nobody') {
      knowledge.withoutE2ee(person.id);
      return 'refused';
    }
    if (readiness.kind === 'throttled' || readiness.kind === 'broken') {
      knowledge.serviceBusy('rbm', readiness.untilMs);
    } else if (readiness.kind === 'no-answer') {
      knowledge.serviceBusy('rbm', clock.epochMillis() + policy.backOffMs);
    } else if (readiness.kind === 'unreachable') {
      knowledge.learned(person.id, { rcs: false, e2ee: false });
    }
    return 'refused';
  };

  const encrypt = async (
    person: Person,
    conversation: Conversation,
    message: Message,
    attempt: Attempt,
  ): Promise<Readiness> => {
    const text = messages.text(message);
    const file = await deps.attachments.describe(message);
    const plain = file === null ? text : writeFileMessage(text, file);
    let readiness = await keeper.prepare(person, conversation);
    // A device may have been removed while the group was being changed for another one.
    for (
      let round = 0;
      readiness === 'ready' && conversation.remove.size > 0 && round < 3;
      round++
    ) {
      readiness = await keeper.prepare(person, conversation);
    }
    const { member } = conversation;
    if (readiness !== 'ready' || member === null) return readiness;
    // The message's id is authenticated with it, so that phones know a repetition.
    const body = await member.encrypt(octets(plain), octets(message.id));
    conversations.save(person.id, conversation);
    const frame: Frame = {
      epoch: member.epoch,
      mls: {
        contentType: 'message/mls',
        eraId: conversation.era,
        epochAuthenticator: base64(member.epochAuthenticator),
        body: base64(body),
      },
    };
    attempt.frame = frame;
    messages.newWire(message, attempt);
    return 'ready';
  };

  const send = async (person: Person, message: Message, attempt: Attempt): Promise<Outcome> => {
    const conversation = conversations.load(person.id);
    for (let round = 0; round < 2; round++) {
      if (attempt.state !== 'sending') return 'refused';
      if (attempt.frame === undefined) {
        const readiness = await encrypt(person, conversation, message, attempt);
        if (readiness !== 'ready') return without(person, readiness);
      }
      const { mls } = attempt.frame as Frame;
      const sent = await submitToRbm(deps, { message, attempt, person }, attempt.wires.at(-1)!, {
        mls,
      });
      if (sent !== 'conflict') return sent;
      keeper.giveUp(person, conversation, undefined);
      delete attempt.frame;
    }
    return 'refused';
  };

  /** Encrypts anew what this device could not read, unless the person has it meanwhile. */
  const payOwed = async (
    person: Person,
    conversation: Conversation,
    device: string,
  ): Promise<void> => {
    const owed = [...(conversation.owed.get(device) ?? [])];
    conversation.owed.delete(device);
    for (const id of owed) {
      const message = messages.byId(id);
      const attempt = message?.attempts.at(-1);
      if (message === undefined || attempt?.channel !== 'rcs-e2ee') continue;
      if (attempt.state !== 'accepted' || attempt.rekeyed?.includes(device) === true) continue;
      attempt.rekeyed = [...(attempt.rekeyed ?? []), device];
      // Another device of the person may be about to show the copy that this one cannot read.
      await revokeAtRbm(rbm, person, attempt);
      if (attempt.state !== 'accepted') continue;
      attempt.state = 'sending';
      delete attempt.frame;
      const outcome = await send(person, message, attempt);
      if (attempt.state !== 'sending') continue;
      attempt.state = 'accepted';
      messages.save(message);
      if (outcome !== 'accepted') deps.heard(message, attempt, 'lost');
    }
  };

  const inGroup = (person: Person, { member }: Conversation, device: string): boolean =>
    member?.members().some(({ identity }) => identity === leafOf(person, device)) === true;

  /** Brings the group up to date now; if the gateway is in trouble, before the next message. */
  const bringUpToDate = async (person: Person, conversation: Conversation): Promise<void> => {
    conversations.save(person.id, conversation);
    if (conversation.member === null) return;
    const readiness = await keeper.prepare(person, conversation);
    if (readiness !== 'ready' && readiness !== 'nobody') without(person, readiness);
    for (const device of conversation.owed.keys()) {
      const waits = conversation.add.has(device) || !inGroup(person, conversation, device);
      if (!waits) await payOwed(person, conversation, device);
    }
    conversations.save(person.id, conversation);
  };

  return {
    send: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person === undefined) return 'refused';
      return inTurn(person, () => send(person, message, attempt));
    },
    takeBack: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person !== undefined) await revokeAtRbm(rbm, person, attempt);
    },
    read: (person, device, body, keep) =>
      inTurn(person, async () => {
        const conversation = conversations.load(person.id);
        const received = await conversation.member?.process(body);
        const own =
          received?.kind === 'application' && received.senderIdentity === leafOf(person, device);
        keep(own ? new TextDecoder().decode(received.plaintext) : null);
        conversations.save(person.id, conversation);
      }),
    // What is to be done is written down before the gateway has its answer; then it is done.
    added: (person, device) => {
      const conversation = conversations.load(person.id);
      knowledge.withE2ee(person.id);
      conversation.repairs.delete(device);
      // Without a group there is no leaf to remove, and nothing speaks against the device now.
      if (conversation.member === null) conversation.remove.delete(device);
      conversation.add.add(device);
      conversations.save(person.id, conversation);
      return inTurn(person, () => bringUpToDate(person, conversation));
    },
    removed: (person, device) => {
      const conversation = conversations.load(person.id);
      conversation.remove.add(device);
      conversation.add.delete(device);
      conversation.owed.delete(device);
      conversations.save(person.id, conversation);
      return inTurn(person, () => bringUpToDate(person, conversation));
    },
    failed: (person, device, wire) => {
      const conversation = conversations.load(person.id);
      const found = messages.byWire(wire);
      if (found !== undefined) {
        const owed = conversation.owed.get(device) ?? new Set();
        conversation.owed.set(device, owed.add(found.message.id));
      }
      // A late report about an epoch before its new leaf: only the message is to be repeated.
      const epoch = (found?.attempt.frame as Frame | undefined)?.epoch;
      const stale = epoch !== undefined && epoch < (conversation.joined.get(device) ?? 0);
      const repairs = conversation.repairs.get(device) ?? 0;
      if (!stale && inGroup(person, conversation, device)) {
        conversation.repairs.set(device, repairs + 1);
        conversation.remove.add(device);
        if (repairs < REPAIRS_PER_KEY) conversation.add.add(device);
      }
      conversations.save(person.id, conversation);
      return inTurn(person, () => bringUpToDate(person, conversation));
    },
  };
}

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
