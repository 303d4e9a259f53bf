/**
 * `start: { url: … }`: it already runs somewhere on this machine; it is neither started nor
 * stopped.
 */
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createHttpConversation } from './http-conversation.ts';
import { fillDeep } from './placeholders.ts';
import type { RunningImplementation, StartContext } from './running.ts';

export async function startUrl(context: StartContext): Promise<RunningImplementation> {
  const { description, network, ambient } = context;
  const doc = {
    ...description.doc,
    send: fillDeep(description.doc.send, context.environment, 'send'),
  };
  const baseUrl = doc.start.url!.replace(/\/$/, '');
  const { history } = ambient;
  history.append({ kind: 'implementation.started', instance: 1 });
  const url = `${baseUrl}${doc.start.ready?.http ?? '/'}`;
  const limit = doc.start.ready?.within ?? 5 * MICROS_PER_SECOND;
  const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros: limit });
  if (result.kind === 'failure') {
    throw new BellwetherError(`nothing answers at ${url} (${result.reason})`, {
      code: 'IMPLEMENTATION_UNREACHABLE',
      blame: 'author',
      hint: 'Start it first; `bellwether env` prints what to set there.',
    });
  }
  history.append({ kind: 'implementation.ready', instance: 1 });
  return {
    conversation: createHttpConversation({ doc, network, baseUrl }),
    baseUrl,
    down: false,
    lastOutput: [],
    target: { path: 'implementation', kind: 'implementation', verbs: {} },
    scanEvidence: () => {},
    stop: () => Promise.resolve(),
  };
}
