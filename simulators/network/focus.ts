/**
 * The seam between phones and the conversation focus (GSMA RCC.16; RFC 9420 §14): the server that
 * puts the handshake messages of a conversation in one order. `simulators/carrier` has it.
 */

/** Words of `mls-server-failure-reason` (RCC.16). */
export type FocusRefusal =
  | 'unparsable-commit'
  | 'mls-group-not-found'
  | 'incorrect-era'
  | 'incorrect-epoch'
  | 'incorrect-epoch-authenticator'
  | 'mls-group-has-end-mls'
  | 'invalid-commit';

export interface FocusMessage {
  /** Names the conversation: the numbers of its people, sorted. */
  readonly conversation: string;
  readonly eraId: number;
  /** base64: of the epoch after a Welcome or Commit, of the present one otherwise. */
  readonly epochAuthenticator: string;
  /** An MLSMessage (RFC 9420 §6). */
  readonly body: Uint8Array;
  /** Where a Welcome leads: its own octets do not say. */
  readonly into?: { readonly group: string; readonly epoch: number };
  /** This Commit puts `end_mls` into the group. */
  readonly ends?: true;
  /** GroupInfo (MLSMessage) of where a Welcome or Commit leads: for who comes back by itself. */
  readonly groupInfo?: Uint8Array;
}

/** Where a conversation stands. */
export interface FocusPlace {
  /** Lower-case hex. */
  readonly group: string;
  readonly era: number;
  readonly epoch: number;
}

export type FocusAnswer =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly reason: FocusRefusal;
      /** Absent where there is no group. */
      readonly present?: FocusPlace;
      /** For octets that are no MLSMessage: where. */
      readonly offset?: number;
    };

/** What lets a device into the present epoch by a Commit of its own (RFC 9420 §12.4.3.2). */
export interface FocusGroupInfo extends FocusPlace {
  readonly groupInfo: Uint8Array;
}

export interface ConversationFocus {
  submit(message: FocusMessage): FocusAnswer;
  /** For a number of the conversation; undefined where there is none, or nobody left one. */
  groupInfo(conversation: string, msisdn: string): FocusGroupInfo | undefined;
}
