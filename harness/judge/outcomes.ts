/** Messages and counts as reports show them. */
import type { CellCounts, MessageOutcome, RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { protectionCounts, protectionOf, readersOf } from './protection.ts';
import { unrecognisedTexts } from './unrecognised.ts';
import type { CaseView, MessageView } from './view.ts';

/** Rows kept for reports; failing ones first. */
const MAX_ROWS = 1_000;

/** rule names with a finding, per message. */
function rulesByMessage(rules: readonly RuleOutcome[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const outcome of rules) {
    for (const finding of outcome.findings) {
      if (finding.message === undefined) continue;
      const names = found.get(finding.message);
      if (names === undefined) found.set(finding.message, [finding.rule]);
      else if (!names.includes(finding.rule)) names.push(finding.rule);
    }
  }
  return found;
}

export interface FallbackTally {
  readonly judged: number;
  readonly correct: number;
  readonly forbidden: number;
  /** Those that found something wrong with a message of these. */
  readonly rules: readonly string[];
}

/** Messages without a fallback finding among the messages judged; `of` one traffic, or all. */
export function fallbackTally(
  view: CaseView,
  rules: readonly RuleOutcome[],
  of: string | null,
): FallbackTally {
  const found = rulesByMessage(rules.filter((outcome) => outcome.rule.startsWith('fallback/')));
  let judged = 0;
  let wrong = 0;
  let forbidden = 0;
  const guilty = new Set<string>();
  for (const message of view.messages) {
    if (of !== null && message.record.traffic.name !== of) continue;
    if (message.record.from !== null || message.maybe.length > 0) continue;
    const names = found.get(message.id);
    if (message.dispatches.length === 0 && names === undefined) continue;
    judged++;
    if (names === undefined) continue;
    wrong++;
    for (const name of names) guilty.add(name);
    if (names.includes('fallback/forbidden-channel')) forbidden++;
  }
  return { judged, correct: judged - wrong, forbidden, rules: [...guilty] };
}

/** The best allowed channel that was there from submission to the first dispatch, or `none`. */
function bestChannel(view: CaseView, message: MessageView): Channel | 'none' {
  const until = message.dispatches[0]?.at ?? message.submittedAt;
  return (
    view.availability
      .usable(message.sensitivity)
      .find(
        (channel) => view.availability.truth(message, channel, message.submittedAt, until) === 'up',
      ) ?? 'none'
  );
}

/** How often this was used where that was the best. */
interface Use {
  readonly best: Channel | 'none';
  readonly used: Channel | 'none';
  count: number;
}

function confusion(view: CaseView): Record<string, number> {
  const uses: Use[] = [];
  for (const message of view.ordered) {
    if (!message.taken) continue;
    const used = message.arrival?.display.channel ?? 'none';
    const best = bestChannel(view, message);
    const known = uses.find((each) => each.best === best && each.used === used);
    if (known === undefined) uses.push({ best, used, count: 1 });
    else known.count++;
  }
  return Object.fromEntries(uses.map(({ best, used, count }) => [`${best} → ${used}`, count]));
}

function bump(counts: Partial<Record<Channel, number>>, channel: Channel): void {
  counts[channel] = (counts[channel] ?? 0) + 1;
}

export function cellCounts(view: CaseView, rules: readonly RuleOutcome[]): CellCounts {
  const dispatched: Partial<Record<Channel, number>> = {};
  const displayedOn: Partial<Record<Channel, number>> = {};
  for (const transmission of view.transmissions) {
    for (const dispatch of transmission.dispatches) bump(dispatched, dispatch.channel);
  }
  let accepted = 0;
  let refused = 0;
  let displayed = 0;
  let onTime = 0;
  let padlocked = 0;
  for (const message of view.messages) {
    // What a person sent is under way; there is nobody to accept it first.
    const bySelf = message.record.traffic.from !== null && !view.cell.worldCheck;
    if (message.acceptedAt !== null || bySelf) accepted++;
    else if (message.record.answers.some(({ outcome }) => outcome === 'refused')) refused++;
    if (message.arrival === null) continue;
    displayed++;
    bump(displayedOn, message.arrival.display.channel);
    if (message.arrival.display.padlock) padlocked++;
    if (message.arrival.at <= message.deadlineAt) onTime++;
  }
  const tally = fallbackTally(view, rules, null);
  const { taps, run } = view.fold;
  const protection = protectionCounts(view);
  const unrecognised = unrecognisedTexts(view);
  return {
    messages: view.messages.length,
    accepted,
    ...(refused > 0 && { refused }),
    displayed,
    onTime,
    dispatched,
    displayedOn,
    ...(padlocked > 0 && { padlocked }),
    ...(protection !== undefined && { protection }),
    scans: taps.scans,
    canariesSeen: taps.seen,
    unattributed: view.unattributed,
    ...(unrecognised > 0 && { unrecognised }),
    events: run.events,
    confusion: view.judgesImplementation ? confusion(view) : {},
    fallbackJudged: view.judgesImplementation ? tally.judged : 0,
    fallbackCorrect: view.judgesImplementation ? tally.correct : 0,
  };
}

function keysOf(
  view: CaseView,
  message: MessageView,
): Pick<MessageOutcome, 'protection' | 'readableFor'> {
  const protection = protectionOf(view, message);
  const readableFor = readersOf(view, message);
  return {
    ...(protection !== null && { protection }),
    ...(readableFor.length > 0 && { readableFor }),
  };
}

export function messageOutcomes(view: CaseView, rules: readonly RuleOutcome[]): MessageOutcome[] {
  const found = rulesByMessage(rules);
  const failing = view.messages.filter((message) => found.has(message.id));
  const rest = view.messages.filter((message) => !found.has(message.id));
  return [...failing, ...rest].slice(0, MAX_ROWS).map((message) => ({
    message: message.id,
    traffic: message.record.traffic.name,
    person: message.person.id,
    sensitivity: message.sensitivity,
    displayedOn: message.arrival?.display.channel ?? null,
    latencyMicros:
      message.arrival === null ? null : message.arrival.at - message.record.intended.at,
    tried: [...new Set(message.attempts.map((attempt) => attempt.channel))],
    status: message.record.status?.raw ?? null,
    rules: found.get(message.id) ?? [],
    ...keysOf(view, message),
  }));
}
