/** The MLS group of a conversation between people: who is in it, and how it is changed. */
import type { FocusAnswer } from '../network/focus.ts';
import type { MlsMember, PendingCommit } from '../protocol/mls/types.ts';
import { claimAll, formOf } from './conversation-claims.ts';
import { contentOf, NO_OUTCOME, post } from './conversation-wire.ts';
import type { Address, Posting } from './conversation-wire.ts';
import { ownsLeaf } from './keys/standing.ts';
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
  /** The era in which it has tried to come back by a Commit of its own before it wrote. */
  soughtIn: number;
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
  const [one, other] = numbers;
  if (numbers.length === 2 && one !== undefined && other !== undefined && one !== other) {
    return one < other ? `${one} ${other}` : `${other} ${one}`;
  }
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
      soughtIn: 0,
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
  conversation.soughtIn = 0;
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
    // Whose keys are lost stays as it is: it will report, have new keys, or come back by itself.
    if (other.isAwaited) {
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

/** A change of the group on its way to the focus. */
export interface Proposal {
  readonly member: MlsMember;
  readonly era: number;
  /** Absent where the member is there already: a new era, or one who lets itself in. */
  readonly pending?: PendingCommit;
  readonly welcome?: Posting;
  readonly commit?: Posting;
  readonly references: readonly string[];
  readonly epoch: number;
  readonly ends?: true;
  /** This phone lets itself in. */
  readonly enters?: true;
  readonly groupInfo?: Uint8Array;
}

/** What the focus keeps for those who come back by themselves; nothing where nobody ever does. */
async function groupInfoFor(
  phone: Phone,
  { others }: Conversation,
  make: () => Promise<Uint8Array>,
): Promise<Pick<Proposal, 'groupInfo'>> {
  const phones = [...others, phone.owner].flatMap((owner) => owner.handsets);
  return phones.some(({ plan }) => plan.rejoins === 'commit') ? { groupInfo: await make() } : {};
}

/** Hands a change to the focus; the phone moves with it when it was accepted, and not before. */
export function propose(phone: Phone, conversation: Conversation, proposal: Proposal): void {
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
      const moved = { device: phone.path, group, epoch };
      if (proposal.enters === true)
        history.append({ kind: 'mls.joined', ...moved, byCommit: true });
      else history.append({ kind: 'mls.advanced', ...moved });
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
      ...(proposal.groupInfo !== undefined && { groupInfo: proposal.groupInfo }),
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
  const { epoch } = member;
  const left = await groupInfoFor(phone, conversation, () => member.groupInfo());
  propose(phone, conversation, { member, era, welcome, references, epoch, ...left });
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
    ...(await groupInfoFor(phone, conversation, () => pending.groupInfoAfter())),
  });
  return true;
}
