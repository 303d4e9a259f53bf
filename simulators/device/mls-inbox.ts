/**
 * What a phone does with MLS messages (RFC 9420) that its carrier brings: join by Welcome, follow
 * Commits, decrypt and display with padlock. What cannot be processed is reported to the sender.
 */
import type { BearerMessage, Receipts } from '../network/bearer.ts';
import { inspect } from '../protocol/mls/inspect.ts';
import type { InspectedFrame, InspectedWelcome } from '../protocol/mls/inspect.ts';
import type { MlsMember, ReceivedApplication } from '../protocol/mls/types.ts';
import type { Joiner } from '../protocol/mls/joiner.ts';
import { adopt, hexOf, keyOf } from './conversation-group.ts';
import { recordReceived } from './display.ts';
import { deviceOf, mayLetItselfIn } from './keys/standing.ts';
import type { Phone } from './phone.ts';
import { healThen, tryToGetIn } from './rejoin.ts';
import { readMessage } from './sight.ts';
import { hear, keepOnScreen, letsKnow, sendReceipt, tellsDelivery } from './talk/screen.ts';
import { readSaid } from './talk/words.ts';

/**
 * How long a message that came before its Welcome or Commit is kept: what clients in the field do
 * (LineageOS messaging, RCC.16 client, 2026).
 */
const EARLY_MICROS = 3_000_000;
/** Early messages that one device keeps; more are refused at once. */
const MOST_WAITING = 64;

/** A message in work; `receipts` is absent for what a revoked device overhears. */
interface Mail {
  readonly phone: Phone;
  readonly arrived: BearerMessage;
  readonly body: Uint8Array;
  readonly receipts: Receipts | undefined;
  /** When it came, for the wait of early messages. */
  readonly cameAtMicros: number;
}

const utf8 = new TextDecoder();

function bodyOf(arrived: BearerMessage): Uint8Array {
  return arrived.content.kind === 'mls' ? arrived.content.body : new Uint8Array();
}

export function receiveCiphertext(phone: Phone, arrived: BearerMessage, receipts: Receipts): void {
  const cameAtMicros = phone.context.ambient.clock.now();
  const mail = { phone, arrived, body: bodyOf(arrived), receipts, cameAtMicros };
  const isText = arrived.content.kind === 'mls' && arrived.content.contentType === 'message/mls';
  if (isText && !phone.thief) {
    recordReceived(phone, arrived.wire, 'rcs-e2ee', arrived.message);
  }
  phone.keys.queue(() => open(mail));
}

/** After its revocation: tries with the state it kept, tells nobody but the history. */
export function overhearCiphertext(phone: Phone, arrived: BearerMessage): void {
  const cameAtMicros = phone.context.ambient.clock.now();
  const mail = { phone, arrived, body: bodyOf(arrived), receipts: undefined, cameAtMicros };
  phone.keys.queue(() => open(mail));
}

function refuse({ phone, arrived, receipts }: Mail, reason: string, offset?: number): void {
  phone.context.ambient.history.append({
    kind: 'mls.refused',
    device: phone.path,
    wire: arrived.wire,
    reason,
    ...(offset !== undefined && { offset }),
    ...(phone.thief && { thief: true }),
  });
  // What came before is no failure of the sender's; somebody who reads along says nothing.
  if (reason !== 'replayed' && !phone.thief) receipts?.failed(phone.path, reason);
}

/** Out of the group, or in an epoch of its own: healed where the phone can, then told. */
function healAndRefuse(mail: Mail, group: string, reason: string, needed: () => boolean): void {
  const { phone, arrived } = mail;
  const { from } = arrived;
  healThen(phone, { group, from }, needed, () => refuse(mail, reason));
  if (phone.revoked || phone.thief) tryToGetIn(phone, { group, from });
}

function deliveredTo({ phone, receipts }: Mail): void {
  if (!phone.thief) receipts?.delivered(phone.path);
}

