/**
 * The files that a business names in its messages. Vendors fetch them from where the business hosts
 * them, before the message goes on, and give phones copies of their own (RCS for Business, “Media
 * and PDF files”: so that nobody is tracked by unique addresses).
 */
import type { Ambient } from '../../kernel/ambient.ts';
import type { EventOf } from '../../kernel/events.ts';
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Channel } from '../../kernel/words.ts';
import type { Tap } from '../../network/tap.ts';
import type { HttpDoor, Network, OutboundResult } from '../../network/wire.ts';
import type { Medium, MediumContent } from '../../protocol/rich-content.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { WebhookAddress } from './gateway.ts';
import { toldAddress } from './told-address.ts';

type FetchEvent = EventOf<'medium.fetched'>;
type MediumOutcome = FetchEvent['outcome'];

/** One file, as far as it could be had. */
export interface FetchedMedium {
  readonly url: string;
  readonly outcome: MediumOutcome;
  /** With `content` and `cached`. */
  readonly content: MediumContent | undefined;
  readonly thumbnail: MediumContent | undefined;
}

export interface MediaFacts {
  readonly wire: string;
  readonly channel: Channel;
  readonly person: string | undefined;
  /** The planned message. */
  readonly message: string | undefined;
}

export interface MediaRelay {
  /** Fetches them all; `told` has them in their order, at once when none has to be asked for. */
  fetch(
    media: readonly Medium[],
    facts: MediaFacts,
    told: (fetched: readonly FetchedMedium[]) => void,
  ): void;
  /** Copies for a phone: what could be had, at addresses of this gateway's content server. */
  copiesOf(fetched: readonly FetchedMedium[]): readonly Medium[];
  /** Where anybody finds it who is told: an address of the content server. */
  offer(content: MediumContent): string;
  /** The content server. */
  readonly content: HttpDoor;
  servedAt(url: string): void;
  /** Files that are being asked for. */
  readonly waiting: number;
}

export interface MediaRelayOptions {
  readonly ambient: Ambient;
  /** `gateway/rbm` */
  readonly component: string;
  readonly request: Network['call'];
  readonly tap: Tap;
  readonly webhook: () => WebhookAddress | undefined;
  /** How long what was fetched is not asked for again; default: not at all. */
  readonly cacheMicros?: number;
  /** By which the vendor names itself to whoever hosts them. */
  readonly userAgent?: string;
  /** What the vendor takes; default: everything that has a type. */
  readonly takes?: (type: string) => boolean;
}

const TIMEOUT_MICROS = 15 * MICROS_PER_SECOND;
/** Copies that phones may still ask for; addresses that are known. */
const REMEMBERED = 2_000;
/** This machine, and names that stand for nothing on the internet (RFC 6761 §6.2). */
const HERE = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|.*\.test)$/;
const CONTENT_PATH = '/content/';

/**
 * Where the world reaches it; undefined for the rest of the internet, of which nobody here can tell
 * whether it is there.
 */
function reachedAt(url: string, webhook: WebhookAddress | undefined): string | undefined {
  const { url: reached } = toldAddress(url, webhook);
  if (reached !== url) return reached;
  const host = URL.parse(url)?.hostname ?? '';
  const own = webhook === undefined ? undefined : URL.parse(webhook.url)?.hostname;
  return host === own || HERE.test(host) ? url : undefined;
}

interface Got {
  readonly outcome: MediumOutcome;
  readonly status: string;
  readonly content: MediumContent | undefined;
}

function read(result: OutboundResult, takes: (type: string) => boolean): Got {
  if (result.kind === 'failure') {
    return { outcome: 'broken', status: result.reason, content: undefined };
  }
  const { status: code, headers, body } = result.response;
  const status = `${code}`;
  const without = (outcome: MediumOutcome): Got => ({ outcome, status, content: undefined });
  if (code === 404 || code === 410) return without('missing');
  if (code >= 500 || code === 429) return without('broken');
  // Redirects are not followed: the address in a message has to be that of the file.
  if (code < 200 || code >= 300) return without('refused');
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === '') return without('untyped');
  if (!takes(type)) return without('unsupported');
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { outcome: 'content', status, content: { type, bytes } };
}

