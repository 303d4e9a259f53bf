/** The MLS group of a conversation between people: who is in it, and how it is changed. */
import type { CredentialForm } from '../network/bearer.ts';
import type { FocusAnswer } from '../network/focus.ts';
import type { MlsMember, PendingCommit } from '../protocol/mls/types.ts';
import { contentOf, NO_OUTCOME, post } from './conversation-wire.ts';
import type { Address, Posting } from './conversation-wire.ts';
import { trustedBasicLeaf, trustedPackage } from './keys/trust.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

/** One phone's view of a conversation. */
export interface Conversation {
  /** The numbers of its people, sorted. */
  readonly key: string;
  /** Everybody but this phone's person. */
  readonly others: readonly Owner[];
  member: MlsMember | undefined;
  /** The highest era that this phone has heard of. */
  era: number;
  /** A Commit or a new era is on its way to the focus. */
  changing: boolean;
  /** What waits until it has come back. */
  readonly waiting: (() => void)[];
  /** Which devices had which keys when the group was last looked through. */
  stamp: string;
  /** How often the focus has refused what this phone sent, since it accepted something. */
  refusals: number;
}

const GROUP_ID_BYTES = 16;
/** What was refused is made anew when what made it old has had time to come. */
export const AGAIN_MICROS = 400_000;
/** Refused so often without getting anywhere: a new era repairs everything (RCC.16 clients). */
const MOST_REFUSALS = 3;
/** No answer of the focus by then: the Commit is given up. */
const ANSWER_MICROS = 10_000_000;

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function keyOf(numbers: readonly string[]): string {
  return [...new Set(numbers)].toSorted().join(' ');
}

/** This phone's conversation with these people; made when first needed. */
export function conversationWith(phone: Phone, others: readonly Owner[]): Conversation {
  const conversations = (phone.state.conversations ??= new Map<string, Conversation>());
  const key = keyOf([phone.owner, ...others].map(({ plan }) => plan.msisdn));
  let found = conversations.get(key);
  if (found === undefined) {
    const fresh = {
      member: undefined,
      era: 0,
      changing: false,
      waiting: [],
      stamp: '',
      refusals: 0,
    };
    conversations.set(key, (found = { key, others, ...fresh }));
  }
  return found;
}

/** The phone was wiped: what it knew of the group is gone, its era too. */
export function forget(conversation: Conversation): void {
  conversation.member = undefined;
  conversation.era = 0;
  conversation.stamp = '';
  conversation.refusals = 0;
}

const PERSON = /^tel:(\+\d+)\//;

/** A Welcome has led this phone into a group: the conversation goes on there. */
export function adopt(phone: Phone, member: MlsMember, eraId = 1): void {
  const numbers = member.members().map(({ identity }) => PERSON.exec(identity)?.[1]);
  if (numbers.some((number) => number === undefined)) return;
  const own = phone.owner.plan.msisdn;
  const people = [...new Set(numbers as string[])].filter((number) => number !== own);
  const others = people.map((number) => phone.context.lines.ownerOfNumber(number));
  if (others.length === 0 || others.some((owner) => owner === undefined)) return;
  const conversation = conversationWith(phone, others as Owner[]);
  const era = member.era ?? eraId;
  if (era < conversation.era) return;
  conversation.era = era;
  conversation.member = member;
  conversation.stamp = '';
}

/** Every phone that belongs in the group but this one, those without keys at the moment too. */
function belonging(phone: Phone, { others }: Conversation): Phone[] {
  return [...others, phone.owner]
    .flatMap((owner) => owner.handsets)
    .filter((other) => other !== phone && other.features().e2ee);
}

function ownsLeaf({ keys }: Phone, key: string): boolean {
  return key === hexOf(keys.identity.leaf.publicKey) || keys.basicLeaves.has(key);
}

export interface Changes {
  readonly add: readonly Phone[];
  /** Identities of leaves. */
  readonly remove: readonly string[];
}

/** What has to be changed before the next message; undefined when the group is as it should be. */
export function changesDue(phone: Phone, conversation: Conversation): Changes | undefined {
  const { member } = conversation;
  if (member === undefined) return undefined;
  const belong = belonging(phone, conversation);
  const stamp = `${member.epoch} ${belong.map((other) => other.keyStamp).join(' ')}`;
  if (stamp === conversation.stamp) return undefined;
  const leaves = member.leafKeys();
  const add: Phone[] = [];
  const stay = new Set([phone.identity]);
  for (const other of belong) {
    if (other.attestationFault !== undefined) continue;
    // Whose keys are lost at the moment stays as it is: it will report, or have new keys.
    if (other.keysAreLost) {
      stay.add(other.identity);
      continue;
    }
    const key = leaves.get(other.identity);
    if (key !== undefined && ownsLeaf(other, hexOf(key))) stay.add(other.identity);
    else add.push(other);
  }
  const remove = [...leaves.keys()].filter((identity) => !stay.has(identity));
  if (add.length === 0 && remove.length === 0) {
    conversation.stamp = stamp;
    return undefined;
  }
  return { add, remove };
}

