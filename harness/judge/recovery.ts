/** From a fault's end until delivery and latency are as before, and the backlog has drained. */
import type { CaseView, MessageView } from './view.ts';

export interface Recovery {
  readonly fault: string;
  readonly liftedAt: number;
  /** From the end of the fault; 0 when nothing was left behind. */
  readonly micros: number;
  /** Messages that were waiting when the fault ended. */
  readonly backlog: number;
  /** Messages of the backlog, or intended later, that never came to an end. */
  readonly unfinished: readonly MessageView[];
  /** The message that recovered last. */
  readonly last: MessageView | null;
  /** Dispatches within a second of the end: the herd on return. */
  readonly herd: number;
}

const HERD_MICROS = 1_000_000;

/** When a message came to an end: shown, or reported failed. */
function settledAt(message: MessageView): number | null {
  const shown = message.arrival?.at ?? null;
  const failed = message.record.failedTold?.at ?? null;
  if (shown === null) return failed;
  return failed === null ? shown : Math.min(shown, failed);
}

function reachable(view: CaseView, message: MessageView, at: number): boolean {
  return view.availability
    .usable(message.sensitivity)
    .some((channel) => view.availability.truth(message, channel, at, at) !== 'down');
}

/** The slowest message before the fault, plus the tolerance; the deadline when there was none. */
function usualMicros(view: CaseView, before: number): number | null {
  let slowest: number | null = null;
  for (const message of view.messages) {
    if (message.record.intended.at >= before || message.arrival === null) continue;
    if (message.arrival.at > before) continue;
    slowest = Math.max(slowest ?? 0, message.arrival.at - message.record.intended.at);
  }
  return slowest === null ? null : slowest + view.policy.toleranceMicros;
}

/** null when the fault never ended or nothing happened after it by which recovery could be seen. */
export function recoveryFrom(view: CaseView, fault: string): Recovery | null {
  const story = view.fold.run.faults.get(fault);
  if (story?.applied == null || story.lifted === null) return null;
  const { at: lifted } = story.lifted;
  const usual = usualMicros(view, story.applied.at);
  let micros = 0;
  let backlog = 0;
  let later = 0;
  let last: MessageView | null = null;
  const unfinished: MessageView[] = [];
  for (const message of view.messages) {
    if (message.record.toBusiness) continue;
    const intended = message.record.intended.at;
    const settled = settledAt(message);
    if (settled !== null && settled <= lifted) continue;
    if (message.record.answers.length > 0 && !message.taken) continue;
    if (settled === null && !reachable(view, message, view.endedAt - 1)) continue;
    if (intended < lifted) backlog++;
    else later++;
    if (settled === null) unfinished.push(message);
    const limit = usual ?? view.policy.deadlineMicros[message.sensitivity];
    if (settled !== null && intended >= lifted && settled - intended <= limit) continue;
    const took = (settled ?? view.endedAt) - lifted;
    if (took <= micros) continue;
    micros = took;
    last = message;
  }
  if (backlog === 0 && later === 0) return null;
  const herd = view.transmissions
    .flatMap((each) => each.dispatches)
    .filter((each) => each.at >= lifted && each.at < lifted + HERD_MICROS).length;
  return { fault, liftedAt: lifted, micros, backlog, unfinished, last, herd };
}