async function open(mail: Mail): Promise<void> {
  const seen = inspect(mail.body);
  if (seen.kind === 'refused') return refuse(mail, seen.reason, seen.offset);
  switch (seen.wireFormat) {
    case 'welcome':
      return join(mail, seen);
    case 'public-message':
    case 'private-message':
      return process(mail, seen);
    case 'group-info':
    case 'key-package':
      return refuse(mail, 'unexpected-message');
  }
}

async function join(mail: Mail, seen: InspectedWelcome): Promise<void> {
  const { phone, body } = mail;
  const { keys, context } = phone;
  // A last-resort package opens its Welcome again and again: each Welcome leads in once.
  if (keys.packages.sawWelcome(body)) return refuse(mail, 'replayed');
  const secrets = keys.packages.secretsFor(seen.keyPackageReferences);
  const result = await phone.mls.joinFromWelcome(body, secrets);
  if (result.kind === 'refused') return refuse(mail, result.reason, result.offset);
  const group = hexOf(result.member.groupId);
  keys.packages.used(body, result.reference);
  keys.enter(group, result.member);
  const { content } = mail.arrived;
  adopt(phone, result.member, content.kind === 'mls' ? content.eraId : undefined);
  context.ambient.history.append({
    kind: 'mls.joined',
    device: phone.path,
    group,
    epoch: result.member.epoch,
  });
  deliveredTo(mail);
  keys.arrive(group);
}

/** Keeps a message for a while that is ahead of this device; tries again at each step forward. */
function waitFor(mail: Mail, group: string, epoch: number, reason: string): void {
  const { phone, receipts, cameAtMicros } = mail;
  const behind = (): boolean => (phone.keys.groups.get(group)?.epoch ?? -1) < epoch;
  const giveUp = (): void => healAndRefuse(mail, group, reason, behind);
  const { clock } = phone.context.ambient;
  const leftMicros = cameAtMicros + EARLY_MICROS - clock.now();
  const hopeless = receipts === undefined || leftMicros <= 0;
  if (hopeless || phone.keys.waiting >= MOST_WAITING) return giveUp();
  let waiting = true;
  const again = (): void => {
    if (!waiting) return;
    waiting = false;
    timer.cancel();
    phone.keys.queue(() => open(mail));
  };
  const stopWaiting = phone.keys.awaitStep(group, again);
  const timer = clock.after(leftMicros, () => {
    waiting = false;
    stopWaiting();
    giveUp();
  });
}

async function process(mail: Mail, seen: InspectedFrame): Promise<void> {
  const { phone, body, arrived } = mail;
  const { history } = phone.context.ambient;
  const group = hexOf(seen.groupId);
  const member = phone.keys.memberOf(group);
  if (member === undefined) return waitFor(mail, group, seen.epoch, 'mls-group-not-found');
  const { identification } = phone.context;
  if (identification.isDue(phone.person, seen.epoch)) await identification.identify(phone.person);
  const isApplication = seen.contentType === 'application';
  if (!isApplication && seen.epoch < member.epoch) {
    // The group is past it: joined anew since, or the Commit came twice. Nothing to report.
    deliveredTo(mail);
    return;
  }
  if (isApplication && seen.epoch === member.epoch && isApart(arrived, member)) {
    const { epoch } = member;
    const apart = (): boolean => phone.keys.groups.get(group) === member && member.epoch === epoch;
    return healAndRefuse(mail, group, 'incorrect-epoch-authenticator', apart);
  }
  const result = await member.process(body, { admits: (joiner) => admits(mail, group, joiner) });
  switch (result.kind) {
    case 'application':
      phone.keys.remember({ wire: arrived.wire, body });
      return decrypted(mail, group, result);
    case 'commit': {
      const { epoch, selfRemoved } = result;
      const facts = { device: phone.path, group, epoch } as const;
      const admitted =
        result.joiner === undefined ? {} : { admitted: nameOf(phone, result.joiner) };
      if (selfRemoved) history.append({ kind: 'mls.removed', ...facts });
      else history.append({ kind: 'mls.advanced', ...facts, ...admitted });
      if (member.ended) history.append({ kind: 'mls.ended', ...facts });
      deliveredTo(mail);
      return phone.keys.arrive(group);
    }
    case 'proposal':
      deliveredTo(mail);
      return;
    case 'refused': {
      const early =
        result.reason === 'incorrect-epoch' &&
        (result.messageEpoch ?? 0) > (result.memberEpoch ?? member.epoch);
      if (early) return waitFor(mail, group, seen.epoch, result.reason);
      return refuse(mail, result.reason, result.offset);
    }
  }
}

