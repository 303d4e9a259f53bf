/**
 * A tap reads what one observer can see at one place, at the moment it is written, and records what
 * it found. It never changes what passes.
 */
import { hash } from 'node:crypto';
import type { EventInput } from '../kernel/events.ts';
import type { History } from '../kernel/history.ts';
import type { IndexedMessage, MessageIndex } from '../kernel/message-index.ts';
import type { Channel, Observer } from '../kernel/words.ts';
import type { Writable } from '../kernel/writable.ts';
import type { CanaryHit, Examination, Scanner } from '../protocol/canary/scanner.ts';

export interface TapContext {
  readonly channel?: Channel;
  readonly wire?: string;
  /** seq of the event that brought the bytes (a door.request). */
  readonly cause?: number;
}

export interface Tap {
  readonly observer: Observer;
  readonly where: string;
  /**
   * Records one `tap.scanned` and returns the planned messages whose canaries stand in the bytes.
   * Canaries that nobody planned are recorded and not returned.
   */
  scan(bytes: Uint8Array | string, context?: TapContext): readonly IndexedMessage[];
  /** The tap's own test: a body with this canary, through the same code. */
  calibrate(canary: string): void;
}

/** A tap whose `scan` can be taken in two steps, for whoever writes the event between them. */
export interface SteppedTap extends Tap {
  look(bytes: Uint8Array | string): TapLook;
  /** The same where a canary is there; undefined: there is none. */
  find(bytes: Uint8Array | string): TapLook | undefined;
  /** The `tap.scanned`; `cause` is the seq of the event that brought the bytes, if one did. */
  record(
    seen: TapLook,
    cause: number | undefined,
    wire: string | undefined,
    channel: Channel | undefined,
  ): void;
}

export interface TapDependencies {
  readonly history: History;
  readonly scanner: Scanner;
  readonly index: MessageIndex;
}

type Seen = EventInput & { kind: 'tap.scanned' };

/** Bytes of a hit that the history keeps. */
const KEPT_BYTES = 4_096;
/** How much of them stands before the hit when there is more than can be kept. */
const KEPT_BEFORE_BYTES = 1_024;

function keep(bytes: Uint8Array, at: number): string {
  const all = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = all.length <= KEPT_BYTES ? 0 : Math.max(0, at - KEPT_BEFORE_BYTES);
  return all.toString('base64', start, start + KEPT_BYTES);
}

const octetsOf = (bytes: Uint8Array | string): Uint8Array =>
  typeof bytes === 'string' ? Buffer.from(bytes) : bytes;

const digestOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** What stands in some bytes. */
export interface TapLook {
  readonly hits: readonly CanaryHit[];
  /** The planned messages whose canaries are there. */
  readonly messages: readonly IndexedMessage[];
  readonly length: number;
  /** Unless all the bytes are kept. */
  readonly sha256: string | undefined;
  readonly truncated: boolean;
  readonly kept?: string;
}

const NO_HITS: readonly CanaryHit[] = Object.freeze([]);
const NO_MESSAGES: readonly IndexedMessage[] = Object.freeze([]);

/** Short texts without a canary that need no second look: statuses are the same again and again. */
const REMEMBERED = 256;
const REMEMBERED_BYTES = 256;

/** Nothing in it needs to be escaped in JSON. */
const PLAIN_WIRE = /^[\w:./+~-]*$/;

function foundJson(hits: readonly CanaryHit[]): string {
  let json = '';
  for (const { canary, as } of hits) {
    // Both of letters, digits, dashes and `>` alone.
    json += `${json === '' ? '' : ','}{"canary":"${canary}","as":"${as}"}`;
  }
  return json;
}

/**
 * JSON.stringify of a scan: most of it are digests and base64, which need not be looked through
 * for what is to be escaped.
 */