interface Claimed {
  readonly phone: Phone;
  readonly keyPackage: Uint8Array;
  readonly reference: string;
}

/**
 * Certificates and RCS extensions, or neither of them: a foreign stack knows only Basic leaves, and
 * the service by which it is asked has no word for an era.
 */
function formOf(phone: Phone, conversation: Conversation): CredentialForm {
  const phones = [...conversation.others, phone.owner].flatMap((owner) => owner.handsets);
  return phones.some(({ plan }) => plan.mls !== undefined) ? 'basic' : 'x509';
}

/** From each device's home service, by way of one's own; only what is to be trusted. */
async function claimAll(
  phone: Phone,
  others: readonly Phone[],
  form: CredentialForm,
): Promise<Claimed[]> {
  const { ambient } = phone.context;
  const claimed: Claimed[] = [];
  for (const other of others) {
    const offered = await other.claimKeyPackage(form);
    if (offered === undefined) continue;
    const { device, reference, lastResort, unattested, again, keyPackage } = offered;
    ambient.history.append({
      kind: 'mls.claimed',
      person: other.person,
      device,
      reference,
      lastResort,
      ...(unattested !== undefined && { unattested }),
      ...(again === true && { again }),
    });
    if (form === 'basic') {
      const leaf = await trustedBasicLeaf(phone, other.identity, offered);
      if (leaf === undefined) continue;
      other.keys.basicLeaves.add(hexOf(leaf));
    } else if (!(await trustedPackage(phone, other.identity, offered))) continue;
    claimed.push({ phone: other, keyPackage, reference });
  }
  return claimed;
}

function addressesOf(phone: Phone, conversation: Conversation, paths: Set<string>): Address[] {
  return [...conversation.others, phone.owner]
    .map((owner) => ({
      owner,
      devices: owner.handsets.map(({ path }) => path).filter((path) => paths.has(path)),
      outcome: NO_OUTCOME,
    }))
    .filter(({ devices }) => devices.length > 0);
}

/** Which of these leaves' devices are where: `tel:…` → path. */
export function addressesFor(
  phone: Phone,
  conversation: Conversation,
  identities: readonly string[],
): Address[] {
  const paths = [...conversation.others, phone.owner]
    .flatMap((owner) => owner.handsets)
    .filter((other) => other !== phone && identities.includes(other.identity))
    .map(({ path }) => path);
  return addressesOf(phone, conversation, new Set(paths));
}

interface Proposal {
  readonly member: MlsMember;
  readonly era: number;
  /** Absent for a new era, whose only member has applied it already. */
  readonly pending?: PendingCommit;
  readonly welcome?: Posting;
  readonly commit?: Posting;
  readonly references: readonly string[];
  readonly epoch: number;
  readonly ends?: true;
}

/** Hands a change to the focus; the phone moves with it when it was accepted, and not before. */
function propose(phone: Phone, conversation: Conversation, proposal: Proposal): void {
  const { ambient, failed } = phone.context;
  const { history, clock } = ambient;
  const { member, era, pending, commit, welcome, references, epoch } = proposal;
  const group = hexOf(member.groupId);
  const first = commit ?? welcome;
  if (first === undefined || first.content.kind !== 'mls') return;
  conversation.changing = true;
  let open = true;
  const { keyLosses } = phone;

  const settle = async (answer: FocusAnswer | undefined, wire: string): Promise<void> => {
    if (!open) return;
    open = false;
    timer.cancel();
    conversation.changing = false;
    // What a wipe took meanwhile does not come back with an answer.
    const wiped = phone.keyLosses !== keyLosses;
    if (answer?.kind === 'accepted' && !wiped) {
      await pending?.apply();
      conversation.member = member;
      conversation.era = era;
      conversation.refusals = 0;
      phone.keys.enter(group, member);
      if (references.length > 0) {
        const told = { group, epoch, references, wire, device: phone.path };
        history.append({ kind: 'mls.welcomed', ...told });
      }
      history.append({ kind: 'mls.advanced', device: phone.path, group, epoch });
      if (member.ended) history.append({ kind: 'mls.ended', device: phone.path, group, epoch });
      phone.keys.arrive(group);
    } else {
      pending?.discard();
      if (answer !== undefined && !wiped)
        conflict(phone, conversation, answer, { wire, group, epoch });
    }
    const waiting = conversation.waiting.splice(0);
    const goOn = (): void => {
      for (const task of waiting) task();
    };
    // Whoever was faster has to be heard first.
    if (answer?.kind === 'accepted') goOn();
    else clock.after(AGAIN_MICROS, goOn);
  };

  const timer = clock.after(ANSWER_MICROS, () => phone.keys.queue(() => settle(undefined, '')));
  const { content } = first;
  const sent = post(phone, first, {
    question: {
      conversation: conversation.key,
      eraId: content.eraId,
      epochAuthenticator: content.epochAuthenticator,
      body: content.body,
      ...(commit === undefined && { into: { group, epoch } }),
      ...(proposal.ends === true && { ends: true as const }),
    },
    answered: (answer, wire) => phone.keys.queue(() => settle(answer, wire)),
    ...(commit !== undefined && welcome !== undefined && { also: [welcome] }),
  });
  if (sent === undefined) settle(undefined, '').catch(failed);
}