/** Its path; what its leaf says where no number has such a device. */
function nameOf({ context }: Phone, { identity }: Joiner): string {
  return deviceOf(context.lines, identity)?.path ?? identity;
}

/** Does this phone follow the Commit by which somebody lets itself into the group? */
function admits({ phone, arrived }: Mail, group: string, joiner: Joiner): boolean {
  const { lines, ambient } = phone.context;
  const device = deviceOf(lines, joiner.identity);
  const people = peopleIn(phone, group).split(' ');
  const belongs = device !== undefined && people.includes(device.owner.plan.msisdn);
  if (belongs && mayLetItselfIn(device, joiner)) return true;
  const epoch = phone.keys.groups.get(group)?.epoch ?? 0;
  const facts = { device: phone.path, group, epoch, wire: arrived.wire };
  ambient.history.append({ kind: 'mls.rejected', ...facts, rejected: nameOf(phone, joiner) });
  return false;
}

/**
 * The epoch has the right number and is another one: the sender's authenticator differs from this
 * member's (RFC 9420 §8.7). A sender that told none is not held to it.
 */
function isApart({ content }: BearerMessage, member: MlsMember): boolean {
  if (content.kind !== 'mls' || content.epochAuthenticator === '') return false;
  const own = Buffer.from(member.epochAuthenticator).toString('base64');
  return content.epochAuthenticator !== own;
}

function decrypted(
  { phone, arrived, receipts }: Mail,
  group: string,
  { epoch, plaintext, senderIdentity }: ReceivedApplication,
): void {
  const { ambient } = phone.context;
  const { wire } = arrived;
  const said = readSaid(utf8.decode(plaintext));
  const message = readMessage(said.text, ambient.index)?.message ?? arrived.message;
  phone.context.identification.opened(phone.person, arrived.parent ?? wire);
  ambient.history.append({
    kind: 'mls.decrypted',
    device: phone.path,
    group,
    epoch,
    wire,
    ...(message !== undefined && { message }),
    ...(phone.revoked && { afterRevocation: true }),
    ...(phone.thief && { thief: true }),
  });
  if (receipts === undefined || phone.thief) return;
  if (tellsDelivery(phone)) receipts.delivered(phone.path);
  // A foreign stack does not say whose leaf it was; the carrier says whose number.
  const by = personOf(phone, senderIdentity === '' ? `tel:${arrived.from}/` : senderIdentity);
  const conversation = peopleIn(phone, group);
  // What the person wrote on another phone of theirs is synchronised, not shown as arrived.
  if (by === phone.person) {
    if (message !== undefined && said.act === undefined && said.typing === undefined) {
      keepOnScreen(phone, message, { author: by, conversation });
    }
    return;
  }
  const onRead = (): void => {
    if (!letsKnow(phone, by)) return;
    receipts.displayed(phone.path);
    sendReceipt(phone, { wire, message, by });
  };
  const heard = { wire, channel: 'rcs-e2ee', message, padlock: true, said, by } as const;
  ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    hear(phone, { ...heard, conversation, onRead });
  });
}

const NUMBER = /^tel:(\+\d+)\//;

/** Whose leaf it is; undefined for a business. */
function personOf(phone: Phone, identity: string): string | undefined {
  const number = NUMBER.exec(identity)?.[1];
  return number === undefined ? undefined : phone.context.lines.ownerOfNumber(number)?.plan.id;
}

/** The numbers of a group's people. */
function peopleIn(phone: Phone, group: string): string {
  const members = phone.keys.memberOf(group)?.members() ?? [];
  return keyOf(members.flatMap(({ identity }) => NUMBER.exec(identity)?.[1] ?? []));
}
