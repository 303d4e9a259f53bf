/**
 * One person's encrypted conversation with another (RCC.16): an MLS group of all their devices,
 * made anew (the next era) whenever a device was removed or has new keys.
 */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { BearerContent, CoreOutcome, RcsCore } from '../network/bearer.ts';
import type { MlsMember } from '../protocol/mls/types.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

/** What the person writes; `id` is the planned message. */
export interface Writing {
  readonly id: string;
  readonly text: string;
}

export interface Conversation {
  readonly member: MlsMember;
  readonly era: number;
  /** Device path → how often it had lost its keys when it was added. */
  readonly devices: ReadonlyMap<string, number>;
}

const GROUP_ID_BYTES = 16;
/** How long a core keeps trying for the sender's phone. */
const VALIDITY_MICROS = 172_800 * MICROS_PER_SECOND;
/** RCC.16 clients report at most five times for a message; then they stop. */
const MOST_REPEATS = 5;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The devices that belong to a group of this person's, those without keys at the moment too. */
function encrypting(owner: Owner, but?: Phone): Phone[] {
  return owner.handsets.filter((phone) => phone !== but && phone.features().e2ee);
}

function stillFits(conversation: Conversation, devices: readonly Phone[]): boolean {
  const { devices: then } = conversation;
  // Whose keys are lost at the moment stays as it is: it will report, or have new keys.
  const present = devices.filter((phone) => !phone.keysAreLost);
  if (present.some((phone) => then.get(phone.path) !== phone.keyLosses)) return false;
  const now = new Set(devices.map((phone) => phone.path));
  return [...then.keys()].every((path) => now.has(path));
}

/** A new group in the next era; undefined when nobody of the receiver's devices can be in it. */
async function begin(
  phone: Phone,
  to: Owner,
  others: readonly Phone[],
): Promise<Conversation | undefined> {
  const { ambient, mls } = phone.context;
  const packages: Uint8Array[] = [];
  const devices = new Map<string, number>();
  for (const other of others) {
    const claimed = await other.claimKeyPackage();
    if (claimed === undefined) continue;
    const { device, reference, lastResort, keyPackage } = claimed;
    ambient.history.append({
      kind: 'mls.claimed',
      person: other.person,
      device,
      reference,
      lastResort,
    });
    packages.push(keyPackage);
    devices.set(device, other.keyLosses);
  }
  if (!to.handsets.some((handset) => devices.has(handset.path))) return undefined;
  const groupId = phone.state.random.bytes(GROUP_ID_BYTES);
  const era = phone.state.nextEra();
  const member = await mls.createGroup(groupId, phone.identity, { era });
  const pending = await member.add(packages);
  if (pending.kind === 'refused') return undefined;
  await pending.apply();
  if (pending.welcome === undefined) return undefined;
  const welcome = contentOf(member, era, 'message/mls-rcs-client', pending.welcome);
  for (const owner of new Set(others.map((other) => other.owner))) {
    transmit(phone, owner, welcome, [...devices.keys()], undefined, NO_OUTCOME);
  }
  return { member, era, devices };
}

function contentOf(
  member: MlsMember,
  eraId: number,
  contentType: 'message/mls' | 'message/mls-rcs-client',
  body: Uint8Array,
): BearerContent {
  return {
    kind: 'mls',
    contentType,
    eraId,
    epochAuthenticator: base64(member.epochAuthenticator),
    body,
  };
}

/** What comes back is of no interest: the history has the display. */
export const NO_OUTCOME: CoreOutcome = {
  delivered: () => {},
  displayed: () => {},
  failed: () => {},
  expired: () => {},
};

/**
 * Through the sender's own core to the receiver's. The root of the wire chain is the phone's own
 * `carried`, so that an event of any hop leads back to the message.
 */
export function transmit(
  phone: Phone,
  to: Owner,
  content: BearerContent,
  devicePaths: readonly string[] | undefined,
  message: string | undefined,
  outcome: CoreOutcome,
): string | undefined {
  const { ambient, lines } = phone.context;
  const own: RcsCore | undefined = lines.coreOf(phone.owner.plan.carrier);
  const theirs = lines.coreOf(to.plan.carrier);
  if (own === undefined || theirs === undefined) return undefined;
  const wire = ambient.ids.next('p2p:');
  const secret = content.kind === 'mls';
  ambient.history.append({
    kind: 'carried',
    wire,
    from: phone.path,
    to: own.path,
    channel: secret ? 'rcs-e2ee' : 'rcs',
    ...(message !== undefined && { message }),
  });
  const devices = to.handsets
    .filter((handset) => devicePaths?.includes(handset.path) !== false)
    .map((handset) => handset.plan.id);
  const arrived = (): void => {
    theirs.submit(
      {
        wire,
        bearer: 'rcs',
        from: phone.owner.plan.msisdn,
        via: own.path,
        person: to.plan.id,
        content,
        ...(devicePaths !== undefined && { devices }),
        ...(message !== undefined && { message }),
      },
      ambient.clock.now() + VALIDITY_MICROS,
      outcome,
    );
  };
  own.fromPhone(phone.path, content, wire, arrived, message);
  return wire;
}

/** Once more for one device, as soon as it has keys. */
function repeatFor(
  phone: Phone,
  to: Owner,
  writing: Writing,
  device: Phone | undefined,
  repeats: number,
): void {
  if (device === undefined || repeats >= MOST_REPEATS) return;
  device.onceItHasKeys(() => sendEncrypted(phone, to, writing, device, repeats + 1));
}

/**
 * Encrypts to all devices of both people and sends; a device that could not read it gets it again,
 * as soon as it has keys. `only` names the device of a repetition.
 */
export function sendEncrypted(
  phone: Phone,
  to: Owner,
  writing: Writing,
  only?: Phone,
  repeats = 0,
): void {
  phone.keys.queue(async () => {
    const conversations = (phone.state.conversations ??= new Map());
    const others = [...encrypting(to), ...encrypting(phone.owner, phone)];
    let conversation = conversations.get(to.plan.id);
    if (conversation === undefined || !stillFits(conversation, others) || repeats > 1) {
      conversation = await begin(phone, to, others);
    }
    const without = encrypting(to).filter(
      (device) => device.keysAreLost && conversation?.devices.has(device.path) !== true,
    );
    for (const device of without) repeatFor(phone, to, writing, device, repeats);
    if (conversation === undefined) return;
    conversations.set(to.plan.id, conversation);
    await encryptTo(phone, to, writing, conversation, only, repeats);
  });
}

async function encryptTo(
  phone: Phone,
  to: Owner,
  writing: Writing,
  { member, era, devices }: Conversation,
  only: Phone | undefined,
  repeats: number,
): Promise<void> {
  const body = await member.encrypt(Buffer.from(writing.text), Buffer.from(writing.id));
  const content = contentOf(member, era, 'message/mls', body);
  const paths = [...devices.keys()].filter((path) => only === undefined || path === only.path);
  const outcome: CoreOutcome = {
    ...NO_OUTCOME,
    failed: (path) => {
      const device = to.handsets.find((handset) => handset.path === path);
      repeatFor(phone, to, writing, device, repeats);
    },
  };
  const wire = transmit(phone, to, content, paths, writing.id, outcome);
  if (wire !== undefined) {
    const group = Buffer.from(member.groupId).toString('hex');
    const { history } = phone.context.ambient;
    history.append({ kind: 'mls.encrypted', group, epoch: member.epoch, wire });
  }
  const synchronised = phone.owner.handsets.some((handset) => paths.includes(handset.path));
  if (synchronised) transmit(phone, phone.owner, content, paths, writing.id, NO_OUTCOME);
}
