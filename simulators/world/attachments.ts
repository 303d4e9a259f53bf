import { createAttachmentStore, STORE_PATH } from '../attachments/store.ts';
import type { Ambient } from '../kernel/ambient.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { Network } from '../network/wire.ts';
import type { StoreCredentials } from '../protocol/s3/signature.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';

/** The world's attachment store, where its scenario has one. */
export interface Attachments {
  /** `attachments.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** Where phones put their own files. */
  readonly placeOf: (device: string) => AttachmentPlace;
  readonly holds: (url: URL) => boolean;
  close(): Promise<void>;
}

export interface AttachmentPlace {
  /** `http://attachments.test/attachments` */
  readonly url: string;
  readonly credentials: StoreCredentials;
}

export async function createAttachments(options: {
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly targets: TargetRegistry;
}): Promise<Attachments> {
  const { ambient, network, kits, targets } = options;
  const { conditions, tap } = kits.kit(STORE_PATH, 'attachment-store', true);
  const store = createAttachmentStore({ ambient, conditions, tap });
  const listener = await network.listenHttp('attachments', store.door);
  breakOnRefusal(conditions, listener);
  targets.register(store.target);
  const { accessKeyId, secretAccessKey, region } = store.credentials;
  const { host } = new URL(listener.url);
  return {
    environment: {
      'attachments.url': listener.url,
      'attachments.bucket': store.bucket,
      'attachments.region': region,
      'attachments.accessKeyId': accessKeyId,
      'attachments.secretAccessKey': secretAccessKey,
    },
    placeOf: (device) => ({
      url: `${listener.url}/${store.bucket}`,
      credentials: store.credentialsOf(device),
    }),
    holds: (url) => url.host === host,
    close: () => listener.close(),
  };
}
