import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BellwetherError, nearestWord } from '../../../simulators/kernel/errors.ts';
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import { renderStory, renderTimeline } from '../../../reports/explain.ts';
import { createVocabulary } from '../../compose.ts';
import { storyOf } from '../../judge/index.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { planFor } from '../scenario-arguments.ts';
import { historiesOf } from './judge.ts';

async function eventsOf(file: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // The last line of a run that was killed may be half written.
    if (line.endsWith('}')) events.push(JSON.parse(line) as HistoryEvent);
  }
  return events;
}

function cellOf(events: readonly HistoryEvent[]): string {
  const first = events[0];
  return first?.kind === 'run.started' ? first.plan.id : 'unknown cell';
}

async function story(run: string, message: string, only: string | undefined, context: CliContext) {
  const known: string[] = [];
  let told = 0;
  for (const file of historiesOf(run, context.workingDirectory)) {
    const events = await eventsOf(file);
    const cell = cellOf(events);
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
  const near = nearestWord(message, new Set(known));
  throw new BellwetherError(`no message called ${message} in ${run}`, {
    code: 'CLI_NO_MESSAGE',
    blame: 'author',
    hint: near === undefined ? 'Messages are called <traffic>-<number>.' : `Did you mean ${near}?`,
  });
}

function timeline(path: string, context: CliContext): number {
  const plan = planFor([path], {}, createVocabulary(), context);
  const [cell] = plan.cells;
  if (cell === undefined) return EXIT.inconclusive;
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
  throw new BellwetherError('which message?', {
    code: 'CLI_NO_MESSAGE',
    blame: 'author',
    hint: 'Add its id, such as alerts-17; findings name it.',
  });
}
