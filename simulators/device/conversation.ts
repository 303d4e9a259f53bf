/**
 * One person's encrypted conversation with others (RCC.16): an MLS group of all their devices, kept
 * as it should be by Commits that the conversation focus puts in order, and begun anew (the next
 * era) where that does not help.
 */
import type { ActKind } from '../kernel/plan.ts';
import type { CoreOutcome } from '../network/bearer.ts';
import {
  addressesFor,
  AGAIN_MICROS,
  beginEra,
  changeGroup,
  changesDue,
  conflict,
  conversationWith,
  hexOf,
} from './conversation-group.ts';
import type { Conversation } from './conversation-group.ts';
import { contentOf, NO_OUTCOME, post } from './conversation-wire.ts';
import { rejoin, rejoins } from './rejoin.ts';
import type { OwnFile } from './talk/person-file.ts';
import { plaintextOf } from './talk/words.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

/** What the person writes; `id` is the planned message. */
export interface Writing {
  readonly id: string;
  readonly text: string;
  /** Something done to an earlier message. */
  readonly act?: { readonly kind: ActKind; readonly of: string };
  /** It is no longer shown so long after it was. */
  readonly vanishMicros?: number;
  /** Seen to type before. */
  readonly typing?: true;
  /** No message but a sign of one, as it stands: that somebody types. */
  readonly notice?: string;
  /** A file of the person's own, to be sent with it. */
  readonly attachment?: OwnFile;
  /** The file that goes with it, as the receiver is told of it. */
  readonly descriptor?: unknown;
}

/** RCC.16 clients report at most five times for a message; then they stop. */
const MOST_REPEATS = 5;

/** One message on its way into the group. */
interface Job {
  readonly phone: Phone;
  readonly conversation: Conversation;
  readonly writing: Writing;
  /** Only this device needs it: a repetition. */
  readonly only?: Phone;
  readonly repeats: number;
  /** The era in which it failed before. */
  readonly failedIn?: number;
}

/** Was this conversation told to go on without encryption? */
export function hasEnded(phone: Phone, others: readonly Owner[]): boolean {
  return conversationWith(phone, others).member?.ended === true;
}

/**
 * Encrypts to all devices of everybody in the conversation and sends; a device that could not read
 * it gets it again, as soon as it has keys.
 */
export function sendEncrypted(phone: Phone, to: readonly Owner[], writing: Writing): void {
  const conversation = conversationWith(phone, to);
  start({ phone, conversation, writing, repeats: 0 });
}

/** Fresh keys for this phone's own leaf, in every conversation of its person. */
export function updateConversations(phone: Phone): void {
  for (const conversation of phone.state.conversations?.values() ?? []) {
    withTheGroup(phone, conversation, () =>
      changeGroup(phone, conversation, { add: [], remove: [] }, { update: true }),
    );
  }
}

/** Tells everybody in this phone's conversations to go on without encryption (end_mls). */
export function endEncryption(phone: Phone): void {
  for (const conversation of phone.state.conversations?.values() ?? []) {
    withTheGroup(phone, conversation, () =>
      changeGroup(phone, conversation, { add: [], remove: [] }, { ends: true }),
    );
  }
}

/** Once nothing else changes the group; again, at most so often, when somebody was faster. */
function withTheGroup(
  phone: Phone,
  conversation: Conversation,
  change: () => Promise<boolean>,
  repeats = 0,
): void {
  phone.keys.queue(async () => {
    const again = (): void => withTheGroup(phone, conversation, change, repeats + 1);
    if (conversation.changing) {
      conversation.waiting.push(again);
      return;
    }
    const { member } = conversation;
    if (member === undefined || !member.active || member.ended) return;
    const { epoch } = member;
    if (!(await change())) return;
    conversation.waiting.push(() => {
      const stayed = conversation.member?.epoch === epoch && conversation.member === member;
      if (!stayed || repeats >= MOST_REPEATS) return;
      again();
    });
  });
}

function start(job: Job): void {
  job.phone.keys.queue(() => say(job));
}

