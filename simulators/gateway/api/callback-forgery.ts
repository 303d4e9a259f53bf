import type { WireResponse } from '../../network/wire.ts';
import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import type { CallbackForgery, EventInput } from '../../kernel/events.ts';
import type { Callback, CallbackAddress, CallbackScheme } from './callback-scheme.ts';
import type { Posted, SigningFacts } from './callback-scheme.ts';

type SentEvent = EventInput & { kind: 'callback.sent' };

/** A request that a fault adds to the vendor's own. */
export interface Extra {
  readonly sent: Omit<SentEvent, 'kind' | 'callback' | 'component' | 'attempt'>;
  readonly posted: Posted;
  readonly to: CallbackAddress;
  /** Told when it was taken: seq of the callback.answered, and the answer. */
  readonly taken?: (cause: number, response: WireResponse) => void;
}

/** What a forgery is made of. */
export interface ForgeryFacts extends Omit<SigningFacts, 'key'> {
  /** The account's key. */
  readonly key: string;
  /** Another's, of the same form. */
  readonly foreignKey: string;
  /** For `stale`: how long ago it was signed, ms. */
  readonly ageMillis: number;
  /** Now, on the clock. */
  readonly nowMicros: number;
  /** For `oversize`: how much is added. */
  readonly bytes: number;
}

/** How much of a malformed body is left. */
const LEFT_SHARE = 0.6;

/**
 * Other characters of the same alphabets, so that only a check of the signature can tell. The last
 * one stays: in base64 some of its bits are unused, and a strict reader refuses any but zeros.
 */
function garbled(signature: string, hex: (bytes: number) => string): string {
  const [, text = '', end = ''] = /^(.*?)([^=]?=*)$/s.exec(signature) ?? [];
  const changed = Math.min(24, text.length);
  return text.slice(0, text.length - changed) + hex(12).slice(0, changed) + end;
}

function without(posted: Posted, names: readonly string[]): Posted {
  const headers = Object.fromEntries(
    Object.entries(posted.headers).filter(([name]) => !names.includes(name.toLowerCase())),
  );
  return { ...posted, headers };
}

/**
 * Makes the forgery of a true callback; undefined where the vendor's scheme has nothing of the
 * kind (no date to be stale, no statement to lie about).
 */
export function forge<N>(
  forgery: Exclude<CallbackForgery, 'replayed'>,
  scheme: CallbackScheme<N>,
  callback: Callback<N>,
  to: CallbackAddress,
  facts: ForgeryFacts,
): Extra | undefined {
  const { notification, event, wire, person, device, implies, cause } = callback;
  const { key, foreignKey, hex } = facts;
  const of: Extra['sent'] = {
    event,
    forgery,
    ...(wire === undefined ? {} : { wire }),
    ...(person === undefined ? {} : { person }),
    ...(device === undefined ? {} : { device }),
    ...(cause === undefined ? {} : { cause }),
  };
  /** As true as the callback that it copies. */
  const copy: Extra['sent'] = implies === undefined ? of : { ...of, pretends: implies };
  const seal = (what: N, signing: Partial<SigningFacts> = {}, content = scheme.render(what)) =>
    scheme.seal(content, what, to, { ...facts, key, ...signing });
  if (forgery === 'stale') {
    if (!scheme.dated) return undefined;
    const { ageMillis } = facts;
    const dates = {
      nowMillis: facts.nowMillis - ageMillis,
      createdMillis: facts.createdMillis - ageMillis,
    };
    const signedAt = facts.nowMicros - ageMillis * MICROS_PER_MILLI;
    return { sent: { ...copy, signedAt }, to, posted: seal(notification, dates) };
  }
  if (forgery === 'malformed' || forgery === 'oversize') {
    const true_ = scheme.render(notification);
    const content =
      forgery === 'malformed'
        ? true_.slice(0, Math.floor(true_.length * LEFT_SHARE))
        : true_ + ' '.repeat(facts.bytes);
    // What is left of a cut form may still be read.
    return { sent: copy, to, posted: seal(notification, {}, content) };
  }
  const lie = scheme.falsify(notification);
  if (lie === undefined) return undefined;
  const sent = lie.pretends === undefined ? of : { ...of, pretends: lie.pretends };
  switch (forgery) {
    case 'wrong-key':
      return { sent, to, posted: seal(lie.notification, { key: foreignKey }) };
    case 'unsigned':
      return { sent, to, posted: without(seal(lie.notification), scheme.signatureHeaders) };
    case 'tampered': {
      const { headers, url } = seal(notification);
      const changed = seal(lie.notification);
      const addressed = url === undefined ? {} : { url };
      return { sent, to, posted: { ...changed, ...addressed, headers } };
    }
    case 'forged': {
      const posted = seal(lie.notification, { key: foreignKey });
      const [name] = scheme.signatureHeaders;
      const headers = { ...posted.headers, [name]: garbled(posted.headers[name] ?? '', hex) };
      return { sent, to, posted: { ...posted, headers } };
    }
  }
}
