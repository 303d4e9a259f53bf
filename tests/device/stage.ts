/** Phones on a bench: virtual time, memory network, real MLS, and hands that play the carrier. */
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import type { DevicePlan, PersonPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { WireRequest, WireResponse } from '../../simulators/network/wire.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';
import { createMlsEngine } from '../../simulators/protocol/mls/engine.ts';
import { createConversationFocus } from '../../simulators/carrier/conversation-focus.ts';
import { AwakeMembers } from '../../simulators/device/keys/awake.ts';
import { createAuthority } from '../../simulators/device/keys/authority.ts';
import { createLeafVerifier } from '../../simulators/protocol/mls/x509/verify-leaf.ts';
import type { PhoneEdges } from '../../simulators/device/edges.ts';
import { Owner } from '../../simulators/device/owner.ts';
import { createIdentification } from '../../simulators/device/identification.ts';
import type { PhoneContext } from '../../simulators/device/phone-context.ts';
import type { BearerContent, Receipts } from '../../simulators/network/bearer.ts';

export const DISCLOSURE = 'This message is not end-to-end encrypted.';

export function devicePlan(id: string, over: Partial<DevicePlan> = {}): DevicePlan {
  return {
    id,
    profile: 'android-16',
    platform: 'android',
    osVersion: '16',
    rcs: true,
    e2ee: true,
    app: true,
    online: true,
    power: 'normal',
    push: {
      provider: 'fcm',
      extensionMicros: 20_000_000,
      backgroundPerHour: 60,
      delayMicros: [1000, 2000],
    },
    displayDelayMicros: [100_000, 100_000],
    rekeyMicros: 8_000_000,
    ...over,
  };
}

export function iphone(id: string, over: Partial<DevicePlan> = {}): DevicePlan {
  const plan = devicePlan(id);
  return {
    ...plan,
    profile: 'ios-26.5',
    platform: 'ios',
    osVersion: '26.5',
    push: { ...plan.push, provider: 'apns', extensionMicros: 30_000_000, backgroundPerHour: 3 },
    ...over,
  };
}

export function personPlan(id: string, devices: readonly DevicePlan[]): PersonPlan {
  return {
    id,
    name: id,
    msisdn: `+99910000${String(id.length).padStart(4, '0')}`,
    locale: 'en',
    carrier: 'northtel',
    consent: { archive: false },
    readReceipts: true,
    readDelayMicros: [2_000_000, 2_000_000],
    devices,
  };
}

/** An implementation of one function, reachable as `http://implementation.test`. */
export type Service = (request: WireRequest) => WireResponse | undefined;

export function stage(devices: readonly DevicePlan[], service?: Service) {
  const clock = createVirtualClock();
  const random = createRandom(11);
  const lines: string[] = [];
  const history = createHistory(clock, {
    write: (bytes) => lines.push(Buffer.from(bytes).toString()),
    close: () => {},
  });
  const index = createMessageIndex();
  const ambient: Ambient = { clock, random, history, index, ids: createIds(random.fork('ids')) };
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const network = createMemoryNetwork({ clock });
  const scanner = createScanner();
  const engineOf = (label: string) => {
    const bytes = random.fork(label);
    return createMlsEngine({
      random: (length) => bytes.bytes(length),
      nowSeconds: () => Math.floor(clock.epochMillis() / 1000),
    });
  };
  const failures: unknown[] = [];
  const changed: string[] = [];
  const phones = engineOf('phones');
  const authority = createAuthority({
    carriers: ['northtel'],
    random: random.fork('authority'),
    nowSeconds: () => Math.floor(clock.epochMillis() / 1000),
  });
  const context: PhoneContext = {
    ambient,
    network,
    mls: phones,
    scanner,
    identification: createIdentification({ ambient, mls: phones, ownerOf: () => owner }),
    linkTap: createTap({ history, scanner, index }, 'link-anonymous', 'secure-link'),
    disclosure: DISCLOSURE,
    awake: new AwakeMembers((error) => failures.push(error)),
    authority,
    verifyLeaf: createLeafVerifier(authority.anchors),
    lines: {
      coreOf: () => undefined,
      sendSms: () => false,
      mmsOf: () => undefined,
      ownerOf: () => undefined,
      ownerOfNumber: () => undefined,
      somebodyElse: (person) => (person === 'ben' ? owner : ben),
      focus: createConversationFocus(),
    },
    edges: undefined,
    tokens: new Map(),
    registrationChanged: (device) => changed.push(device),
    failed: (error) => failures.push(error),
  };
  const requests: WireRequest[] = [];
  if (service !== undefined) {
    network.registerHost('implementation.test', {
      accepts: () => true,
      handle: (request) => {
        requests.push(request);
        const response = service(request);
        return response === undefined ? { kind: 'silence' } : { kind: 'answer', response };
      },
    });
  }
  const owner = new Owner(personPlan('ana', devices), context);
  const ben = new Owner(personPlan('ben', [devicePlan('1')]), context);
  let wires = 0;
  const canaries = random.fork('canaries');
  return {
    clock,
    history,
    context,
    network,
    events,
    failures,
    changed,
    requests,
    owner,
    ben,
    engineOf,
    phone: owner.handsets[0]!,
    lines: () => {
      history.flush();
      return lines.join('');
    },
    connect: (edges: Omit<PhoneEdges, 'baseUrl'>) => {
      context.edges = { baseUrl: 'http://implementation.test', ...edges };
    },
    /** A planned message: its canary. */
    plan: (message: string): string => {
      const canary = createCanary(canaries);
      index.add({ message, traffic: 'alerts', person: 'ana', canary });
      return canary;
    },
    /** Plays the carrier for one phone and notes the receipts. */
    bring: (
      phone: Owner['handsets'][number],
      content: BearerContent,
      bearer: 'rcs' | 'sms' = 'rcs',
    ): string[] => {
      const told: string[] = [];
      const receipts: Receipts = {
        delivered: () => told.push('delivered'),
        displayed: () => told.push('displayed'),
        failed: (_, reason) => told.push(`failed ${reason}`),
      };
      const wire = `rcs:${++wires}`;
      phone.receive({ wire, bearer, from: 'agent:bank', person: 'ana', content }, receipts);
      return told;
    },
    of: <K extends EventKind>(kind: K): EventOf<K>[] =>
      events.filter((event) => event.kind === kind) as unknown as EventOf<K>[],
    run: (micros = 60_000_000) => clock.run(clock.now() + micros),
  };
}

export function mlsContent(
  body: Uint8Array,
  contentType: 'message/mls' | 'message/mls-rcs-client' = 'message/mls',
): BearerContent {
  return { kind: 'mls', contentType, eraId: 1, epochAuthenticator: '', body };
}
