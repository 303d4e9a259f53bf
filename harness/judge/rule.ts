import type { Finding } from '../../simulators/kernel/finding.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import type { CaseView, MessageView } from './view.ts';

/** What one rule says about a cell. */
export interface RuleResult {
  /** Things judged; 0 = not exercised. */
  readonly judged: number;
  readonly unjudged: number;
  /** Why things were left unjudged. */
  readonly reason?: string;
  readonly findings: readonly Finding[];
  /** Why the rule cannot be trusted in this cell. */
  readonly inconclusive?: string;
}

/** One row of the registry: its documentation and its pure judgement. */
export interface Rule {
  readonly entry: RuleEntry;
  /** Also judged where no implementation takes part (world checks). */
  readonly worldToo?: true;
  judge(view: CaseView): RuleResult;
}

/** A finding before the rule's own name, level and kind are put on it. */
export interface Evidence {
  readonly message?: string;
  readonly device?: string;
  readonly seqs: readonly number[];
  readonly expected: string;
  readonly seen: string;
  readonly sentence: string;
}

/** Counts while a rule goes through a cell, and writes its findings in one shape. */
export class Tally {
  readonly #entry: RuleEntry;
  readonly #findings: Finding[] = [];
  readonly #reasons = new Set<string>();
  #judged = 0;
  #unjudged = 0;
  #inconclusive: string | undefined;

  constructor(entry: RuleEntry) {
    this.#entry = entry;
  }

  judged(count = 1): void {
    this.#judged += count;
  }

  leave(reason: string): void {
    this.#unjudged++;
    this.#reasons.add(reason);
  }

  distrust(reason: string): void {
    this.#inconclusive ??= reason;
  }

  find(evidence: Evidence): void {
    const { name, level, kind } = this.#entry;
    this.#findings.push({
      rule: name,
      level,
      kind,
      ...(evidence.message === undefined ? {} : { message: evidence.message }),
      ...(evidence.device === undefined ? {} : { device: evidence.device }),
      evidence: [...new Set(evidence.seqs)].sort((a, b) => a - b),
      expected: evidence.expected,
      seen: evidence.seen,
      sentence: evidence.sentence,
    });
  }

  /** `ceiling`: more than this share left unjudged makes the rule inconclusive. */
  result(ceiling?: number): RuleResult {
    const all = this.#judged + this.#unjudged;
    const share = all === 0 ? 0 : this.#unjudged / all;
    if (ceiling !== undefined && share > ceiling) {
      const percent = Math.round(share * 100);
      this.distrust(
        `${percent} % of ${all} messages could not be judged (${[...this.#reasons].join('; ')}); ` +
          `at most ${Math.round(ceiling * 100)} % may be left`,
      );
    }
    return {
      judged: this.#judged,
      unjudged: this.#unjudged,
      ...(this.#reasons.size === 0 ? {} : { reason: [...this.#reasons].join('; ') }),
      findings: this.#findings,
      ...(this.#inconclusive === undefined ? {} : { inconclusive: this.#inconclusive }),
    };
  }
}

/** The share of messages that timing on degraded paths may leave unjudged. */
export const UNJUDGED_CEILING = 0.2;

/**
 * Goes over the messages that an implementation sent, leaving out those that an unattributed
 * transmission may belong to; says so when there were any.
 */
export function eachAttributed(
  view: CaseView,
  tally: Tally,
  judge: (message: MessageView) => void,
): void {
  let unclear = 0;
  for (const message of view.messages) {
    if (message.record.from !== null) continue;
    if (message.uncertain) {
      unclear++;
      tally.leave('a transmission to the same person could not be attributed');
    } else judge(message);
  }
  if (unclear > 0) {
    tally.distrust(
      `${view.unattributed} transmissions could not be attributed; ` +
        `${unclear} messages may own one of them`,
    );
  }
}
