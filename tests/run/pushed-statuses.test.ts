import { describe, expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import type { Conversation, StatusReading } from '../../harness/implementation/interface.ts';
import { probeCell } from '../../harness/launch/probe-cell.ts';
import { createSubmissions } from '../../harness/run/submissions.ts';
import type { EventOf } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import type { Observer } from '../../simulators/kernel/words.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

type Seen = EventOf<'status.seen'>;
const told = (raw: string, word: NonNullable<StatusReading['word']>): StatusReading => ({
  raw,
  word,
  body: raw,
});

/** One message to ana, accepted under the id `own-1` by an implementation that tells by push. */
function stage(polled?: StatusReading) {
  const cell = probeCell(createVocabulary());
  const clock = createVirtualClock();
  const history = createHistory(clock);
  const seen: Seen[] = [];
  const scans: EventOf<'tap.scanned'>[] = [];
  history.subscribe((event) => {
    if (event.kind === 'status.seen') seen.push(event);
    else if (event.kind === 'tap.scanned') scans.push(event);
  });
  const random = createRandom(1);
  const ids = createIds(random.fork('ids'));
  const conversation: Conversation = {
    registerPerson: () => Promise.resolve(undefined),
    registerDevice: () => Promise.resolve(undefined),
    submit: (_submission, answer) => {
      submissions.pushed('own-1', told('8', 'sent'));
      answer({ outcome: 'accepted', status: '202', id: 'own-1', body: '' });
    },
    status: (_message, _id, answer) => answer(polled),
    unknownOperation: () => Promise.resolve(undefined),
    quiesce: () => Promise.resolve(),
  };
  const tapOf = (observer: Observer) =>
    createTap({ history, scanner: createScanner(), index: createMessageIndex() }, observer, 'here');
  const submissions = createSubmissions({
    cell,
    ambient: { clock, random, ids, history, index: createMessageIndex() },
    people: peopleOf(cell),
    conversation: () => conversation,
    recipientOf: () => ({}),
    taps: { api: tapOf('implementation-api'), callbacks: tapOf('implementation-callbacks') },
    idempotent: false,
    pollMicros: null,
    tellsStatus: true,
    sendToBusiness: () => {},
    sendFromDevice: () => {},
  });
  const begin = async (): Promise<void> => {
    submissions.begin();
    clock.touch();
    await clock.run(5_000_000);
  };
  const exposed = (): string[] =>
    scans.filter(({ found }) => found.length > 0).map(({ observer }) => observer);
  const pass = (micros: number): Promise<void> => {
    clock.touch();
    return clock.run(clock.now() + micros);
  };
  const { toleranceMicros } = cell.policy;
  return { submissions, seen, exposed, begin, pass, toleranceMicros };
}

describe('a status that the implementation pushes', () => {
  it('counts when it comes before the answer that names the message', async () => {
    const { seen, begin } = stage();
    await begin();
    expect(seen).toMatchObject([{ message: 'first-1', raw: '8', word: 'sent', by: 'push' }]);
  });

  it('is looked at for content when its words change and its status does not', async () => {
    const { exposed, submissions, begin } = stage();
    await begin();
    submissions.pushed('own-1', { ...told('8', 'sent'), body: 'still 8' });
    expect(exposed()).toEqual([]);
    submissions.pushed('own-1', { ...told('8', 'sent'), body: 'still 8: QX7H37RZR9C6' });
    expect(exposed()).toEqual(['implementation-callbacks']);
  });

  it('is the final one when the implementation cannot be asked', async () => {
    const { seen, submissions, begin } = stage();
    await begin();
    submissions.pushed('own-1', told('1', 'delivered'));
    await submissions.readFinal();
    expect(seen.at(-1)).toMatchObject({ word: 'delivered', by: 'push', final: true });
  });

  it('is recorded, and is not the final one, when another had overtaken it', async () => {
    const { seen, submissions, begin, pass, toleranceMicros } = stage();
    await begin();
    submissions.pushed('own-1', told('1', 'delivered'));
    await pass(toleranceMicros);
    submissions.pushed('own-1', told('8', 'sent'));
    await submissions.readFinal();
    expect(seen.map(({ word }) => word)).toEqual(['sent', 'delivered', 'sent', 'delivered']);
    expect(submissions.told('own-1')).toMatchObject({ word: 'delivered' });
  });

  it('is the final one when it takes back what was said longer ago', async () => {
    const { seen, submissions, begin, pass, toleranceMicros } = stage();
    await begin();
    submissions.pushed('own-1', told('1', 'delivered'));
    await pass(toleranceMicros + 1);
    submissions.pushed('own-1', told('8', 'sent'));
    await submissions.readFinal();
    expect(seen.at(-1)).toMatchObject({ word: 'sent', final: true });
  });

  it('may be overtaken before the answer that names the message, too', async () => {
    const { submissions } = stage();
    submissions.pushed('own-3', told('1', 'delivered'));
    submissions.pushed('own-3', told('8', 'sent'));
    expect(submissions.told('own-3')).toMatchObject({ word: 'delivered' });
  });

  it('gives way to what the implementation answers at the end', async () => {
    const { seen, submissions, begin } = stage(told('failed', 'failed'));
    await begin();
    await submissions.readFinal();
    expect(seen.at(-1)).toMatchObject({ word: 'failed', by: 'poll', final: true });
  });

  it('of nobody’s message is not recorded', async () => {
    const { seen, submissions, begin } = stage();
    await begin();
    submissions.pushed('own-2', told('1', 'delivered'));
    await submissions.readFinal();
    expect(seen.map(({ word }) => word)).toEqual(['sent', 'sent']);
  });

  it('of a stranger’s message is known to the honesty probe', async () => {
    const { submissions, begin } = stage();
    await begin();
    submissions.pushed('probe-2', told('1', 'delivered'));
    expect(submissions.told('probe-2')).toMatchObject({ word: 'delivered' });
    expect(submissions.told('own-1')).toMatchObject({ word: 'sent' });
    expect(submissions.told('own-9')).toBeUndefined();
  });

  it('keeps the message under way until it says how it ended', async () => {
    const { submissions, begin } = stage();
    await begin();
    expect(submissions.underWay).toBe(1);
    submissions.pushed('own-1', told('1', 'delivered'));
    expect(submissions.underWay).toBe(0);
  });
});
