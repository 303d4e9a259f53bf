/**
 * What stands around the body of a request, its address and its headers, and what comes as the
 * answer to a callback: who is at the other end reads all of it. Nearly all requests of a client
 * have the same headers, and nearly all answers are the same; what held nothing is known again.
 */
import { isUuid } from '../kernel/ids.ts';
import type { SteppedTap, TapLook } from './tap.ts';
import type { WireRequest, WireResponse } from './wire.ts';

type Finder = Pick<SteppedTap, 'find'>;
type Headers = Readonly<Record<string, string>>;

/** As long as a canary as it is; every encoding is longer. */
const SHORTEST = 12;
/** Header names that are remembered, with their last value. */
const MOST_NAMES = 64;

/** Header sections, of which only what is new needs to be looked at. */
class HeaderMemory {
  /** By name the last value that held nothing. */
  readonly #values = new Map<string, string>();
  /** Whole sections that held nothing: one connection brings the same one again and again. */
  readonly #sections = new WeakSet<Headers>();

  unseen(headers: Headers): string {
    if (this.#sections.has(headers)) return '';
    let text = '';
    for (const name in headers) {
      const value = headers[name]!;
      const isKnown = value.length < SHORTEST || this.#values.get(name) === value;
      // Its dashes leave no room for a canary in any encoding.
      if (!isKnown && !isUuid(value)) text += `${name}: ${value}\n`;
    }
    return text;
  }

  /** There was nothing in it; `text` is what was unseen of it. */
  remember(headers: Headers, text: string): void {
    this.#sections.add(headers);
    if (text === '') return;
    for (const name in headers) {
      if (this.#values.size < MOST_NAMES || this.#values.has(name)) {
        this.#values.set(name, headers[name]!);
      }
    }
  }
}

export interface Envelopes {
  /**
   * What the tap finds around the body; undefined: nothing. `plainAddress`: the address holds
   * nothing but what the service has looked up or handed out itself.
   */
  look(request: WireRequest, plainAddress: boolean): TapLook | undefined;
}

/** For the requests at one door. */
export function createEnvelopes(tap: Finder): Envelopes {
  const fields = new HeaderMemory();
  /** The last address that held nothing. */
  let path = '';
  let query = '';
  return {
    look: (request, plainAddress) => {
      const { headers } = request;
      const isNew = !plainAddress && (request.path !== path || request.query !== query);
      const address = isNew ? `${request.path}?${request.query}\n` : '';
      const section = fields.unseen(headers);
      if (isNew || section !== '') {
        const seen = tap.find(address + section);
        if (seen !== undefined) return seen;
      }
      if (isNew) ({ path, query } = request);
      fields.remember(headers, section);
      return undefined;
    },
  };
}

export interface Answers {
  /** What the tap finds in the headers and, unless somebody else looks at it, in the body. */
  look(response: WireResponse, withBody: boolean): TapLook | undefined;
}

/** For the answers of one program. */
export function createAnswers(tap: Finder): Answers {
  const fields = new HeaderMemory();
  /** The last body that held nothing. */
  let last: string | Uint8Array = '';
  return {
    look: (response, withBody) => {
      const { headers, body } = response;
      const isNew = withBody && body.length >= SHORTEST && body !== last;
      const inBody = isNew ? tap.find(body) : undefined;
      if (inBody !== undefined) return inBody;
      if (isNew) last = body;
      const section = fields.unseen(headers);
      const seen = section === '' ? undefined : tap.find(section);
      if (seen === undefined) fields.remember(headers, section);
      return seen;
    },
  };
}
