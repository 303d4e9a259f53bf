import { BellwetherError, nearestWord } from '../../../simulators/kernel/errors.ts';
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import { renderStory, renderTimeline } from '../../../reports/explain.ts';
import { createVocabulary } from '../../compose.ts';
import { readHistory, storyOf } from '../../judge/index.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { historiesOf } from '../histories.ts';
import { nothingPlanned, planFor } from '../scenario-arguments.ts';

async function eventsOf(file: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  // The last line of a run that was killed may be half written.
  for await (const event of readHistory(file, () => {})) events.push(event);
  return events;
}

function cellOf(events: readonly HistoryEvent[]): string {
  const first = events[0];
  return first?.kind === 'run.started' ? first.plan.id : 'unknown cell';
}

const SHOWN = 3;

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

function noMessage(message: string, hint: string): BellwetherError {
  return new BellwetherError(message, { code: 'CLI_NO_MESSAGE', blame: 'author', hint });
}

async function story(run: string, message: string, only: string | undefined, context: CliContext) {
  const known: string[] = [];
  const cells: string[] = [];
  let told = 0;
  for (const file of historiesOf(run, context.workingDirectory)) {
    const events = await eventsOf(file);
    const cell = cellOf(events);
    cells.push(cell);
    if (only !== undefined && !cell.includes(only)) continue;
    const messages = events.flatMap((event) =>
      event.kind === 'message.intended' ? [event.message] : [],
    );
    known.push(...messages);
    if (!messages.includes(message)) continue;
    told++;
    context.stdout.write(
      `${cell}\n${renderStory(storyOf(events, message), context.stdout.columns)}\n`,
    );
  }
  if (told > 0) return EXIT.pass;
  if (only !== undefined && !cells.some((cell) => cell.includes(only))) {
    throw noMessage(`no cell of ${run} has ${only} in its id`, `It has ${someOf(cells)}.`);
  }
  const near = nearestWord(message, new Set(known));
  const there = known.length === 0 ? 'It has no messages.' : `It has ${someOf(known)}.`;
  throw noMessage(
    `no message called ${message} in ${run}`,
    near === undefined ? there : `Did you mean ${near}?`,
  );
}

function timeline(path: string, context: CliContext): number {
  const plan = planFor([path], {}, createVocabulary(), context);
  const [cell] = plan.cells;
  if (cell === undefined) {
    context.stderr.write(nothingPlanned([path], undefined));
    return EXIT.inconclusive;
  }
  context.stdout.write(renderTimeline(cell, context.stdout.columns));
  return EXIT.pass;
}

/** A scenario as a timeline, or one message's story; the exit code. Throws CLI_NO_MESSAGE. */
export async function explain(
  where: string,
  message: string | undefined,
  only: string | undefined,
  context: CliContext,
): Promise<number> {
  if (message !== undefined) return story(where, message, only, context);
  if (/\.ya?ml$/.test(where)) return timeline(where, context);
  // What is no run is said before a message of it is asked for.
  historiesOf(where, context.workingDirectory);
  throw noMessage('which message?', 'Add its id, such as alerts-17; findings name it.');
}
