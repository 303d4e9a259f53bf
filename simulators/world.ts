/** Builds a world from a plan and tears it down: the only place where the parties meet. */
import { onceReachable, reply as replyFrom } from './device/reply.ts';
import { createConversationFocus } from './carrier/conversation-focus.ts';
import { createIdentification } from './device/identification.ts';
import { createAuthority } from './device/keys/authority.ts';
import { acceptCertified } from './device/keys/accept.ts';
import { AwakeMembers } from './device/keys/awake.ts';
import { deviceOf, isRegistered } from './device/keys/standing.ts';
import type { PhoneContext, PhoneSms } from './device/phone-context.ts';
import type { SeenText } from './device/display.ts';
import type { Phone } from './device/phone.ts';
import type { Registration } from './device/registration.ts';
import { deviceValues, recipientValues, registrationOf } from './device/registration.ts';
import { sendTo } from './device/send.ts';
import { tapSuggestion } from './device/suggestions.ts';
import type { Writing } from './device/conversation.ts';
import type { GatewayEntry } from './gateway/api/gateway.ts';
import type { Ambient } from './kernel/ambient.ts';
import { BellwetherError, nearestWord } from './kernel/errors.ts';
import { pathsOf } from './kernel/paths.ts';
import type { Cell, PersonPlan } from './kernel/plan.ts';
import type { TargetRegistry } from './kernel/target.ts';
import type { Channel } from './kernel/words.ts';
import type { Network } from './network/wire.ts';
import { createCanary } from './protocol/canary/canary.ts';
import { createScanner } from './protocol/canary/scanner.ts';
import { createMlsEngine } from './protocol/mls/engine.ts';
import { createLeafVerifier } from './protocol/mls/x509/verify-leaf.ts';
import type { TemplateValues } from './protocol/template/template.ts';
import { createAttachments } from './world/attachments.ts';
import { createCarriers } from './world/carriers.ts';
import { createKits } from './world/component.ts';
import type { ImplementationEdges } from './world/edges.ts';
import { createForeignEngines } from './world/foreign-engines.ts';
import { createGateways, loadGateways } from './world/gateways.ts';
import { createMagicPeople } from './world/magic/people.ts';
import { createImessageService } from './world/imessage.ts';
import type { People } from './world/people.ts';
import { createPeople } from './world/people.ts';
import { createPushServices } from './world/push-services.ts';
import { createWorldTargets, disablesE2ee } from './world/targets.ts';

export type { ImplementationEdges } from './world/edges.ts';
export type { Registration, SeenText };

export interface WorldOptions {
  readonly cell: Cell;
  /** `peopleOf(cell)` */
  readonly people: readonly PersonPlan[];
  /**
   * `loadGateways(cell.world.gateways)`, for who drives virtual time meanwhile: it must never wait
   * for files. Default: they are loaded here.
   */
  readonly gateways?: readonly GatewayEntry[];
  readonly ambient: Ambient;
  readonly network: Network;
  /** Connects the implementation at once. */
  readonly edges?: ImplementationEdges;
  /**
   * For a world without planned messages, in which every text is content: told of each as a person
   * sees it.
   */
  readonly onSeen?: (seen: SeenText) => void;
  /**
   * Numbers and push tokens that nobody has behave as their last four characters say
   * (docs/magic-numbers.md). Never where an implementation is judged. Default: false.
   */
  readonly magic?: boolean;
  /** An error of ours in promise work; default: thrown out of the clock. */
  readonly onHarnessError?: (error: BellwetherError) => void;
}

/** How a person writes to the business, where it is not as usual. */
export interface ReplyManner {
  /** To the program's own connection to an SMS centre, instead of through the gateway. */
  readonly by?: 'sms';
  /**
   * Taps a button with this behind it, or on it: the latest that the phone shows, so that its own
   * label is the text; where it shows none, one that nobody sent, labelled by the text.
   */
  readonly postback?: string;
  /** Shares a place or a file instead of a text. */
  readonly share?: 'location' | 'file';
  /** Is seen to type before. */
  readonly typing?: true;
}

