import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Network, OutboundResult } from '../../network/wire.ts';
import type { TwilioMedium, TwilioMessage } from '../../protocol/twilio/message.ts';
import type { WebhookAddress } from '../api/gateway.ts';
import { toldAddress } from '../api/told-address.ts';

/** What a message brings beside its text, fetched from where the program serves it. */
export interface MediaFetching {
  /** `fetched` is told once all are there, or false with the first that is not. */
  fetch(message: TwilioMessage, told: (fetched: boolean) => void): void;
  /** Messages that wait for theirs. */
  readonly waiting: number;
}

const TIMEOUT_MICROS = 15 * MICROS_PER_SECOND;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HEADERS = Object.freeze({ accept: '*/*', 'user-agent': 'TwilioProxy/1.1' });
const BY_NAME: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  vcf: 'text/vcard',
};

/** A guess, until it is fetched. */
export function typeByName(url: string): string {
  const name = URL.parse(url)?.pathname ?? '';
  return BY_NAME[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/**
 * Where the world reaches it; undefined for the rest of the internet, of which nobody here can
 * tell whether it is there: that is taken for fetched.
 */
function reachedAt(url: string, webhook: WebhookAddress | undefined): string | undefined {
  const { url: reached } = toldAddress(url, webhook);
  if (reached !== url) return reached;
  const host = URL.parse(url)?.hostname ?? '';
  const own = webhook === undefined ? undefined : URL.parse(webhook.url)?.hostname;
  return host === own || LOOPBACK.test(host) ? url : undefined;
}

export function createMediaFetching(
  request: Network['call'],
  webhook: () => WebhookAddress | undefined,
): MediaFetching {
  let waiting = 0;

  const took = (medium: TwilioMedium, result: OutboundResult): boolean => {
    if (result.kind === 'failure') return false;
    const { status, headers } = result.response;
    // “No Content-Type header attached to response”: error 11200.
    const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim();
    if (status < 200 || status >= 300 || type === '') return false;
    medium.contentType = type;
    return true;
  };

  return {
    fetch: ({ media }, told) => {
      const asked = media.flatMap((medium) => {
        const url = reachedAt(medium.url, webhook());
        return url === undefined ? [] : [{ medium, url }];
      });
      if (asked.length === 0) {
        told(true);
        return;
      }
      waiting++;
      let left = asked.length;
      let fetched = true;
      for (const { medium, url } of asked) {
        const call = { method: 'GET', url, headers: HEADERS, timeoutMicros: TIMEOUT_MICROS };
        request(call, (result) => {
          fetched = took(medium, result) && fetched;
          left--;
          if (left > 0) return;
          waiting--;
          told(fetched);
        });
      }
    },
    get waiting() {
      return waiting;
    },
  };
}
