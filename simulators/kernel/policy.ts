import type { PersonalDatum } from './events-implementation.ts';
import type { Channel, Observer, Sensitivity } from './words.ts';

/**
 * The organisation's rules that fall-backs are judged by; data, handed to the implementation as a
 * JSON file. Times are in microseconds here; in YAML they carry units.
 */
export interface Policy {
  readonly name: string;
  /** Best first. Only those claimed and enabled count. */
  readonly preference: readonly Channel[];
  readonly allowed: Readonly<Record<Sensitivity, readonly Channel[]>>;
  /** Channels on which a class needs the disclosure sentence when it was downgraded to them. */
  readonly disclosure: {
    readonly text: string;
    readonly on: Readonly<Record<Sensitivity, readonly Channel[]>>;
  };
  /** How long one channel may be tried before the next is due; absent = no limit. */
  readonly attemptTimeoutMicros: Readonly<Partial<Record<Channel, number>>>;
  readonly capabilityAgeMicros: number;
  /** How long a gateway counts as broken after a 5xx or a timeout, unless Retry-After says else. */
  readonly gatewayBackOffMicros: number;
  readonly deadlineMicros: Readonly<Record<Sensitivity, number>>;
  readonly toleranceMicros: number;
  readonly grace: { readonly revocationMicros: number; readonly keyRecoveryMicros: number };
  /** Longest that a link to a file may work from its signing; absent: not limited. */
  readonly attachmentUrlMicros?: number;
  readonly duplicates: 'not-allowed' | 'allowed';
  readonly archive: 'with-consent-encrypted' | 'never';
  /** Personal data that may stand readable in an archived record; absent: none. */
  readonly archiveMetadata?: readonly PersonalDatum[];
  /** Per observer and class: the channels on which the observer may see content; `any` = always. */
  readonly observers: Readonly<
    Record<Observer, Readonly<Record<Sensitivity, readonly (Channel | 'any')[]>>>
  >;
  /** Cells of the table that were relaxed against the default; printed in every report. */
  readonly relaxations: readonly string[];
}
