/** One message's story in time order, in plain words, and why it was judged so. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { createCase } from './case.ts';
import { eventWords } from './story-words.ts';

export interface StoryLine {
  /** µs since the cell began. */
  readonly atMicros: number;
  /** 0 for the closing judgement lines. */
  readonly seq: number;
  readonly text: string;
  readonly kind: HistoryEvent['kind'] | 'judged';
}

/** Events that belong to others unless a wire or a message says that they are this one's. */
type Linked = { readonly wire?: string; readonly message?: string; readonly parent?: string };

/** All wires over which the message travelled: grown until nothing new is linked. */
function wiresOf(events: readonly HistoryEvent[], message: string, canary: string): Set<string> {
  const wires = new Set<string>();
  const seen = (event: HistoryEvent): boolean =>
    event.kind === 'tap.scanned' && event.found.some((each) => each.canary === canary);
  for (const event of events) {
    const linked = event as Linked;
    if (linked.wire !== undefined && (linked.message === message || seen(event))) {
      wires.add(linked.wire);
    }
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const event of events) {
      if (event.kind !== 'carried' || event.parent === undefined) continue;
      if (wires.has(event.wire) === wires.has(event.parent)) continue;
      wires.add(event.wire).add(event.parent);
      grew = true;
    }
  }
  return wires;
}

function judgementLines(verdict: CellVerdict, message: string, end: number): StoryLine[] {
  const lines: StoryLine[] = [];
  const findings = verdict.rules.flatMap((outcome) => outcome.findings);
  for (const finding of findings.filter((each) => each.message === message)) {
    lines.push({
      atMicros: end,
      seq: 0,
      kind: 'judged',
      text:
        `${finding.rule} (${finding.level}): ${finding.sentence} Expected: ${finding.expected}; ` +
        `seen: ${finding.seen}; events ${finding.evidence.join(', ')}.`,
    });
  }
  if (lines.length === 0) {
    lines.push({ atMicros: end, seq: 0, kind: 'judged', text: 'No rule found anything wrong with it.' });
  }
  return lines;
}

/** Empty when the history knows no such message. */
export function storyOf(events: readonly HistoryEvent[], message: string): StoryLine[] {
  const intended = events.find(
    (event) => event.kind === 'message.intended' && event.message === message,
  );
  if (intended?.kind !== 'message.intended') return [];
  const wires = wiresOf(events, message, intended.canary);
  const requests = new Set<number>();
  const callbacks = new Set<string>();
  const lines: StoryLine[] = [];
  const judged = createCase();
  for (const event of events) {
    judged.observe(event);
    const linked = event as Linked;
    const mine =
      linked.message === message ||
      (linked.wire !== undefined && wires.has(linked.wire)) ||
      (event.kind === 'door.answered' && requests.has(event.request)) ||
      (event.kind === 'callback.answered' && callbacks.has(event.callback));
    if (!mine) continue;
    if (event.kind === 'door.request') requests.add(event.seq);
    if (event.kind === 'callback.sent') callbacks.add(event.callback);
    const text = eventWords(event);
    if (text !== null) lines.push({ atMicros: event.t, seq: event.seq, kind: event.kind, text });
  }
  const end = events.at(-1)?.t ?? 0;
  return [...lines, ...judgementLines(judged.verdict(), message, end)];
}