function createSeenWriter(observer: Observer, where: string): (seen: Seen) => string {
  const place = `"observer":"${observer}","where":${JSON.stringify(where)}`;
  return ({ cause, bytes, sha256, found, kept, truncated, calibration, channel, wire }) => {
    const by = cause === undefined ? '' : `"cause":${cause},`;
    const digest = sha256 === undefined ? '' : `,"sha256":"${sha256}"`;
    const what = `"bytes":${bytes},"found":[${foundJson(found)}]${digest}`;
    let json = `{"kind":"tap.scanned",${by}${place},${what}`;
    if (kept !== undefined) json += `,"kept":"${kept}"`;
    if (truncated !== undefined) json += `,"truncated":${truncated}`;
    if (calibration !== undefined) json += `,"calibration":${calibration}`;
    if (channel !== undefined) json += `,"channel":"${channel}"`;
    if (wire === undefined) return `${json}}`;
    return PLAIN_WIRE.test(wire)
      ? `${json},"wire":"${wire}"}`
      : `${json},"wire":${JSON.stringify(wire)}}`;
  };
}

/** `where` is a component path, `stdout`, or a file's relative path. */
export function createTap(
  { history, scanner, index }: TapDependencies,
  observer: Observer,
  where: string,
): SteppedTap {
  const remembered = new Map<string, TapLook>();
  const write = createSeenWriter(observer, where);

  const found = (octets: Uint8Array, examined: Examination): TapLook => {
    const { hits, firstAt, truncated } = examined;
    const { length } = octets;
    const messages = planned(hits);
    const sha256 = length <= KEPT_BYTES ? undefined : digestOf(octets);
    return { hits, messages, length, sha256, truncated, kept: keep(octets, firstAt) };
  };

  const find = (bytes: Uint8Array | string): TapLook | undefined => {
    const octets = octetsOf(bytes);
    const examined = scanner.examine(octets);
    return examined.hits.length > 0 ? found(octets, examined) : undefined;
  };

  const look = (bytes: Uint8Array | string): TapLook => {
    const known = typeof bytes === 'string' ? remembered.get(bytes) : undefined;
    if (known !== undefined) return known;
    const octets = octetsOf(bytes);
    const examined = scanner.examine(octets);
    const { length } = octets;
    if (examined.hits.length > 0) return found(octets, examined);
    const { truncated } = examined;
    const sha256 = digestOf(octets);
    const nothing = { hits: NO_HITS, messages: NO_MESSAGES, length, sha256, truncated };
    if (typeof bytes === 'string' && length <= REMEMBERED_BYTES) {
      if (remembered.size >= REMEMBERED) remembered.clear();
      remembered.set(bytes, nothing);
    }
    return nothing;
  };

  const planned = (hits: readonly CanaryHit[]): readonly IndexedMessage[] => {
    if (hits.length === 1) {
      const message = index.byCanary(hits[0]!.canary);
      return message === undefined ? NO_MESSAGES : [message];
    }
    const messages: IndexedMessage[] = [];
    for (const { canary } of hits) {
      const message = index.byCanary(canary);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  };

  const record = (
    { hits, length: size, sha256, truncated, kept }: TapLook,
    cause: number | undefined,
    wire: string | undefined,
    channel: Channel | undefined,
    calibration: boolean,
  ): void => {
    // Field by field: this is written for all that passes, and copies cost more than the scan.
    const seen: Writable<Seen> =
      cause === undefined
        ? { kind: 'tap.scanned', observer, where, bytes: size, found: hits }
        : { kind: 'tap.scanned', cause, observer, where, bytes: size, found: hits };
    if (sha256 !== undefined) seen.sha256 = sha256;
    if (kept !== undefined) seen.kept = kept;
    if (truncated) seen.truncated = true;
    if (calibration) seen.calibration = true;
    if (channel !== undefined) seen.channel = channel;
    if (wire !== undefined) seen.wire = wire;
    history.append(seen, write);
  };

  const scan = (
    bytes: Uint8Array | string,
    { channel, wire, cause }: TapContext,
    calibration: boolean,
  ): readonly IndexedMessage[] => {
    const seen = look(bytes);
    record(seen, cause, wire, channel, calibration);
    return seen.messages;
  };
  return {
    observer,
    where,
    scan: (bytes, context = {}) => scan(bytes, context, false),
    look,
    find,
    record: (seen, cause, wire, channel) => record(seen, cause, wire, channel, false),
    calibrate: (canary) => {
      scan(JSON.stringify({ calibration: `This tap can see ${canary}.` }), {}, true);
    },
  };
}