/** What was refused, and where the conversation stands. */
export function conflict(
  phone: Phone,
  conversation: Conversation,
  answer: FocusAnswer,
  what: { readonly wire: string; readonly group: string; readonly epoch: number },
): void {
  if (answer.kind === 'accepted') return;
  const { reason, present } = answer;
  phone.context.ambient.history.append({
    kind: 'mls.conflict',
    ...what,
    reason,
    device: phone.path,
    ...(present !== undefined && { present }),
  });
  conversation.era = Math.max(conversation.era, present?.era ?? 0);
  conversation.stamp = '';
  // An epoch of one's own: nothing that others send can lead back from there.
  const apart = reason === 'incorrect-epoch-authenticator' || reason === 'mls-group-not-found';
  if (!apart && ++conversation.refusals < MOST_REFUSALS) return;
  conversation.refusals = 0;
  conversation.member = undefined;
}

/** Begins the next era: a new group, and a Welcome to everybody. False when nobody can be in it. */
export async function beginEra(phone: Phone, conversation: Conversation): Promise<boolean> {
  const form = formOf(phone, conversation);
  const claimed = await claimAll(phone, belonging(phone, conversation), form);
  const reached = conversation.others.some((owner) =>
    claimed.some((one) => one.phone.owner === owner),
  );
  if (!reached) return false;
  const era = conversation.era + 1;
  const groupId = phone.state.random.bytes(GROUP_ID_BYTES);
  const options = form === 'basic' ? {} : { era, leaf: phone.keys.identity.leaf };
  const member = await phone.mls.createGroup(groupId, phone.identity, options);
  if (form === 'basic') {
    for (const key of member.leafKeys().values()) phone.keys.basicLeaves.add(hexOf(key));
  }
  const pending = await member.add(claimed.map(({ keyPackage }) => keyPackage));
  if (pending.kind === 'refused') return false;
  await pending.apply();
  if (pending.welcome === undefined) return false;
  const paths = new Set(claimed.map((one) => one.phone.path));
  const content = contentOf(member, era, 'message/mls-rcs-client', pending.welcome);
  const references = claimed.map(({ reference }) => reference);
  const welcome = { content, addresses: addressesOf(phone, conversation, paths) };
  propose(phone, conversation, { member, era, welcome, references, epoch: member.epoch });
  return true;
}

/** Commits a change of the present group; false when it cannot be made. */
export async function changeGroup(
  phone: Phone,
  conversation: Conversation,
  { add, remove }: Changes,
  how: { readonly update?: boolean; readonly ends?: true } = {},
): Promise<boolean> {
  const { member, era } = conversation;
  if (member === undefined) return false;
  const claimed = await claimAll(phone, add, formOf(phone, conversation));
  const stays = member.members().map(({ identity }) => identity);
  if (claimed.length === 0 && remove.length === 0 && how.update !== true && how.ends !== true) {
    return false;
  }
  const pending = await member.commit({
    add: claimed.map(({ keyPackage }) => keyPackage),
    remove,
    ...(how.update === true && { update: true }),
    ...(how.ends === true && { endMls: true }),
  });
  if (pending.kind === 'refused') return false;
  const next =
    pending.authenticatorAfter ??
    phone.mls.deserialize(pending.serializeApplied()).epochAuthenticator;
  const control = (body: Uint8Array) =>
    contentOf(member, era, 'message/mls-rcs-client', body, next);
  const added = new Set(claimed.map((one) => one.phone.path));
  const readers = stays.filter((identity) => !remove.includes(identity));
  const everybody = addressesFor(phone, conversation, [...readers, ...remove]);
  propose(phone, conversation, {
    member,
    era,
    pending,
    epoch: pending.epoch,
    references: claimed.map(({ reference }) => reference),
    commit: { content: control(pending.commit), addresses: everybody },
    ...(pending.welcome !== undefined && {
      welcome: {
        content: control(pending.welcome),
        addresses: addressesOf(phone, conversation, added),
      },
    }),
    ...how,
  });
  return true;
}
