/** What a push service sees of one push beside where it goes, for the rules `push/*`. */
export interface PushFacts {
  /** `alert`, `background` … as the sender stated it (apns-push-type); FCM has no such word. */
  readonly type?: string;
  /**
   * What the payload itself asks for: `visible` shows, sounds or counts something; `silent` wakes
   * the app (`content-available` alone); `data` is for the app's code (FCM without notification);
   * `other` is none of these, or could not be read.
   */
  readonly asks: 'visible' | 'silent' | 'data' | 'other';
  /** `high` wakes the phone (APNs 10, FCM HIGH); `normal` waits while power is saved. */
  readonly priority: 'high' | 'normal';
  /** Of the payload, as the service counts them. */
  readonly bytes: number;
  /** The last characters of the device token: enough to tell two of one phone apart. */
  readonly token: string;
}

/**
 * The largest payloads, in bytes: APNs, its VoIP pushes (Apple, "Generating a remote
 * notification"), and FCM (Firebase, "About FCM messages").
 */
export const PUSH_LIMIT_BYTES = { apns: 4_096, voip: 5_120, fcm: 4_096 } as const;

const TOKEN_TAIL = 8;

/** How a token stands in the history. */
export function tokenTail(token: string): string {
  return token.slice(-TOKEN_TAIL);
}
