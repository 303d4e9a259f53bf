import type { ModuleClock, ModuleStore } from 'bellwether/module';
import { sameText } from './seal.ts';
import type { Vault } from './seal.ts';

/** One secure link. The token itself is never stored, only its keyed digest. */
interface Link {
  readonly message: string;
  readonly attempt: number;
  readonly person: string;
  readonly expiresAtMs: number;
  wrongCodes: number;
  closed: boolean;
  /** Digest and end of the one session that a sign-in opened. */
  session: { readonly digest: string; readonly untilMs: number } | null;
}

export interface Links {
  /** The same token for the same copy of a message, also after a restart. */
  open(message: string, attempt: number, person: string): string;
  close(message: string, attempt: number): void;
  find(token: string): FoundLink | undefined;
}

export interface FoundLink {
  readonly message: string;
  readonly attempt: number;
  readonly person: string;
  /** No more wrong codes than this are answered. */
  readonly locked: boolean;
  wrongCode(): void;
  /** A fresh session after a right code; the link itself cannot be signed in to again. */
  begin(session: string): void;
  admits(session: string): boolean;
}

const WRONG_CODES = 5;
const LIFETIME_MS = 24 * 3_600_000;
export const SESSION_MS = 5 * 60_000;

export function createLinks(store: ModuleStore, vault: Vault, clock: ModuleClock): Links {
  const tokenOf = (message: string, attempt: number): string =>
    vault.digest(`link/${message}/${attempt}`).slice(0, 32);
  const keyOf = (token: string): string => `link/${vault.digest(token)}`;
  return {
    open: (message, attempt, person) => {
      const token = tokenOf(message, attempt);
      if (store.get(keyOf(token)) === undefined) {
        const expiresAtMs = clock.epochMillis() + LIFETIME_MS;
        const link: Link = {
          message,
          attempt,
          person,
          expiresAtMs,
          wrongCodes: 0,
          closed: false,
          session: null,
        };
        store.set(keyOf(token), link);
      }
      return token;
    },
    close: (message, attempt) => {
      const key = keyOf(tokenOf(message, attempt));
      const link = store.get(key) as Link | undefined;
      if (link !== undefined) store.set(key, { ...link, closed: true });
    },
    find: (token) => {
      const key = keyOf(token);
      const link = store.get(key) as Link | undefined;
      const nowMs = clock.epochMillis();
      if (link === undefined || link.expiresAtMs <= nowMs) return undefined;
      if (link.closed && link.session === null) return undefined;
      const { message, attempt, person } = link;
      return {
        message,
        attempt,
        person,
        locked: link.wrongCodes >= WRONG_CODES || link.closed,
        wrongCode: () => store.set(key, { ...link, wrongCodes: link.wrongCodes + 1 }),
        begin: (session) => {
          const ends = { digest: vault.digest(session), untilMs: nowMs + SESSION_MS };
          store.set(key, { ...link, closed: true, session: ends });
        },
        admits: (session) =>
          link.session !== null &&
          link.session.untilMs > nowMs &&
          sameText(link.session.digest, vault.digest(session)),
      };
    },
  };
}