/** Once more for one device, as soon as it has keys. */
function repeatFor(job: Job, device: Phone | undefined): void {
  if (device === undefined || job.repeats >= MOST_REPEATS) return;
  const { era } = job.conversation;
  device.onceItHasKeys(() =>
    start({ ...job, only: device, repeats: job.repeats + 1, failedIn: era }),
  );
}

async function say(job: Job): Promise<void> {
  const { phone, conversation } = job;
  if (phone.keysAreLost) {
    repeatFor(job, phone);
    return;
  }
  const later = (): void => start(job);
  if (conversation.changing) {
    conversation.waiting.push(later);
    return;
  }
  const { member } = conversation;
  if (member?.ended === true) {
    const addresses = conversation.others.map((owner) => ({ owner, outcome: NO_OUTCOME }));
    const content = { kind: 'text', text: plaintextOf(job.writing) } as const;
    post(phone, { content, addresses, message: job.writing.id });
    return;
  }
  const broken = job.repeats > 1 && job.failedIn === conversation.era;
  const out = member === undefined || !member.active;
  if (out && !broken && rejoins(phone) && conversation.soughtIn < conversation.era) {
    conversation.soughtIn = conversation.era;
    rejoin(phone, conversation, { needed: () => conversation.member === member, done: later });
    return;
  }
  if (member === undefined || !member.active || broken) {
    await renew(job, later);
    return;
  }
  const changes = changesDue(phone, conversation);
  if (changes !== undefined) {
    if (await changeGroup(phone, conversation, changes)) conversation.waiting.push(later);
    else if (changes.remove.length > 0) await renew(job, later);
    else await encrypt(job);
    return;
  }
  await encrypt(job);
}

/** Who has no keys at all gets it once they have some; the others in a new era. */
async function renew(job: Job, later: () => void): Promise<void> {
  const { phone, conversation } = job;
  if (await beginEra(phone, conversation)) {
    conversation.waiting.push(later);
    return;
  }
  for (const device of withoutKeys(job)) repeatFor(job, device);
}

function withoutKeys({ conversation, only }: Job): Phone[] {
  const leaves = conversation.member?.leafKeys();
  return conversation.others
    .flatMap((owner) => owner.handsets)
    .filter((device) => device.features().e2ee && device.isAwaited)
    .filter((device) => only === undefined || device === only)
    .filter((device) => leaves?.has(device.identity) !== true);
}

async function encrypt(job: Job): Promise<void> {
  const { phone, conversation, writing, only } = job;
  const { member, era } = conversation;
  if (member === undefined) return;
  for (const device of withoutKeys(job)) repeatFor(job, device);
  phone.context.awake.used(member);
  const { history, clock } = phone.context.ambient;
  const body = await member.encrypt(Buffer.from(plaintextOf(writing)), Buffer.from(writing.id));
  const content = contentOf(member, era, 'message/mls', body);
  const group = hexOf(member.groupId);
  const { epoch } = member;
  const leaves = member.members().map(({ identity }) => identity);
  const readers = only === undefined ? leaves : [only.identity];
  const addresses = addressesFor(phone, conversation, readers).map((address) => ({
    ...address,
    outcome: address.owner === phone.owner ? NO_OUTCOME : outcomeOf(job, address.owner),
  }));
  const again = (): void => start({ ...job, repeats: job.repeats + 1, failedIn: era });
  const wire = post(
    phone,
    { content, addresses, ...(writing.notice === undefined && { message: writing.id }) },
    {
      question: { ...content, conversation: conversation.key },
      answered: (answer, sent) => {
        if (answer.kind === 'accepted') return;
        phone.keys.queue(async () => {
          conflict(phone, conversation, answer, { wire: sent, group, epoch });
          if (job.repeats < MOST_REPEATS) clock.after(AGAIN_MICROS, again);
        });
      },
    },
  );
  if (wire === undefined) return;
  history.append({ kind: 'mls.encrypted', group, epoch, wire, device: phone.path });
}

function outcomeOf(job: Job, owner: Owner): CoreOutcome {
  return {
    ...NO_OUTCOME,
    failed: (path) => {
      const device = owner.handsets.find((handset) => handset.path === path);
      repeatFor(job, device);
    },
  };
}