export interface World {
  readonly targets: TargetRegistry;
  /** Placeholder → value: `gateway.rbm.url`, `sms.url`, `push.apns.privateKey`, `ca.pem` … */
  readonly environment: Readonly<Record<string, string>>;
  readonly people: People;
  registration(person: string): Registration;
  /** `recipient.…` names, flat, for templates. */
  recipientValues(person: string): TemplateValues;
  /** `device.…` names, one record for each device with the organisation's app. */
  deviceValues(person: string): readonly TemplateValues[];
  /** Called when a device's token changed: the implementation must be told. Returns the removal. */
  onRegistrationChanged(listener: (person: string, device: string) => void): () => void;
  /**
   * Tells phones and gateways where the implementation is, and verifies webhooks. Returns what did
   * not hold, in words; the history has it as refused callbacks. May be called again (a restart).
   */
  connectImplementation(edges: ImplementationEdges): Promise<readonly string[]>;
  /** A message between people, from the first device of `from`; to several: in one conversation. */
  send(from: string, to: string | readonly string[], writing: Writing): Channel | undefined;
  /**
   * A person writes to the business on their first phone, as soon as that is on a network. Give
   * `message` when the text is a planned message: the events then name it.
   */
  reply(person: string, text: string, message?: string, how?: ReplyManner): void;
  /** Every way of a channel to a person, as components and devices; see `pathsOf`. */
  truthComponents(person: string, channel: Channel): readonly (readonly string[])[];
  /** One canary through each tap. */
  calibrate(): void;
  /** Writes which messages the ciphertexts held that no phone opened. */
  identify(): Promise<void>;
  /** What has not come to rest, in words. */
  unfinished(): string[];
  stop(): Promise<void>;
}

/** Observer of links opened without signing in. */
const LINK_TAP_WHERE = 'secure-link';

function someone(people: People, id: string) {
  const owner = people.byId(id);
  if (owner !== undefined) return owner;
  const near = nearestWord(
    id,
    people.everybody.slice(0, 1_000).map(({ plan }) => plan.id),
  );
  throw new BellwetherError(`There is nobody called “${id}” in this world.`, {
    code: 'WORLD_NO_SUCH_PERSON',
    blame: 'author',
    ...(near !== undefined && { hint: `Did you mean “${near}”?` }),
  });
}

