import type { ModulePorts } from 'bellwether/module';
import type { MlsEngine, MlsMember } from 'bellwether/protocol';
import type { Person } from '../people.ts';
import type { Answer } from '../vendors/answer.ts';
import type { RbmClient } from '../vendors/rbm-client.ts';
import { sleep } from '../within.ts';
import { leafOf } from './claims.ts';
import type { Claimed, ClaimPackages } from './claims.ts';
import type { Conversation, ConversationStore } from './conversation-state.ts';

/**
 * - `ready`: the group holds exactly the devices that should read
 * - `nobody`: no device has keys
 * - an answer: the gateway is in trouble
 */
export type Readiness = 'ready' | 'nobody' | Exclude<Answer, { kind: 'ok' }>;

export interface GroupKeeperDeps {
  readonly engine: MlsEngine;
  readonly rbm: RbmClient;
  readonly claim: ClaimPackages;
  readonly agentId: string;
  readonly conversations: ConversationStore;
  readonly clock: ModulePorts['clock'];
  readonly random: ModulePorts['random'];
  readonly uuid: ModulePorts['uuid'];
}

const REPEAT_PAUSE_MS = 500;
const GROUP_ID_BYTES = 16;
/** References of used key packages that are remembered for one person. */
const REMEMBERED_PACKAGES = 64;

/** Keeps one person's group as it should be. Callers run it once at a time per person. */
export interface GroupKeeper {
  /** Creates the group, or carries out what is to be removed and added; nothing is encrypted. */
  prepare(person: Person, conversation: Conversation): Promise<Readiness>;
  /** Gives the group up after a 409: the next `prepare` starts another in a later era. */
  giveUp(person: Person, conversation: Conversation, conflict: unknown): void;
}

export function createGroupKeeper(deps: GroupKeeperDeps): GroupKeeper {
  const { engine, rbm, claim, conversations } = deps;

  /** Welcome and Commit have ids of their own; one repetition under the same id is safe. */
  const control = async (person: Person, mls: Record<string, unknown>): Promise<Answer> => {
    const id = deps.uuid();
    const content = { mls: { contentType: 'message/mls-rcs-client', ...mls } };
    const answer = await rbm.send(person.msisdn, id, content);
    if (answer.kind !== 'no-answer') return answer;
    await sleep(deps.clock, REPEAT_PAUSE_MS);
    return rbm.send(person.msisdn, id, content);
  };

  const welcome = async (
    person: Person,
    conversation: Conversation,
    member: MlsMember,
    body: Uint8Array,
  ): Promise<Answer> =>
    control(person, {
      eraId: conversation.era,
      groupId: base64(member.groupId),
      epoch: member.epoch,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(body),
    });

  /** Written down before a Welcome leaves: a one-time package is never used again. */
  const spend = (person: Person, conversation: Conversation, used: readonly Claimed[]): void => {
    for (const { reference } of used) {
      if (reference === null) continue;
      conversation.used.add(reference);
      for (const oldest of conversation.used) {
        if (conversation.used.size <= REMEMBERED_PACKAGES) break;
        conversation.used.delete(oldest);
      }
    }
    conversations.save(person.id, conversation);
  };

  const create = async (person: Person, conversation: Conversation): Promise<Readiness> => {
    const claimed = await claim(person, conversation);
    if ('kind' in claimed) return claimed;
    const devices = claimed.filter(({ device }) => !conversation.remove.has(device));
    if (devices.length === 0) return 'nobody';
    conversation.era += 1;
    const member = await engine.createGroup(deps.random(GROUP_ID_BYTES), `agent:${deps.agentId}`, {
      era: conversation.era,
    });
    const pending = await member.add(devices.map(({ keyPackage }) => keyPackage));
    if (pending.kind === 'refused' || pending.welcome === undefined) return 'nobody';
    await pending.apply();
    spend(person, conversation, devices);
    const answer = await welcome(person, conversation, member, pending.welcome);
    if (answer.kind === 'conflict') conversation.era = eraOf(answer.body) ?? conversation.era;
    if (answer.kind !== 'ok') {
      conversations.save(person.id, conversation);
      return answer;
    }
    conversation.member = member;
    conversation.joined.clear();
    for (const { device } of devices) {
      conversation.joined.set(device, member.epoch);
      conversation.add.delete(device);
    }
    conversations.save(person.id, conversation);
    return 'ready';
  };

  /** One commit for all changes. It is made on a copy, which is adopted on the gateway's 2xx. */
  const change = async (
    person: Person,
    conversation: Conversation,
    member: MlsMember,
  ): Promise<Readiness> => {
    // More may be asked for while this one is under way: only what was done is crossed off.
    const wanted = [...conversation.add];
    const unwanted = [...conversation.remove];
    const claimed = wanted.length === 0 ? [] : await claim(person, conversation, wanted);
    if ('kind' in claimed && unwanted.length === 0) return claimed;
    const added = 'kind' in claimed ? [] : claimed;
    const leaves = new Set(member.members().map(({ identity }) => identity));
    const outgoing = [...unwanted, ...added.map(({ device }) => device)];
    const remove = [...new Set(outgoing.map((device) => leafOf(person, device)))].filter((leaf) =>
      leaves.has(leaf),
    );
    if (remove.length > 0 || added.length > 0) {
      const next = engine.deserialize(member.serialize());
      const add = added.map(({ keyPackage }) => keyPackage);
      const pending = await next.commit({ add, remove });
      if (pending.kind === 'refused') return { kind: 'conflict', body: undefined };
      await pending.apply();
      const answer = await control(person, {
        eraId: conversation.era,
        epochAuthenticator: base64(next.epochAuthenticator),
        body: base64(pending.commit),
      });
      if (answer.kind !== 'ok') return answer;
      conversation.member = next;
      for (const { device } of added) conversation.joined.set(device, next.epoch);
      if (pending.welcome !== undefined) {
        spend(person, conversation, added);
        const welcomed = await welcome(person, conversation, next, pending.welcome);
        if (welcomed.kind !== 'ok') return { kind: 'conflict', body: undefined };
      }
    }
    for (const device of unwanted) conversation.remove.delete(device);
    for (const { device } of added) conversation.add.delete(device);
    conversations.save(person.id, conversation);
    return (conversation.member?.members().length ?? 0) > 1 ? 'ready' : 'nobody';
  };

  const giveUp: GroupKeeper['giveUp'] = (person, conversation, conflict) => {
    conversation.member = null;
    conversation.era = Math.max(conversation.era, eraOf(conflict) ?? 0);
    conversations.save(person.id, conversation);
  };

  return {
    giveUp,
    prepare: async (person, conversation) => {
      for (let round = 0; round < 3; round++) {
        const { member } = conversation;
        const readiness =
          member === null
            ? await create(person, conversation)
            : await change(person, conversation, member);
        if (typeof readiness === 'string' || readiness.kind !== 'conflict') return readiness;
        giveUp(person, conversation, readiness.body);
      }
      return 'nobody';
    },
  };
}

/** The era that the gateway holds, from a 409's details. */
function eraOf(body: unknown): number | undefined {
  const { error } = (body ?? {}) as {
    error?: { details?: readonly { metadata?: { eraId?: unknown } }[] };
  };
  const era = Number(error?.details?.[0]?.metadata?.eraId);
  return Number.isInteger(era) && era > 0 ? era : undefined;
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
