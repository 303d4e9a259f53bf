import type { Channel } from '../../../simulators/kernel/words.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Misfit } from '../fold-wires.ts';
import { Tally, UNJUDGED_CEILING, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Attempt, CaseView, MessageView } from '../view.ts';
import { copyWords, offeredWords, subject, when } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/needless',
  level: 'must',
  kind: 'liveness',
  fails:
    'A message is dispatched on a channel while a preferred, allowed one was available from its ' +
    'submission on, was not known to be away, and had not been tried.',
  hint: 'Look at stale capability knowledge, and at what makes the sender skip a channel.',
  source: 'policy: preference',
};

type Outcome = { kind: 'fine' | 'unclear' } | { kind: 'passed-over'; channel: Channel };

/**
 * From when on it may have been decided for this channel. What it would have taken at once was
 * decided within the tolerance before; while it was away, or counted as away, a connector keeps
 * what it was given, and nothing asks for another decision.
 */
function decidedSince(view: CaseView, message: MessageView, attempt: Attempt): number {
  const { availability, policy } = view;
  const { submittedAt } = message;
  const recent = attempt.at - policy.toleranceMicros;
  if (recent <= submittedAt) return submittedAt;
  const open = availability.spans(message, attempt.channel, submittedAt, attempt.at, false);
  const last = open.at(-1);
  if (last === undefined) return submittedAt;
  const isOpen = last.to === attempt.at;
  if (isOpen && last.from <= recent) return recent;
  const before = isOpen ? open.at(-2) : last;
  const waitedSince = before?.to ?? submittedAt;
  return Math.max(submittedAt, waitedSince - policy.toleranceMicros);
}

/** Was it known to be away at any time since it may have been decided to pass it over? */
function wasKnownAway(
  view: CaseView,
  message: MessageView,
  better: Channel,
  attempt: Attempt,
): boolean {
  const since = decidedSince(view, message, attempt);
  if (since >= attempt.at) return false;
  const open = view.availability.spans(message, better, since, attempt.at, false);
  return open.length !== 1 || open[0]?.from !== since || open[0].to !== attempt.at;
}

function judgeAttempt(
  view: CaseView,
  message: MessageView,
  attempt: Attempt,
  tried: ReadonlySet<Channel>,
): Outcome {
  let unclear = false;
  for (const better of view.availability.betterThan(message.sensitivity, attempt.channel)) {
    if (tried.has(better)) continue;
    const truth = view.availability.truth(message, better, message.submittedAt, attempt.at);
    if (truth === 'down') continue;
    // Deciding takes time: what still held within the tolerance before the dispatch excuses.
    const decided = Math.max(message.submittedAt, attempt.at - view.policy.toleranceMicros);
    const known =
      view.availability.against(message, better, attempt.at) ??
      view.availability.against(message, better, decided);
    if (known !== undefined || wasKnownAway(view, message, better, attempt)) continue;
    if (truth === 'up') return { kind: 'passed-over', channel: better };
    unclear = true;
  }
  return { kind: unclear ? 'unclear' : 'fine' };
}

/** Sends that its door refused as wrong, before it could tell which channel was meant. */
function misfits(
  view: CaseView,
  message: MessageView,
  better: Channel,
  attempt: Attempt,
): readonly Misfit[] {
  const found = view.fold.wires.misfits.get(message.id);
  if (found === undefined) return [];
  const ways = view.fold.truth.waysOf(message.person, better, message.sensitivity);
  return found.filter(
    ({ at, component }) =>
      at <= attempt.at && ways.some(({ components }) => components[0] === component),
  );
}

function find(
  view: CaseView,
  message: MessageView,
  better: Channel,
  attempt: Attempt,
  tally: Tally,
): void {
  const [wrong, ...more] = misfits(view, message, better, attempt);
  const tries = more.length === 0 ? 'once' : `${more.length + 1} times`;
  const last = more.at(-1) ?? wrong;
  const went = `${subject(message)} went out by ${copyWords(view, attempt)} although`;
  const was = `${offeredWords(view, better)} was available`;
  const gone = `${attempt.channel} ${when(attempt.at)}`;
  const submitted = message.record.submitted?.seq ?? message.record.intended.seq;
  tally.find({
    message: message.id,
    expected: `${better} first`,
    ...(last === undefined
      ? {
          seqs: [submitted, attempt.seq],
          seen: `${gone}, ${better} not tried`,
          sentence: `${went} ${was} and nothing said otherwise.`,
        }
      : {
          seqs: [submitted, last.seq, attempt.seq],
          seen: `${gone}, after ${last.component} had refused a wrong request (${last.status})`,
          sentence:
            `${went} ${was}: ${last.component} was tried ${tries} and refused the request as ` +
            `wrong (${last.status}).`,
        }),
  });
}

/**
 * What counts as known is `knowledge.ts`: answers and callbacks from when they were handed over,
 * and the lack of an answer from the policy's tolerance after the request on, until the answer is
 * there or, where none comes in time, until its back-off after the attempt timeout has passed. Not
 * from the attempt timeout on: that bounds a whole attempt with its repetitions, and a sender that
 * gives one request less time, and for the next message believes what the silence told it, has
 * skipped nothing without a reason.
 */
export const needless: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => {
      const tried = new Set<Channel>();
      let unclear = false;
      for (const attempt of message.attempts) {
        const outcome = judgeAttempt(view, message, attempt, tried);
        tried.add(attempt.channel);
        if (outcome.kind === 'unclear') unclear = true;
        if (outcome.kind !== 'passed-over') continue;
        tally.judged();
        find(view, message, outcome.channel, attempt, tally);
        return;
      }
      if (unclear) tally.leave('a preferred channel was degraded');
      else if (message.attempts.length > 0) tally.judged();
    });
    return tally.result(UNJUDGED_CEILING);
  },
};
