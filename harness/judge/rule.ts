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

/** What was said of some messages. */
interface Said {
  judged: number;
  unjudged: number;
  readonly reasons: Set<string>;
  readonly findings: Finding[];
  inconclusive: string | undefined;
}

function nothingSaid(): Said {
  return { judged: 0, unjudged: 0, reasons: new Set(), findings: [], inconclusive: undefined };
}

/** Counts while a rule goes through a cell, and writes its findings in one shape. */
export class Tally {
  readonly #entry: RuleEntry;
  #said = nothingSaid();

  constructor(entry: RuleEntry) {
    this.#entry = entry;
  }

  judged(count = 1): void {
    this.#said.judged += count;
  }

  leave(reason: string): void {
    this.#said.unjudged++;
    this.#said.reasons.add(reason);
  }

  distrust(reason: string): void {
    this.#said.inconclusive ??= reason;
  }

  get kind(): RuleEntry['kind'] {
    return this.#entry.kind;
  }

  /** What `judge` would say; nothing of it counts before `accept`. */
  listen(judge: () => void): Said {
    const before = this.#said;
    this.#said = nothingSaid();
    judge();
    const heard = this.#said;
    this.#said = before;
    return heard;
  }

  accept(heard: Said): void {
    const said = this.#said;
    said.judged += heard.judged;
    said.unjudged += heard.unjudged;
    said.findings.push(...heard.findings);
    for (const reason of heard.reasons) said.reasons.add(reason);
    said.inconclusive ??= heard.inconclusive;
  }

  find(evidence: Evidence): void {
    const { name, level, kind } = this.#entry;
    this.#said.findings.push({
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
    const { judged, unjudged, reasons, findings } = this.#said;
    const all = judged + unjudged;
    const share = all === 0 ? 0 : unjudged / all;
    if (ceiling !== undefined && share > ceiling) {
      const percent = Math.round(share * 100);
      this.distrust(
        `${percent} % of ${all} messages could not be judged (${[...reasons].join('; ')}); ` +
          `at most ${Math.round(ceiling * 100)} % may be left`,
      );
    }
    const { inconclusive } = this.#said;
    return {
      judged,
      unjudged,
      ...(reasons.size === 0 ? {} : { reason: [...reasons].join('; ') }),
      findings,
      ...(inconclusive === undefined ? {} : { inconclusive }),
    };
  }
}

/** The share of messages that timing on degraded paths may leave unjudged. */
export const UNJUDGED_CEILING = 0.2;

/** More transmissions that may be a message's are not tried in all their combinations. */
const MOST_SUPPOSED = 6;
/** Nor more than these in pairs. */
const MOST_PAIRED = 24;

/** Every choice among what may be this message's, the one without any first. */
function* suppositions(message: MessageView): Generator<MessageView> {
  const { maybe } = message;
  if (maybe.length > MOST_SUPPOSED) {
    yield* pairs(message);
    return;
  }
  for (let choice = 0; choice < 1 << maybe.length; choice++) {
    const theirs = maybe.filter((_, index) => (choice & (1 << index)) !== 0).flat();
    yield theirs.length === 0 ? message : message.supposing(theirs);
  }
}

/** None, each alone, each with another. */
function* pairs(message: MessageView): Generator<MessageView> {
  const { maybe } = message;
  yield message;
  for (const [index, one] of maybe.entries()) {
    yield message.supposing(one);
    for (const other of maybe.slice(index + 1)) yield message.supposing([...one, ...other]);
  }
}

/**
 * What is true of the message whichever of the unattributed transmissions were its own: all found
 * nothing, or all found something. Null when it depends on that. Where there are too many for all
 * combinations, pairs have to do: what a rule finds here lies in one transmission, or between one
 * and the next, and more of them can only excuse it. So nothing found in any pair is nothing found,
 * but something found in each may yet be excused by a third.
 */
function certainty(
  message: MessageView,
  tally: Tally,
  judge: (message: MessageView) => void,
): Said | null {
  const several = message.maybe.length > MOST_SUPPOSED;
  if (message.maybe.length > MOST_PAIRED) return null;
  let least: Said | null = null;
  for (const supposed of suppositions(message)) {
    const said = tally.listen(() => judge(supposed));
    if (several && said.findings.length > 0) return null;
    if (least !== null && said.findings.length > 0 !== least.findings.length > 0) return null;
    if (least === null || (said.unjudged > 0 && said.findings.length === 0)) least = said;
  }
  return least;
}

/**
 * Goes over the messages that an implementation sent. Where transmissions could not be attributed,
 * a message is judged by what holds in every case, else left; too many left, or any where something
 * wrong may have happened, make the rule inconclusive.
 */
export function eachAttributed(
  view: CaseView,
  tally: Tally,
  judge: (message: MessageView) => void,
): void {
  let unclear = 0;
  for (const message of view.ordered) {
    if (message.maybe.length === 0) {
      judge(message);
      continue;
    }
    const said = certainty(message, tally, judge);
    if (said !== null) tally.accept(said);
    else {
      unclear++;
      tally.leave('a transmission to the same person could not be attributed');
    }
  }
  const most = tally.kind === 'safety' ? 0 : UNJUDGED_CEILING * view.ordered.length;
  if (unclear > most) {
    tally.distrust(
      `${view.unattributed} transmissions could not be attributed; ` +
        `the verdict on ${unclear} messages depends on whose they are`,
    );
  }
}
