/** What becomes of whatever is under test: its life as a program, its honesty, what it keeps. */

/** Personal data besides the text; their readable copies in an archive are judged. */
export const PERSONAL_DATA = ['number', 'name', 'sign-in-code', 'push-token', 'app-token'] as const;
export type PersonalDatum = (typeof PERSONAL_DATA)[number];

export type ImplementationEventKinds = {
  'implementation.started': { readonly instance: number };
  'implementation.ready': { readonly instance: number };
  'implementation.exited': {
    readonly instance: number;
    readonly code: number | null;
    readonly signal: string | null;
    /** Did the harness ask for it (stop, kill, restart)? */
    readonly asked: boolean;
    readonly reason?: 'not-ready' | 'hung';
    /** Of one that is not ready: what was tried and what came. */
    readonly why?: string;
    /** After a bad end: what it had said last, at most 40 lines. */
    readonly lastLines?: readonly string[];
  };
  'implementation.output': {
    readonly instance: number;
    readonly stream: 'stdout' | 'stderr' | 'log';
    readonly bytes: number;
    /** The bytes beyond the limit were dropped. */
    readonly flooded?: boolean;
  };
  /** At the end of a cell: what its files came to, where it has any. */
  'implementation.evidence': {
    /** How many were read. */
    readonly files: number;
    /** Patterns that its description names and that no file fits. */
    readonly unmatched: readonly string[];
    /** What fits and could not be read, and why: `data/x (EACCES)`. At most ten. */
    readonly unread: readonly string[];
  };
  /** At the end of a cell: the answer about an accepted message had no status that can be read. */
  'status.unread': { readonly message: string; readonly detail: string };
  'probe.result': {
    readonly probe: string;
    readonly held: boolean;
    readonly detail: string;
    /** It was asked as often as a caller would, and never answered: neither held nor broken. */
    readonly unanswered?: true;
  };
  /** At the end of a cell: what it keeps of one message, as `archive:` of its description says. */
  'archive.read': {
    readonly message: string;
    readonly person: string;
    /** `unread`: no answer, or one that says neither. */
    readonly outcome: 'kept' | 'absent' | 'unread';
    /** HTTP status, or why there was none. */
    readonly status: string;
    readonly bytes: number;
    /** What stood in the record for whoever reads it, and how it was encoded: `plain`, `base64`. */
    readonly personal: readonly { readonly what: PersonalDatum; readonly as: string }[];
  };
};
