import type { PushRegistration } from '../device/push-registration.ts';
import type { Ambient } from '../kernel/ambient.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import { partitioned } from '../network/severed.ts';
import type { Listener, Network } from '../network/wire.ts';
import { createApns } from '../push/apns.ts';
import { createFcm } from '../push/fcm.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';
import { pushHosts } from './vendor-hosts.ts';

/** Apple tells no figures; Google's for one Android phone are a measure of what is too much. */
const APNS_PER_DEVICE = { perMinute: 240, perHour: 5_000 };

export interface PushServicesOptions {
  readonly names: readonly ('apns' | 'fcm')[];
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly targets: TargetRegistry;
  readonly tokens: ReadonlyMap<string, PushRegistration>;
  /** Whose a token is that no phone was given. */
  readonly stranger?: (provider: 'apns' | 'fcm', token: string) => PushRegistration | undefined;
}

export interface PushServices {
  /** `push.apns.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** JSON Pointers to the message's id in each provider's payload. */
  identifyBy(pointers: { readonly apns?: string; readonly fcm?: string }): void;
  unfinished(): string[];
  close(): Promise<void>;
}

interface Started {
  readonly listener: Listener;
  readonly environment: Readonly<Record<string, string>>;
  readonly identifyBy: (pointers: { readonly apns?: string; readonly fcm?: string }) => void;
  readonly unfinished: () => string[];
}

export async function createPushServices(options: PushServicesOptions): Promise<PushServices> {
  const { ambient, network, kits, targets } = options;

  /** A token of the other provider is unknown here. */
  const handsetsOf = (provider: 'apns' | 'fcm') => ({
    get: (token: string): PushRegistration | undefined => {
      const found = options.tokens.get(token);
      if (found === undefined) return options.stranger?.(provider, token);
      return found.provider === provider ? found : undefined;
    },
  });

  const apns = async (): Promise<Started> => {
    const { conditions, tap } = kits.kit('push/apns', 'push', true);
    const handsets = handsetsOf('apns');
    const service = createApns({ ambient, conditions, tap, handsets, perDevice: APNS_PER_DEVICE });
    const listener = await network.listenHttp('apns', service.door, {
      http2: true,
      hosts: pushHosts('apns'),
    });
    breakOnRefusal(conditions, listener);
    const verbs = { ...service.target.verbs, partition: partitioned(conditions) };
    targets.register({ ...service.target, verbs });
    const { keyId, teamId, privateKeyPem, topic } = service.credentials;
    return {
      listener,
      environment: {
        'push.apns.url': listener.url,
        'push.apns.keyId': keyId,
        'push.apns.teamId': teamId,
        'push.apns.privateKey': privateKeyPem,
        'push.apns.topic': topic,
      },
      identifyBy: (pointers) => service.identifyBy(pointers.apns),
      unfinished: service.unfinished,
    };
  };

  const fcm = async (): Promise<Started> => {
    const { conditions, tap } = kits.kit('push/fcm', 'push', true);
    const service = createFcm({ ambient, conditions, tap, handsets: handsetsOf('fcm') });
    const listener = await network.listenHttp('fcm', service.door, { hosts: pushHosts('fcm') });
    breakOnRefusal(conditions, listener);
    const verbs = { ...service.target.verbs, partition: partitioned(conditions) };
    targets.register({ ...service.target, verbs });
    const tokenUrl = `${listener.url}/token`;
    return {
      listener,
      environment: {
        'push.fcm.url': listener.url,
        'push.fcm.projectId': service.projectId,
        'push.fcm.tokenUrl': tokenUrl,
        'push.fcm.serviceAccount': JSON.stringify(service.serviceAccount(tokenUrl)),
      },
      identifyBy: (pointers) => service.identifyBy(pointers.fcm),
      unfinished: service.unfinished,
    };
  };

  const started: Started[] = [];
  if (options.names.includes('apns')) started.push(await apns());
  if (options.names.includes('fcm')) started.push(await fcm());
  return {
    environment: Object.assign({}, ...started.map(({ environment }) => environment)) as Record<
      string,
      string
    >,
    identifyBy: (pointers) => {
      for (const one of started) one.identifyBy(pointers);
    },
    unfinished: () => started.flatMap((one) => one.unfinished()),
    close: async () => {
      for (const { listener } of started) await listener.close();
    },
  };
}
