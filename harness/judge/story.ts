/** One message's story in time order, in plain words, and why it was judged so. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CellVerdict, Protection } from '../../simulators/kernel/finding.ts';
import { judgeCell } from './cell-verdict.ts';
import { Fold } from './fold.ts';
import { protectionOf, readersOf } from './protection.ts';
import { RULES } from './rules/index.ts';
import { eventWords } from './story-words.ts';
import type { ChannelWording } from './story-words.ts';
import { channelWords, copyWords } from './wording.ts';
import { createView } from './view.ts';
import type { CaseView, MessageView } from './view.ts';

export interface StoryLine {
  /** µs since the cell began. */
  readonly atMicros: number;
  /** 0 for the closing judgement lines. */
  readonly seq: number;
  readonly text: string;
  readonly kind: HistoryEvent['kind'] | 'judged';
  /** Of a finding: the seq numbers of the events that prove it, in order. */
  readonly evidence?: readonly number[];
}

const PROTECTED = {
  'own-mls-client': 'Encrypted by the sender’s own MLS client',
  'gateway-session': 'Encrypted by a gateway-managed session, not end to end',
} as const satisfies Record<Protection, string>;

/** Whose keys it was encrypted with, and whose taps found it readable. */
function keysLine(view: CaseView, message: MessageView, end: number): StoryLine {
  const protection = protectionOf(view, message);
  const readers = readersOf(view, message);
  const how = protection === null ? 'Not encrypted by RCS' : PROTECTED[protection];
  const who = readers.length === 0 ? 'nobody on its way' : readers.join(', ');
  return { atMicros: end, seq: 0, kind: 'judged', text: `${how}; readable for ${who}.` };
}

/** What ties an event to a message. */
type Linked = {
  readonly wire?: string;
  readonly message?: string;
  readonly component?: string;
};

function judgementLines(verdict: CellVerdict, message: string, end: number): StoryLine[] {
  const lines: StoryLine[] = [];
  const findings = verdict.rules.flatMap((outcome) =>
    outcome.findings
      .filter((finding) => finding.message === message)
      .map((finding) => ({ finding, follows: outcome.follows ?? [] })),
  );
  const spoke = new Set(findings.map(({ finding }) => finding.rule));
  const told = findings
    .map(({ finding, follows }) => ({ finding, causes: follows.filter((rule) => spoke.has(rule)) }))
    .sort((a, b) => a.causes.length - b.causes.length);
  for (const { finding, causes } of told) {
    lines.push({
      atMicros: end,
      seq: 0,
      kind: 'judged',
      text:
        `${finding.rule} (${finding.level}): ${finding.sentence} Expected: ${finding.expected}; ` +
        `seen: ${finding.seen}.` +
        (causes.length === 0 ? '' : ` It may follow from ${causes.join(', ')}.`),
      evidence: finding.evidence,
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

interface Seen {
  readonly fold: Fold;
  readonly view: CaseView;
}

function seenIn(events: readonly HistoryEvent[]): Seen | null {
  const started = events[0];
  if (started?.kind !== 'run.started') return null;
  const fold = new Fold(started);
  for (const event of events) fold.observe(event);
  return { fold, view: createView(fold) };
}

/** Attribution is the judges' own. */
function linesIn(
  { fold, view }: Seen,
  events: readonly HistoryEvent[],
  wanted: readonly string[],
): Map<string, StoryLine[]> {
  const stories = new Map(wanted.map((message): [string, StoryLine[]] => [message, []]));
  const requests = new Map<number, readonly string[]>();
  const callbacks = new Map<string, readonly string[]>();
  const onWire = (wire: string | undefined): string | undefined =>
    wire === undefined ? undefined : view.messageOf(fold.attribution.ofWire(wire))?.id;
  const words: ChannelWording = (channel, event) => {
    const { wire, component } = event as Linked;
    const given = component !== undefined && fold.sessions.reads(component);
    if (wire === undefined) return channelWords(channel, given);
    return copyWords(view, { channel, transmission: fold.attribution.ofWire(wire) });
  };
  for (const event of events) {
    const linked = event as Linked;
    const about = [
      linked.message,
      onWire(linked.wire),
      ...((event.kind === 'door.answered' && requests.get(event.request)) || []),
      ...((event.kind === 'callback.answered' && callbacks.get(event.callback)) || []),
    ];
    const named = new Set(about.filter((id) => id !== undefined));
    const mine = [...named].filter((id) => stories.has(id));
    if (mine.length === 0) continue;
    if (event.kind === 'door.request') requests.set(event.seq, mine);
    if (event.kind === 'callback.sent') callbacks.set(event.callback, mine);
    const text = eventWords(event, words);
    if (text === null) continue;
    const line = { atMicros: event.t, seq: event.seq, kind: event.kind, text };
    for (const id of mine) stories.get(id)?.push(line);
  }
  return stories;
}

/** The stories of several messages without their judgement; empty where one is not known. */
export function storiesOf(
  events: readonly HistoryEvent[],
  messages: readonly string[],
): ReadonlyMap<string, readonly StoryLine[]> {
  const seen = seenIn(events);
  return seen === null ? new Map() : linesIn(seen, events, messages);
}

/** Empty when the history knows no such message. */
export function storyOf(events: readonly HistoryEvent[], message: string): StoryLine[] {
  const seen = seenIn(events);
  const judged = seen?.view.byId.get(message);
  if (seen === null || judged === undefined) return [];
  const lines = linesIn(seen, events, [message]).get(message) ?? [];
  const end = events.at(-1)?.t ?? 0;
  return [
    ...lines,
    ...(judged.record.from === null ? [keysLine(seen.view, judged, end)] : []),
    ...judgementLines(judgeCell(seen.view, RULES, null), message, end),
  ];
}
