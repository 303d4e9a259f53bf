import { signedHeaders, signedUrl } from 'bellwether/protocol';
import type { StoreCredentials } from 'bellwether/protocol';
import type { ModulePorts } from 'bellwether/module';
import type { StoreSettings } from '../settings.ts';
import { TIMED_OUT, within } from '../within.ts';

/** The organisation's object store. */
export interface StoreClient {
  /** False when it did not work this time. */
  put(key: string, bytes: Uint8Array, part: 'file' | 'thumbnail'): Promise<boolean>;
  /** A URL for whoever holds it, and when it ends. */
  link(key: string, lifeSeconds: number): { readonly url: string; readonly untilMs: number };
}

const PUT_MS = 5_000;

export function createStoreClient(
  ports: Pick<ModulePorts, 'fetch' | 'clock'>,
  settings: StoreSettings,
): StoreClient {
  const credentials: StoreCredentials = settings;
  const urlOf = (key: string): string => `${settings.baseUrl}/${settings.bucket}/${key}`;
  return {
    put: async (key, bytes, part) => {
      const url = urlOf(key);
      const epochMillis = ports.clock.epochMillis();
      const headers = { 'content-type': 'application/octet-stream', 'x-amz-meta-part': part };
      const request = { method: 'PUT', url, epochMillis, headers, body: bytes };
      const options = {
        method: 'PUT',
        headers: signedHeaders(request, credentials),
        body: bytes,
      };
      try {
        const answer = await within(ports.clock, PUT_MS, ports.fetch(url, options));
        return answer !== TIMED_OUT && answer.ok;
      } catch {
        // Refused, reset or cut off: to be tried again.
        return false;
      }
    },
    link: (key, lifeSeconds) => {
      const epochMillis = ports.clock.epochMillis();
      const url = signedUrl(
        { method: 'GET', url: urlOf(key), epochMillis },
        lifeSeconds,
        credentials,
      );
      // The signature counts from a whole second.
      return { url, untilMs: (Math.floor(epochMillis / 1_000) + lifeSeconds) * 1_000 };
    },
  };
}