/**
 * Starts every component of a cell's world on the given network. Throws WORLD_PORT_IN_USE,
 * WORLD_LISTEN_FAILED (environment) and WORLD_UNKNOWN_GATEWAY (author).
 */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { cell, ambient, network } = options;
  const entries = options.gateways ?? (await loadGateways(cell.world.gateways));
  const { clock, history, random } = ambient;
  const scanner = createScanner();
  const magic =
    options.magic === true
      ? createMagicPeople({
          ambient,
          carriers: cell.world.carriers,
          context: () => context,
          optOut: (msisdn) => gateways.optOut(msisdn),
        })
      : undefined;
  const kits = createKits(ambient, scanner, magic?.conditions);
  const changed = new Set<(person: string, device: string) => void>();

  const failed = (cause: unknown): void => {
    const error =
      cause instanceof BellwetherError
        ? cause
        : new BellwetherError(`The simulator failed: ${String(cause)}`, {
            code: 'WORLD_FAILED',
            blame: 'harness',
            cause,
          });
    if (options.onHarnessError !== undefined) return options.onHarnessError(error);
    clock.after(0, () => {
      throw error;
    });
  };

  const keyBytes = random.fork('phones/mls');
  const nowSeconds = (): number => Math.floor(clock.epochMillis() / 1_000);
  const authority = createAuthority({
    carriers: cell.world.carriers.map(({ name }) => name),
    random: random.fork('authority'),
    nowSeconds,
  });
  const verifyLeaf = createLeafVerifier(authority.anchors);
  const mls = createMlsEngine({
    random: (length) => keyBytes.bytes(length),
    nowSeconds,
    acceptCredential: acceptCertified(verifyLeaf, nowSeconds),
  });
  const stacks = await createForeignEngines(cell.world, clock, mls);
  const identification = createIdentification({
    ambient,
    mls,
    ownerOf: (person) => people.byId(person),
  });
  const targets = createWorldTargets({
    people: () => people,
    carriers: cell.world.carriers,
    history,
    writes: (person, text, message, how) => world.reply(person, text, message, how),
  });
  const attachments =
    cell.world.attachments === true
      ? await createAttachments({ ambient, network, kits, targets })
      : undefined;
  const context: PhoneContext = {
    ambient,
    network,
    mls,
    foreignEngine: stacks.at,
    awake: new AwakeMembers(failed),
    authority,
    verifyLeaf,
    scanner,
    identification,
    linkTap: kits.tap('link-anonymous', LINK_TAP_WHERE),
    disclosure: cell.policy.disclosure.text,
    lines: {
      coreOf: (carrier) => carriers.coreOf(carrier),
      sendSms: (carrier, text: PhoneSms) => carriers.sendSms(carrier, text),
      mmsOf: (carrier) => carriers.mmsOf(carrier),
      ownerOf: (person) => people.byId(person),
      somebodyElse: (person) => people.everybody.slice(0, 2).find(({ plan }) => plan.id !== person),
      ownerOfNumber: (msisdn) => people.byMsisdn(msisdn),
      focus: createConversationFocus({
        admits: ({ identity }) => isRegistered(deviceOf(context.lines, identity)),
      }),
      ...(cell.world.imessage === true && {
        imessage: createImessageService({ ambient, targets, kits, people: () => people }),
      }),
    },
    onSeen: options.onSeen,
    ...(magic !== undefined && { onTheWay: magic.onTheWay }),
    ...(attachments !== undefined && { attachments }),
    edges: undefined,
    tokens: new Map(),
    registrationChanged: (path) => {
      const phone = people.phone(path);
      if (phone === undefined) return;
      for (const listener of changed) listener(phone.person, phone.plan.id);
    },
    failed,
  };
  const people = createPeople(options.people, context, magic);

  const carriers = await createCarriers({
    cell,
    ambient,
    network,
    kits,
    people,
    targets,
    withoutE2ee: (carrier) => disablesE2ee(carrier, people),
  });
  const gateways = await createGateways({
    cell,
    entries,
    ambient,
    network,
    kits,
    people,
    targets,
    coreOf: (person) => carriers.coreOf(people.byId(person)?.plan.carrier ?? ''),
    smsOf: (person) => carriers.smsOf(people.byId(person)?.plan.carrier ?? ''),
    mmsOf: (person) => carriers.mmsOf(people.byId(person)?.plan.carrier ?? ''),
    onCiphertext: identification.sent,
  });
  const push = await createPushServices({
    names: cell.world.push,
    ambient,
    network,
    kits,
    targets,
    tokens: context.tokens,
    ...(magic !== undefined && { stranger: magic.byToken }),
  });
  for (const { id } of cell.world.people) {
    for (const phone of people.byId(id)?.handsets ?? []) phone.tell('created');
  }

  const firstPhone = (person: string): Phone => {
    const [phone] = someone(people, person).handsets;
    if (phone !== undefined) return phone;
    throw new BellwetherError(`${person} has no device.`, {
      code: 'WORLD_NO_DEVICE',
      blame: 'author',
    });
  };

  const connectImplementation = async (edges: ImplementationEdges): Promise<readonly string[]> => {
    const { baseUrl, app, link, callbacks } = edges;
    context.edges = { baseUrl, ...(app && { app }), ...(link && { link }) };
    push.identifyBy(app?.push ?? {});
    return gateways.connect(baseUrl, callbacks);
  };

  const world: World = {
    targets,
    environment: {
      ...gateways.environment,
      ...(cell.world.gateways.includes('rbm') && {
        'gateway.rbm.trustAnchors': JSON.stringify(authority.anchors),
      }),
      ...carriers.environment,
      ...push.environment,
      ...attachments?.environment,
      'ca.pem': network.caPem ?? '',
    },
    people,
    registration: (person) => registrationOf(someone(people, person)),
    recipientValues: (person) => recipientValues(someone(people, person)),
    deviceValues: (person) =>
      someone(people, person)
        .handsets.filter((phone) => phone.hasApp)
        .map(deviceValues),
    onRegistrationChanged: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    connectImplementation,
    send: (from, to, writing) => {
      const others = typeof to === 'string' ? [to] : to;
      return sendTo(
        firstPhone(from),
        others.map((other) => someone(people, other)),
        writing,
      );
    },
    reply: (person, text, message, { by, ...how } = {}) => {
      const phone = firstPhone(person);
      const known = message === undefined ? {} : { message };
      const device = phone.path;
      if (by === 'sms') {
        onceReachable(phone, 'sms', () => {
          carriers.textToApplication({ person, device, text, ...known });
        });
        return;
      }
      if (how.postback !== undefined || how.share !== undefined || how.typing !== undefined) {
        onceReachable(phone, phone.plan.rcs ? 'rcs' : 'sms', () => {
          const { postback } = how;
          const tap = postback === undefined ? undefined : tapSuggestion(phone, postback, message);
          const content = { kind: 'text', text: tap?.label ?? text } as const;
          const told = tap === undefined ? {} : { postback: tap.postback, tapped: tap.tapped };
          gateways.userMessage({ person, device, content, ...how, ...told, ...known });
        });
        return;
      }
      replyFrom(phone, gateways.agent, text, (content) => {
        gateways.userMessage({ person, device, content, ...known });
      });
    },
    truthComponents: (person, channel) => pathsOf(cell, someone(people, person).plan, channel),
    calibrate: () => {
      const canaries = random.fork('calibration/world');
      for (const tap of kits.taps) tap.calibrate(createCanary(canaries));
    },
    identify: identification.identifyAll,
    unfinished: () => [...gateways.unfinished(), ...carriers.unfinished(), ...push.unfinished()],
    stop: async () => {
      for (const part of [gateways, carriers, push]) await part.close();
      stacks.close();
      await attachments?.close();
    },
  };
  if (options.edges !== undefined) await connectImplementation(options.edges);
  history.flush();
  return world;
}
