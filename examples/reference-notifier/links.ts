import type { ModuleClock, ModuleStore } from 'bellwether/module';
import { sameText } from './seal.ts';
import type { Vault } from './seal.ts';

/** The secure link of one message. */
interface Link {
  readonly message: string;
  readonly person: string;
  readonly expiresAtMs: number;
  readonly wrongCodes: number;
  readonly closed: boolean;
  /** Digest and end of the one session that a sign-in opened. */
  readonly session: { readonly digest: string; readonly untilMs: number } | null;
}

/**
 * A link names its message by the message's own random id; nobody needs to keep it secret, since
 * only a sign-in opens it, and few wrong codes close it.
 */
export interface Links {
  /** Opens the message's link, again after it was closed, unless it was already read. */
  open(message: string, person: string): void;
  /** Takes it back: until it is opened again nobody gets in. */
  close(message: string): void;
  find(message: string): FoundLink | undefined;
}

export interface FoundLink {
  readonly message: string;
  readonly person: string;
  /** Taken back, already read, or too many wrong codes. */
  readonly locked: boolean;
  wrongCode(): void;
  /** A fresh session after a right code; nobody can sign in a second time. */
  begin(session: string): void;
  admits(session: string): boolean;
}

const WRONG_CODES = 5;
const LIFETIME_MS = 24 * 3_600_000;
export const SESSION_MS = 5 * 60_000;

export function createLinks(store: ModuleStore, vault: Vault, clock: ModuleClock): Links {
  const keyOf = (message: string): string => `link/${message}`;
  const read = (message: string): Link | undefined => store.get(keyOf(message)) as Link | undefined;
  const write = (link: Link): void => store.set(keyOf(link.message), link);
  return {
    open: (message, person) => {
      const before = read(message);
      if (before !== undefined && before.session !== null) return;
      const expiresAtMs = clock.epochMillis() + LIFETIME_MS;
      const wrongCodes = before?.wrongCodes ?? 0;
      write({ message, person, expiresAtMs, wrongCodes, closed: false, session: null });
    },
    close: (message) => {
      const link = read(message);
      if (link !== undefined) write({ ...link, closed: true });
    },
    find: (message) => {
      const link = read(message);
      const nowMs = clock.epochMillis();
      if (link === undefined || link.expiresAtMs <= nowMs) return undefined;
      return {
        message,
        person: link.person,
        locked: link.closed || link.session !== null || link.wrongCodes >= WRONG_CODES,
        wrongCode: () => write({ ...link, wrongCodes: link.wrongCodes + 1 }),
        begin: (session) => {
          write({
            ...link,
            session: { digest: vault.digest(session), untilMs: nowMs + SESSION_MS },
          });
        },
        admits: (session) =>
          link.session !== null &&
          link.session.untilMs > nowMs &&
          sameText(link.session.digest, vault.digest(session)),
      };
    },
  };
}
