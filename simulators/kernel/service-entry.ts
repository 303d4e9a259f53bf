/** What a registry says of a service that is no gateway, for its reference page. */

export interface ServiceOperation {
  /** `POST /3/device/{token}`, `submit_sm` */
  readonly what: string;
  readonly does: string;
  /** The vendor's page, the section of the standard, or the client by which it was read. */
  readonly source: string;
}

export interface ServiceRule {
  readonly when: string;
  readonly answer: string;
  readonly source: string;
}

export interface ServiceError {
  readonly code: string;
  /** `400`, `0x00000058`; `told later` in a status, a report, a webhook */
  readonly status: string;
  /** What it says, where the code does not. */
  readonly says?: string;
}

export interface ServiceEntry {
  /** As the world and its pages call it: `apns`. */
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  /** The reference that it follows. */
  readonly docs: string;
  /** The page of docs/ that is written by hand. */
  readonly guide: string;
  /** The source file of this entry. */
  readonly file: string;
  /** The vendor's hosts that lead here. */
  readonly hosts: readonly string[];
  /** Of the placeholders that a program is told: `push.apns.` */
  readonly placeholders: string;
  readonly operations: readonly ServiceOperation[];
  readonly rules: readonly ServiceRule[];
  /** Those that it answers. */
  readonly errors: readonly ServiceError[];
  /** What is simplified or left out, each in a sentence. */
  readonly differences: readonly string[];
  readonly sources: readonly string[];
}