export function createMediaRelay(options: MediaRelayOptions): MediaRelay {
  const { ambient, component, request, tap, webhook, cacheMicros = 0 } = options;
  const { takes = () => true, userAgent = 'Bellwether-Media/1.0' } = options;
  const { clock, history, ids } = ambient;
  const cache = createBoundedMap<{ readonly content: MediumContent; readonly until: number }>(
    REMEMBERED,
  );
  const copies = createBoundedMap<MediumContent>(REMEMBERED);
  const headers = Object.freeze({ accept: '*/*', 'user-agent': userAgent });
  let base = '';
  let waiting = 0;

  const fetchOne = (
    url: string,
    part: FetchEvent['part'],
    fresh: boolean,
    { wire, channel, person, message }: MediaFacts,
    told: (got: Got) => void,
  ): void => {
    const record = ({ outcome, status }: Got): number =>
      history.append({
        kind: 'medium.fetched',
        by: component,
        wire,
        part,
        outcome,
        status,
        ...(person !== undefined && { person }),
        ...(message !== undefined && { message }),
      });
    const known = fresh ? undefined : cache.get(url);
    const reached = reachedAt(url, webhook());
    if (known !== undefined && known.until > clock.now()) {
      const got = { outcome: 'cached', status: 'cached', content: known.content } as const;
      record(got);
      told(got);
    } else if (reached === undefined) {
      const got = { outcome: 'elsewhere', status: 'not asked', content: undefined } as const;
      record(got);
      told(got);
    } else {
      waiting++;
      const call = { method: 'GET', url: reached, headers, timeoutMicros: TIMEOUT_MICROS };
      request(call, (result) => {
        waiting--;
        const got = read(result, takes);
        const cause = record(got);
        const { content } = got;
        if (content !== undefined) {
          tap.scan(content.bytes, { channel, wire, cause });
          if (cacheMicros > 0) cache.set(url, { content, until: clock.now() + cacheMicros });
        }
        told(got);
      });
    }
  };

  const fetchMedium = (
    { url, thumbnailUrl, forceRefresh, content }: Medium,
    facts: MediaFacts,
    told: (fetched: FetchedMedium) => void,
  ): void => {
    const fresh = forceRefresh === true;
    const fetched = ({ outcome, content: file }: Pick<Got, 'outcome' | 'content'>): void => {
      const whole = { url, outcome, content: file };
      if (thumbnailUrl === undefined) return told({ ...whole, thumbnail: undefined });
      fetchOne(thumbnailUrl, 'thumbnail', fresh, facts, (preview) =>
        told({ ...whole, thumbnail: preview.content }),
      );
    };
    if (content === undefined) fetchOne(url, 'file', fresh, facts, fetched);
    else fetched({ outcome: 'cached', content });
  };

  const offer = (content: MediumContent): string => {
    const id = ids.uuid();
    copies.set(id, content);
    return `${base}${CONTENT_PATH}${id}`;
  };

  return {
    fetch: (media, facts, told) => {
      const all: FetchedMedium[] = [];
      let left = media.length;
      if (left === 0) told(all);
      for (const [index, medium] of media.entries()) {
        fetchMedium(medium, facts, (fetched) => {
          all[index] = fetched;
          if (--left === 0) told(all);
        });
      }
    },
    copiesOf: (fetched) =>
      fetched.flatMap(({ content, thumbnail }): Medium[] => {
        if (content === undefined) return [];
        const url = offer(content);
        return [thumbnail === undefined ? { url } : { url, thumbnailUrl: offer(thumbnail) }];
      }),
    offer,
    content: {
      accepts: () => true,
      handle: ({ method, path }) => {
        const found =
          method === 'GET' && path.startsWith(CONTENT_PATH)
            ? copies.get(path.slice(CONTENT_PATH.length))
            : undefined;
        const response =
          found === undefined
            ? { status: 404, headers: {}, body: '' }
            : { status: 200, headers: { 'content-type': found.type }, body: found.bytes };
        return { kind: 'answer', response };
      },
    },
    servedAt: (url) => {
      base = url;
    },
    get waiting() {
      return waiting;
    },
  };
}
