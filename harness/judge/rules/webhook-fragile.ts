import type { EventOf } from '../../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { AnsweredCallback, OddCallback } from '../callback-ledger.ts';
import type { Mark, StepBack, Told } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { subject, when } from '../wording.ts';

const entry: RuleEntry = {
  name: 'webhook/fragile',
  level: 'must',
  kind: 'safety',
  fails:
    'A callback that is malformed, far too large, out of order or a repetition crashes the ' +
    'implementation, stalls it, or moves a status backwards.',
  hint:
    'Limit the body, catch what cannot be parsed and answer 4xx; let a status only ever move ' +
    'forward (queued < sent < delivered < read).',
  source: 'design: webhook/fragile; “Status callbacks”: their order is not promised',
};

const WORDS = {
  malformed: 'a malformed callback',
  oversize: 'a callback far too large',
  again: 'a repeated callback',
  replayed: 'a repeated callback',
} as const;
type Trying = OddCallback & { readonly kind: keyof typeof WORDS };

const isTrying = (callback: OddCallback): callback is Trying => callback.kind in WORDS;

/** An exit that comes so soon after the connection broke is why it broke. */
const BROKEN_MICROS = 1_000_000;
/** What is answered and then thrown elsewhere ends it at once. */
const ANSWERED_MICROS = 200_000;
/** Genuine callbacks that go unanswered so soon afterwards show what it is still busy with. */
const STALLED_MICROS = 30_000_000;

type Exit = EventOf<'implementation.exited'>;

/** It ended by itself while it had this callback, or as soon as it had answered. */
function exitDuring({ at, answer }: Trying, exits: readonly Exit[]): Exit | undefined {
  const until = answer.at + (answer.outcome === 'no-answer' ? BROKEN_MICROS : ANSWERED_MICROS);
  return exits.find((exit) => !exit.asked && exit.t >= at && exit.t <= until);
}

/** The first genuine callback that was left without an answer because of this one. */
function stalledBy(view: CaseView, { at, answer }: Trying): AnsweredCallback | undefined {
  return view.fold.wires.callbacks.timedOut.find(
    (genuine) => genuine.at >= at && genuine.at <= answer.at + STALLED_MICROS,
  );
}

function isExcused(view: CaseView, from: number, to: number): boolean {
  return view.fold.run.wasDown(from, to) || view.lagged(from, to);
}

function judgeTrying(view: CaseView, callback: Trying, tally: Tally): void {
  const { answer, component } = callback;
  const what = WORDS[callback.kind];
  const { exits } = view.fold.run;
  const exit = exitDuring(callback, exits);
  if (exit !== undefined) {
    tally.judged();
    tally.find({
      seqs: [callback.seq, answer.seq, exit.seq],
      expected: 'a refusal, and life goes on',
      seen: exit.reason === 'hung' ? 'it hung' : 'it ended',
      sentence: `The implementation ended ${when(exit.t)} over ${what} from ${component}.`,
    });
    return;
  }
  const silent = answer.status === 'ETIMEDOUT';
  const stalled = silent ? undefined : stalledBy(view, callback);
  const until = stalled?.answer.at ?? answer.at;
  if (isExcused(view, callback.at, until)) {
    tally.leave('the harness had stopped it, or was too slow itself');
    return;
  }
  tally.judged();
  if (!silent && stalled === undefined) return;
  tally.find({
    seqs: [callback.seq, answer.seq, ...(stalled === undefined ? [] : [stalled.answer.seq])],
    expected: 'an answer in the vendor’s time',
    seen: silent ? 'no answer to it' : `no answer to “${stalled?.event}” after it`,
    sentence:
      `The implementation stalled over ${what} from ${component} ${when(callback.at)}: ` +
      `${silent ? 'it was never answered' : 'the next callbacks were not answered'}.`,
  });
}

const RANK: Readonly<Record<string, number>> = { queued: 0, sent: 1, delivered: 2, read: 3 };
const rankOf = (word: string | null): number => (word === null ? -1 : (RANK[word] ?? -1));

/** As they were made; nearly always that is the order in which they were told. */
function asMade(told: readonly Told[]): readonly Told[] {
  const inOrder = told.every((one, index) => one.offeredAt >= (told[index - 1]?.offeredAt ?? 0));
  return inOrder ? told : told.toSorted((a, b) => a.offeredAt - b.offeredAt || a.seq - b.seq);
}

/** Genuine callbacks that came after one that says more of the same copy. */
function lateOf(message: MessageView): Told[] {
  const late: Told[] = [];
  for (const { told } of message.transmissions) {
    let highest = -1;
    for (const one of asMade(told)) {
      const rank = rankOf(one.implies);
      if (rank >= 0 && rank < highest) late.push(one);
      highest = Math.max(highest, rank);
    }
  }
  return late;
}

interface Cause extends Mark {
  readonly what: string;
}

function causeOf(
  { from, to }: StepBack,
  late: readonly Told[],
  repeated: readonly Trying[],
): Cause | undefined {
  const again = repeated.find(({ at, pretends }) => pretends === to.word && at <= to.at);
  if (again !== undefined) return { at: again.at, seq: again.seq, what: WORDS[again.kind] };
  const told = late.find(
    ({ implies, offeredAt, at }) => implies === to.word && offeredAt <= to.at && at >= from.at,
  );
  if (told === undefined) return undefined;
  return { at: told.at, seq: told.seq, what: 'a callback that came out of order' };
}

function judgeOrder(view: CaseView, repeated: readonly Trying[], tally: Tally): void {
  const byMessage = Map.groupBy(repeated, ({ transmission }) =>
    transmission === null ? null : view.messageOf(transmission),
  );
  for (const message of view.messages) {
    const late = lateOf(message);
    tally.judged(late.length);
    for (const step of message.record.stepsBack) {
      const cause = causeOf(step, late, byMessage.get(message) ?? []);
      if (cause === undefined) continue;
      const { from, to } = step;
      tally.find({
        message: message.id,
        seqs: [from.seq, cause.seq, to.seq],
        expected: `${from.word}, or more`,
        seen: `${to.word} (“${to.raw}”) after ${from.word}`,
        sentence:
          `${subject(message)} went back from ${from.word} to ${to.word} ${when(to.at)}, ` +
          `after ${cause.what}.`,
      });
    }
  }
}

export const fragile: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const trying = view.fold.wires.callbacks.odd.filter(isTrying);
    for (const callback of trying) judgeTrying(view, callback, tally);
    judgeOrder(
      view,
      trying.filter(({ kind }) => kind === 'again' || kind === 'replayed'),
      tally,
    );
    return tally.result();
  },
};
