import type { Channel } from './words.ts';

/** The conformance statement (ICS) of an implementation. */
export interface Claims {
  readonly channels: readonly Channel[];
  readonly gateways: readonly string[];
  readonly sms: readonly string[];
  readonly push: readonly string[];
  readonly callbacks: readonly string[];
  readonly idempotency: boolean;
  /** It sends files with its messages, by the attachment store. */
  readonly attachments?: true;
  /** It keeps copies of messages, and says where they can be read. */
  readonly archive?: true;
}
