/**
 * Gateway-managed secure sessions: payloads are sealed to the gateway, which opens them and
 * encrypts them for the person's devices with keys of its own.
 */
export type SessionEventKinds = {
  'session.begun': {
    /** As the gateway calls it. */
    readonly session: string;
    readonly component: string;
    readonly person: string;
    /** RFC 7638 thumbprint of the key that payloads are sealed to. */
    readonly key: string;
    /** Ids of the devices that the sender was told of. */
    readonly devices: readonly string[];
    /** When it is over by itself, as the sender is told. */
    readonly endsAtMicros: number;
  };
  /** A new key and a later end; the key before it is still taken for a while. */
  'session.renewed': {
    readonly session: string;
    readonly key: string;
    readonly endsAtMicros: number;
    readonly oldKeyUntilMicros: number;
  };
  /** Before its time: by its sender, or because a device that it was begun for is gone. */
  'session.ended': {
    readonly session: string;
    readonly why: 'closed' | 'devices-changed';
    readonly device?: string;
  };
  /**
   * A payload reached a session. Opened: what the tap scans with this event as its cause had been
   * sealed, and was readable for the gateway alone. `reason`: the gateway's word for its refusal.
   */
  'session.payload': {
    readonly session: string;
    readonly wire: string;
    readonly outcome: 'opened' | 'refused';
    readonly reason?: string;
    readonly message?: string;
  };
};
