import type { CallbackForgery } from '../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import type { OddCallback } from './callback-ledger.ts';
import type { StatusTold, Told } from './records.ts';
import { Tally } from './rule.ts';
import type { Rule } from './rule.ts';
import type { CaseView, MessageView } from './view.ts';
import { subject, when } from './wording.ts';

export interface FalseCallbackParts {
  readonly entry: RuleEntry;
  readonly forgery: CallbackForgery;
  /** Completes `… was answered 200:`, `a callback with a made-up signature`. */
  readonly what: string;
  /** Why nobody could have known that it was false; null when it could be seen. */
  readonly unknowable?: (callback: OddCallback) => string | null;
}

/** The first time that `delivered` or `read` was told after the lie had left. */
function claimAfter(message: MessageView, lie: OddCallback): StatusTold | null {
  const { deliveredTold, readTold } = message.record;
  const claim = lie.pretends === 'read' ? readTold : (deliveredTold ?? readTold);
  return claim !== null && claim.at >= lie.at ? claim : null;
}

const saysArrived = ({ implies }: Told): boolean => implies === 'delivered' || implies === 'read';

/** Could the implementation say so by what it had been told, or had served itself, by then? */
function isFounded(message: MessageView, claim: StatusTold): boolean {
  const enough = (told: Told): boolean =>
    claim.word === 'read' ? told.implies === 'read' : saysArrived(told);
  if (message.told.some((told) => told.offeredAt <= claim.at && enough(told))) return true;
  return message.displays.some(
    ({ at, channel }) => at <= claim.at && (channel === 'app-push' || channel === 'secure-link'),
  );
}

const isTaken = ({ answer }: OddCallback): boolean =>
  answer.code !== null && answer.code >= 200 && answer.code < 300;

/** Another one that says as much was taken: it accounts for whatever follows. */
function otherTaken(view: CaseView, message: MessageView, lie: OddCallback): boolean {
  return view.fold.wires.callbacks.odd.some(
    (other) =>
      other !== lie &&
      (other.pretends === lie.pretends || other.pretends === 'read') &&
      isTaken(other) &&
      other.transmission !== null &&
      view.messageOf(other.transmission) === message,
  );
}

/** A status that only this lie explains. */
function believed(message: MessageView, lie: OddCallback): StatusTold | null {
  if (lie.pretends === 'delivered' || lie.pretends === 'read') {
    const claim = claimAfter(message, lie);
    return claim === null || isFounded(message, claim) ? null : claim;
  }
  if (lie.pretends !== 'failed') return null;
  // Whoever knew that it had arrived had no reason of its own to call it failed.
  const step = message.record.stepsBack.find(({ to }) => to.word === 'failed' && to.at >= lie.at);
  if (step === undefined) return null;
  const failed = message.told.some(
    ({ implies, offeredAt }) => implies === 'failed' && offeredAt <= step.to.at,
  );
  return failed ? null : step.to;
}

/** Whoever claims arrival where nobody lied has reasons of its own (`fallback/misreported`). */
function claimsAnyway(view: CaseView): boolean {
  const liedTo = new Set(
    view.fold.wires.callbacks.odd.map(({ transmission }) =>
      transmission === null ? null : view.messageOf(transmission),
    ),
  );
  return view.messages.some((message) => {
    if (liedTo.has(message)) return false;
    const { deliveredTold, readTold } = message.record;
    return [deliveredTold, readTold].some((claim) => claim !== null && !isFounded(message, claim));
  });
}

/** A rule about callbacks that must be refused, and must change nothing. */
export function falseCallbackRule(parts: FalseCallbackParts): Rule {
  const { entry, forgery, what, unknowable } = parts;

  const judgeOne = (view: CaseView, callback: OddCallback, tally: Tally): void => {
    const why = unknowable?.(callback) ?? null;
    if (why !== null) {
      tally.leave(why);
      return;
    }
    const { answer, component, transmission } = callback;
    const message = transmission === null ? null : view.messageOf(transmission);
    const about = message === null ? {} : { message: message.id };
    if (isTaken(callback)) {
      tally.judged();
      tally.find({
        ...about,
        seqs: [callback.seq, answer.seq],
        expected: 'a refusal (401, 403)',
        seen: answer.status,
        sentence:
          `${what} in the name of ${component} (“${callback.event}”) was taken with ` +
          `${answer.status} ${when(callback.at)}.`,
      });
      return;
    }
    const claim = message === null ? null : believed(message, callback);
    const isOwn = claim !== null && claimsAnyway(view);
    if (claim !== null && message !== null && !isOwn && !otherTaken(view, message, callback)) {
      tally.judged();
      tally.find({
        ...about,
        seqs: [callback.seq, answer.seq, claim.seq],
        expected: 'no change of any status',
        seen: `${claim.raw} ${when(claim.at)}`,
        sentence:
          `${subject(message)} was reported ${claim.word} ${when(claim.at)}, which only ` +
          `${what.charAt(0).toLowerCase()}${what.slice(1)} had said.`,
      });
      return;
    }
    if (answer.outcome === 'no-answer') tally.leave('it was never answered');
    else tally.judged();
  };

  return {
    entry,
    judge: (view) => {
      const tally = new Tally(entry);
      for (const callback of view.fold.wires.callbacks.odd) {
        if (callback.kind === forgery) judgeOne(view, callback, tally);
      }
      return tally.result();
    },
  };
}

/**
 * The age from which a dated signature is too old for anybody: the vendors name no figure, and
 * five minutes are customary.
 */
const FRESH_MICROS = 5 * 60_000_000;

/** Why a true callback that came late could not be told from the vendor's own. */
export function undatable({ at, signedAt, answer }: OddCallback, once: boolean): string | null {
  if (signedAt === null) {
    return once
      ? 'the vendor’s signature has no date'
      : 'the vendor’s signature has no date: its own repetition looks the same';
  }
  return answer.at - signedAt >= FRESH_MICROS && at - signedAt >= FRESH_MICROS
    ? null
    : 'it was signed less than 5 minutes before';
}
