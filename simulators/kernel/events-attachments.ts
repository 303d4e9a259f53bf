/** What happens to files that go with messages (docs/attachments.md). */

/** The file itself, or its preview. */
export type AttachmentPart = 'file' | 'thumbnail';

/** What a phone was about when it had to do with an attachment. */
interface AtPhone {
  readonly device: string;
  readonly person: string;
  readonly wire: string;
  readonly message?: string;
  /** The sender's own id of the attachment. */
  readonly attachment: string;
}

export type AttachmentEventKinds = {
  /** The store took an object. */
  'attachment.stored': {
    readonly component: string;
    /** `bucket/key` */
    readonly object: string;
    readonly bytes: number;
    /** Lower-case hex of what was sent. */
    readonly sha256: string;
    /** Anybody may read it, without a signature. */
    readonly open: boolean;
    /** The phone that sent it; absent for an implementation. */
    readonly device?: string;
  };
  /** A phone learnt where a part of an attachment is. */
  'attachment.offered': AtPhone & {
    readonly part: AttachmentPart;
    /** `bucket/key`; null when the URL leads elsewhere. */
    readonly object: string | null;
    /** From its signing until the URL stops working, as the URL itself says; null = for ever. */
    readonly lifeMicros: number | null;
    /** The digest that the phone was told, lower-case hex; null = none. */
    readonly sha256: string | null;
    /** It came with a key: what lies in the store is ciphertext. */
    readonly encrypted: boolean;
    /** Given anew because an earlier URL no longer worked. */
    readonly again?: true;
  };
  /** A phone, or the harness in its place, asked for an object. */
  'attachment.fetched': AtPhone & {
    readonly part: AttachmentPart;
    readonly object: string | null;
    /** `unsigned`, `after-expiry`: tries that must not succeed. */
    readonly step: 'signed' | 'unsigned' | 'after-expiry';
    readonly outcome: 'content' | 'expired' | 'refused' | 'missing' | 'broken';
    /** `200`, `403 AccessDenied`, `ECONNREFUSED` */
    readonly status: string;
  };
  /** A phone asked the sender for a URL that works. */
  'attachment.refreshed': AtPhone & {
    /** `same`: the very URL that had just been refused, and has ended. */
    readonly outcome: 'fresh' | 'same' | 'none';
    readonly status: string;
  };
  /** The person sees it. `verified`: its bytes had the digest that was told. */
  'attachment.displayed': AtPhone & {
    readonly part: AttachmentPart;
    readonly verified: boolean;
    readonly bytes: number;
  };
  /** Bytes that are not what was told: the phone shows nothing of them. */
  'attachment.rejected': AtPhone & {
    readonly part: AttachmentPart;
    readonly reason: 'wrong-digest' | 'too-large' | 'not-opened';
  };
};
