/** Who held the keys of what a business sent encrypted by RCS, and who could read it on its way. */
import type { CellCounts, Protection } from '../../simulators/kernel/finding.ts';
import type { Observer } from '../../simulators/kernel/words.ts';
import type { CaseView, MessageView } from './view.ts';

/** Of the copy that arrived, else of the last that went out; null where it was not encrypted. */
export function protectionOf(view: CaseView, message: MessageView): Protection | null {
  if (message.record.from !== null || message.record.toBusiness) return null;
  const copy = message.arrival?.display ?? message.dispatches.at(-1);
  if (copy?.channel !== 'rcs-e2ee') return null;
  const { sessions, attribution } = view.fold;
  const isManaged = sessions.manages(attribution.root(copy.transmission));
  return isManaged ? 'gateway-session' : 'own-mls-client';
}

/** Those whose taps found its content, wherever and in whichever copy that was. */
export function readersOf(view: CaseView, message: MessageView): readonly Observer[] {
  return view.fold.taps.readersOf(message.record);
}

/** How many messages each way protected, and of these how many each observer could read. */
export function protectionCounts(view: CaseView): CellCounts['protection'] {
  const counts: Partial<Record<Protection, Tallied>> = {};
  for (const message of view.messages) {
    const protection = protectionOf(view, message);
    if (protection === null) continue;
    const tallied = (counts[protection] ??= { messages: 0, readableFor: {} });
    tallied.messages++;
    for (const observer of readersOf(view, message)) {
      tallied.readableFor[observer] = (tallied.readableFor[observer] ?? 0) + 1;
    }
  }
  return Object.keys(counts).length === 0 ? undefined : counts;
}

interface Tallied {
  messages: number;
  readonly readableFor: Partial<Record<Observer, number>>;
}
