/** What happens to multimedia messages between people (docs/person-to-person.md). */

/** A phone, and the transmission that it is about. */
interface AtPhone {
  readonly device: string;
  readonly person: string;
  readonly wire: string;
  readonly message?: string;
}

export type MmsEventKinds = {
  /** A phone's message was taken by its carrier's MMS centre. */
  'mms.submitted': AtPhone & {
    /** People that it is addressed to, in the one message. */
    readonly to: readonly string[];
    /** Of the whole m-send.req. */
    readonly bytes: number;
    /** Media types of its parts, the page that presents them left out. */
    readonly parts: readonly string[];
    /** A picture was made smaller to fit: its octets before. */
    readonly reducedFrom?: number;
  };
  /** It was not taken, or the phone gave up: `error-permanent-…`, `no answer`. */
  'mms.refused': AtPhone & { readonly status: string; readonly reason: string };
  /** A file that is too large for MMS and cannot be made smaller: the words go without it. */
  'mms.file-left': AtPhone & { readonly bytes: number; readonly most: number };
  /** The phone was told that a message lies at its carrier's centre. */
  'mms.notified': AtPhone & { readonly bytes: number };
  /** It has fetched it. */
  'mms.retrieved': AtPhone & {
    /** Everybody in the message, its sender too, as far as they are people of this world. */
    readonly people: readonly string[];
    readonly parts: readonly string[];
    readonly bytes: number;
  };
  /** The sender's phone was told what became of it. `wire`: what it had sent. */
  'mms.reported': AtPhone & {
    /** Whose copy; undefined for a number that is nobody's here. */
    readonly of?: string;
    /** `retrieved`, `expired`, `rejected`, `unreachable`, `read` … */
    readonly status: string;
  };
};
