/**
 * `start: { url: … }`: it already runs somewhere on this machine; it is neither started nor
 * stopped, only looked after: one that goes away is a finding, as one that crashes.
 */
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createHangWatch, isHttpDoorThere, QUESTION_MICROS } from './hang-watch.ts';
import { createHttpConversation } from './http-conversation.ts';
import { fillCalls } from './filled-calls.ts';
import { openReach } from './reach.ts';
import { WITHOUT_CLOCK } from './running.ts';
import type { RunningImplementation, StartContext } from './running.ts';

const LOOK_MICROS = MICROS_PER_SECOND;
/** So many looks in a row must find nobody: a program may be replaced by its successor. */
const LOOKS = 2;

export async function startUrl(context: StartContext): Promise<RunningImplementation> {
  const { description, network, ambient, taps, idPrefix = '' } = context;
  const { clock, history } = ambient;
  // On the ports that `bellwether env` told it of.
  await openReach(description.doc, ambient, network);
  const doc = fillCalls(description.doc, context.environment);
  const baseUrl = doc.start.url!.replace(/\/$/, '');
  const readyPath = doc.start.ready?.http ?? '/';
  let instance = 1;
  history.append({ kind: 'implementation.started', instance });
  const url = /^https?:/.test(readyPath) ? readyPath : `${baseUrl}${readyPath}`;
  const limit = doc.start.ready?.within ?? 5 * MICROS_PER_SECOND;
  const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros: limit });
  if (result.kind === 'failure') {
    throw new BellwetherError(`nothing answers at ${url} (${result.reason})`, {
      code: 'IMPLEMENTATION_UNREACHABLE',
      blame: 'author',
      hint: 'Start it first; `bellwether env` prints what to set there.',
    });
  }
  history.append({ kind: 'implementation.ready', instance });

  let down = false;
  let stopped = false;
  const endedBadly = (words: string, reason?: 'hung'): void => {
    down = true;
    watch.suspend();
    history.append({
      kind: 'implementation.exited',
      instance,
      code: null,
      signal: null,
      asked: false,
      ...(reason === undefined ? {} : { reason }),
      lastLines: [words],
    });
  };
  const watch = createHangWatch({
    clock,
    isThere: () => isHttpDoorThere(network, baseUrl, readyPath),
    hung: () => {
      if (!down && !stopped) endedBadly(`${baseUrl} takes connections and answers nothing`, 'hung');
    },
  });

  /** `nobody`: no program has the port. Anything else, silence included, is the hang watch's. */
  const look = async (): Promise<'there' | 'nobody' | 'silent'> => {
    const timeoutMicros = QUESTION_MICROS;
    const answer = await network.request({
      method: 'GET',
      url: baseUrl,
      headers: {},
      timeoutMicros,
    });
    if (answer.kind === 'answer') return 'there';
    return answer.reason === 'ECONNREFUSED' ? 'nobody' : 'silent';
  };

  let missed = 0;
  const seen = (found: 'there' | 'nobody' | 'silent'): void => {
    missed = found === 'nobody' ? missed + 1 : 0;
    if (missed >= LOOKS && !down) endedBadly(`nothing listens at ${baseUrl} any more`);
    if (found !== 'there' || !down) return;
    // Whoever looks after it has started it again.
    down = false;
    instance++;
    history.append({ kind: 'implementation.started', instance });
    history.append({ kind: 'implementation.ready', instance });
    watch.resume();
  };
  const lookAgain = (): void => {
    clock.after(
      LOOK_MICROS,
      () => {
        if (stopped) return;
        void look().then((found) => {
          if (stopped) return;
          seen(found);
          lookAgain();
        });
      },
      { daemon: true },
    );
  };
  lookAgain();

  return {
    conversation: watch.over(
      createHttpConversation({ doc, network, baseUrl, tap: taps.api, idPrefix }),
    ),
    baseUrl,
    // Never for good: it may come back, and what is sent meanwhile is judged as refused.
    down: false,
    get undecided() {
      return watch.undecided;
    },
    lastOutput: [],
    target: {
      path: 'implementation',
      kind: 'implementation',
      without: WITHOUT_CLOCK,
      verbs: {},
    },
    scanEvidence: () => {},
    stop: async () => {
      if (stopped) return;
      stopped = true;
      watch.suspend();
      // Gone in the last moments, between two looks.
      if (!down && (await look()) === 'nobody' && (await look()) === 'nobody') {
        endedBadly(`nothing listens at ${baseUrl} any more`);
      }
    },
  };
}
