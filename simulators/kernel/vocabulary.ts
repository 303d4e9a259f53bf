import type { FaultEntry } from './fault-entry.ts';
import type { RuleEntry } from './rule-entry.ts';
import type { Channel } from './words.ts';

/**
 * Every word that a scenario may use, handed to the scenario room by the composition root, so that
 * the language never imports what it names.
 */
export interface Vocabulary {
  readonly faults: Readonly<Record<string, FaultEntry>>;
  readonly rules: Readonly<Record<string, RuleEntry>>;
  readonly gateways: readonly string[];
  /** What those of them bring that bring something else than RCS, open and encrypted. */
  readonly gatewayChannels: Readonly<Record<string, readonly Channel[]>>;
  /** Those that hold the keys of what they encrypt, and so can read it. */
  readonly gatewaysReading: readonly string[];
  readonly push: readonly string[];
  readonly messageKinds: readonly string[];
  readonly eventKinds: readonly string[];
  /** Device, carrier and policy profiles: name → YAML text and the file it came from. */
  readonly profiles: {
    readonly devices: Readonly<Record<string, ProfileText>>;
    readonly carriers: Readonly<Record<string, ProfileText>>;
    readonly policies: Readonly<Record<string, ProfileText>>;
  };
}

export interface ProfileText {
  readonly file: string;
  readonly text: string;
}
