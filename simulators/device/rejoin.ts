/**
 * Coming back into a conversation's group by a Commit of one's own (RFC 9420 §12.4.3.2; in RCC.16
 * the way after a loss of keys), with the GroupInfo that the focus keeps: beside being welcomed by
 * others, and before a new era, which repairs everything.
 */
import type { FocusGroupInfo } from '../network/focus.ts';
import type { MlsMember } from '../protocol/mls/types.ts';
import { formOf } from './conversation-claims.ts';
import {
  addressesFor,
  AGAIN_MICROS,
  conversationWith,
  hexOf,
  propose,
} from './conversation-group.ts';
import type { Conversation } from './conversation-group.ts';
import { askFocus, contentOf } from './conversation-wire.ts';
import type { Phone } from './phone.ts';

/** Others change the group at the same time: so often it is tried again with a newer GroupInfo. */
const MOST_TRIES = 4;
/** No answer of the focus by then: given up. */
const ANSWER_MICROS = 10_000_000;
/** One who is removed, or was never let in, tries so often, after longer and longer pauses. */
const MOST_INTRUSIONS = 4;
const INTRUSION_MICROS = 5_000_000;

export interface Return {
  /** Still out: asked again before every step. */
  readonly needed: () => boolean;
  /** In again, or given up. */
  readonly done: () => void;
  /** Only into this group (hex): the message that could not be read is of it. */
  readonly into?: string;
}

/** Does this phone come back by itself? */
export function rejoins({ plan }: Phone): boolean {
  return plan.rejoins === 'commit';
}

function release(conversation: Conversation): void {
  conversation.changing = false;
  for (const task of conversation.waiting.splice(0)) task();
}

/** Fetches the GroupInfo and enters by a Commit of its own; again, when somebody was faster. */
export function rejoin(
  phone: Phone,
  conversation: Conversation,
  want: Return,
  tries = MOST_TRIES,
): void {
  phone.keys.queue(async () => {
    const again = (): void => rejoin(phone, conversation, want, tries);
    if (conversation.changing) {
      conversation.waiting.push(again);
      return;
    }
    if (!want.needed() || tries === 0) return want.done();
    const { lines, ambient } = phone.context;
    conversation.changing = true;
    let open = true;
    const answered = (found: FocusGroupInfo | undefined): void => {
      if (!open) return;
      open = false;
      timer.cancel();
      phone.keys.queue(async () => {
        const given = found !== undefined && (want.into ?? found.group) === found.group;
        const entered =
          given && want.needed() ? await enter(phone, conversation, found) : undefined;
        if (entered !== undefined) {
          conversation.waiting.unshift(() => {
            // Whoever hears of it next has to have had the Commit before.
            if (conversation.member === entered) ambient.clock.after(AGAIN_MICROS, want.done);
            else rejoin(phone, conversation, want, tries - 1);
          });
          return;
        }
        release(conversation);
        want.done();
      });
    };
    const timer = ambient.clock.after(ANSWER_MICROS, () => answered(undefined));
    const { msisdn } = phone.owner.plan;
    const ask = (): void => answered(lines.focus.groupInfo(conversation.key, msisdn));
    if (!askFocus(phone, conversation.era, ask)) answered(undefined);
  });
}

/** The member that it will be; undefined when the GroupInfo does not let anybody in. */
async function enter(
  phone: Phone,
  conversation: Conversation,
  { groupInfo, era }: FocusGroupInfo,
): Promise<MlsMember | undefined> {
  const form = formOf(phone, conversation);
  const options = form === 'basic' ? {} : { leaf: phone.keys.identity.leaf };
  const made = await phone.mls.joinByCommit(groupInfo, phone.identity, options);
  if (made.kind === 'refused') return undefined;
  const { member, commit } = made;
  const own = member.leafKeys().get(phone.identity);
  if (form === 'basic' && own !== undefined) phone.keys.basicLeaves.add(hexOf(own));
  const identities = member.members().map(({ identity }) => identity);
  propose(phone, conversation, {
    member,
    era,
    epoch: member.epoch,
    references: [],
    enters: true,
    groupInfo: await member.groupInfo(),
    commit: {
      content: contentOf(member, era, 'message/mls-rcs-client', commit),
      addresses: addressesFor(phone, conversation, identities),
    },
  });
  return member;
}

/** Its keys are new: back into every conversation that it knows of; `then` when all is tried. */
export function comeBack(phone: Phone, then: () => void): void {
  const { state, keyLosses } = phone;
  const conversations = rejoins(phone) ? [...(state.conversations?.values() ?? [])] : [];
  let left = conversations.length;
  if (left === 0) return then();
  state.comingBack++;
  for (const conversation of conversations) {
    rejoin(phone, conversation, {
      needed: () => conversation.member === undefined && phone.keyLosses === keyLosses,
      done: () => {
        if (--left > 0) return;
        state.comingBack--;
        then();
      },
    });
  }
}

/** The conversation of a message that could not be read: by its group, else by who wrote it. */
function conversationOf(phone: Phone, group: string, from: string): Conversation | undefined {
  for (const conversation of phone.state.conversations?.values() ?? []) {
    const { member } = conversation;
    if (member !== undefined && hexOf(member.groupId) === group) return conversation;
  }
  const sender = phone.context.lines.ownerOfNumber(from);
  if (sender === undefined || sender === phone.owner) return undefined;
  return conversationWith(phone, [sender]);
}

/**
 * What cannot be read is healed first, then told (RCC.16 clients): `then` tells it. `needed` says
 * whether the phone is still where it could not read the message.
 */
export function healThen(
  phone: Phone,
  message: { readonly group: string; readonly from: string },
  needed: () => boolean,
  then: () => void,
): void {
  const { group, from } = message;
  const able = rejoins(phone) && !phone.thief && !phone.revoked && !phone.keysAreLost;
  const conversation = able ? conversationOf(phone, group, from) : undefined;
  if (conversation === undefined) return then();
  const known = conversation.member !== undefined;
  rejoin(phone, conversation, { needed, done: then, ...(!known && { into: group }) });
}

/** Somebody removed, or with a stolen number, who hears what it cannot read tries to get in. */
export function tryToGetIn(
  phone: Phone,
  message: { readonly group: string; readonly from: string },
): void {
  const { state } = phone;
  if (!rejoins(phone) || state.intrusions >= MOST_INTRUSIONS) return;
  const now = phone.context.ambient.clock.now();
  if (now < state.intrudedAtMicros + state.intrusions * INTRUSION_MICROS) return;
  const conversation = conversationOf(phone, message.group, message.from);
  if (conversation === undefined || conversation.changing) return;
  state.intrusions++;
  state.intrudedAtMicros = now;
  attempt(phone, conversation);
}

/** Once, as it is; what comes of it is for the focus and the phones of the group to say. */
function attempt(phone: Phone, conversation: Conversation): void {
  const { member } = conversation;
  const needed = (): boolean => conversation.member === member;
  phone.context.ambient.clock.after(AGAIN_MICROS, () =>
    rejoin(phone, conversation, { needed, done: () => {} }, 1),
  );
}

/** A number's conversations are no secret to who holds its SIM: a guest tries all of them. */
export function tryConversationsOf(host: Phone, guest: Phone): void {
  if (!rejoins(guest)) return;
  for (const { others } of host.state.conversations?.values() ?? []) {
    attempt(guest, conversationWith(guest, others));
  }
}
