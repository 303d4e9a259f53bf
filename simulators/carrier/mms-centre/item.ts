/** One copy of a multimedia message, for one person, on its way through MMS centres. */
import type { Timer } from '../../kernel/clock.ts';
import type { MmsStatus } from '../../protocol/mms/assignments.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';

export interface MmsItem {
  /** `mms:<n>` */
  readonly wire: string;
  /** The transmission from the phone, `p2p:<n>`, or the gateway's own. */
  readonly parent: string;
  /** As m-send.conf told the sender. */
  readonly messageId: string;
  /** msisdn of the sender; of a gateway's, whatever it calls itself. */
  readonly from: string;
  readonly person: string;
  /** msisdn of the person. */
  readonly to: string;
  /** As it was sent, its addresses filled in. */
  readonly sent: MmsPdu;
  readonly bytes: number;
  readonly message: string | undefined;
  readonly expiresAtMicros: number;
  /** Of a gateway's message: told what became of it, in place of a sender's phone. */
  readonly ended?: (status: MmsStatus) => void;
}

/** What the recipient's centre knows of it until it has ended. */
export interface StoredMms {
  readonly item: MmsItem;
  /** The end of its URL: not to be guessed. */
  readonly key: string;
  /** m-retrieve.conf */
  readonly octets: Uint8Array;
  over: boolean;
  expiry: Timer | undefined;
}
