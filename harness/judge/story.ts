/** One message's story in time order, in plain words, and why it was judged so. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { judgeCell } from './cell-verdict.ts';
import { Fold } from './fold.ts';
import { RULES } from './rules/index.ts';
import { eventWords } from './story-words.ts';
import { createView } from './view.ts';

export interface StoryLine {
  /** µs since the cell began. */
  readonly atMicros: number;
  /** 0 for the closing judgement lines. */
  readonly seq: number;
  readonly text: string;
  readonly kind: HistoryEvent['kind'] | 'judged';
}

/** What ties an event to a message. */
type Linked = { readonly wire?: string; readonly message?: string };

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
    lines.push({
      atMicros: end,
      seq: 0,
      kind: 'judged',
      text: 'No rule found anything wrong with it.',
    });
  }
  return lines;
}

/** Attribution is the judges' own; empty when the history knows no such message. */
export function storyOf(events: readonly HistoryEvent[], message: string): StoryLine[] {
  const started = events[0];
  if (started?.kind !== 'run.started') return [];
  const fold = new Fold(started);
  for (const event of events) fold.observe(event);
  const view = createView(fold);
  if (!view.byId.has(message)) return [];
  const requests = new Set<number>();
  const callbacks = new Set<string>();
  const lines: StoryLine[] = [];
  const onWire = (wire: string | undefined): boolean =>
    wire !== undefined && view.messageOf(fold.attribution.ofWire(wire))?.id === message;
  for (const event of events) {
    const linked = event as Linked;
    const mine =
      linked.message === message ||
      onWire(linked.wire) ||
      (event.kind === 'door.answered' && requests.has(event.request)) ||
      (event.kind === 'callback.answered' && callbacks.has(event.callback));
    if (!mine) continue;
    if (event.kind === 'door.request') requests.add(event.seq);
    if (event.kind === 'callback.sent') callbacks.add(event.callback);
    const text = eventWords(event);
    if (text !== null) lines.push({ atMicros: event.t, seq: event.seq, kind: event.kind, text });
  }
  const end = events.at(-1)?.t ?? 0;
  return [...lines, ...judgementLines(judgeCell(view, RULES, null), message, end)];
}
