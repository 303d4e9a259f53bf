/** When what was started counts as ready: an HTTP answer, an open port, or a line of output. */
import type { Clock } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import type { Network } from '../../simulators/network/wire.ts';
import type { Child } from './child.ts';

/** All that are given must hold at once. */
export interface Readiness {
  /** A path below the base address, or a whole URL (a status page on another port). */
  readonly http?: string | undefined;
  /** A regular expression that the body of `http` must match. */
  readonly body?: string | undefined;
  /** A port of it that takes connections. */
  readonly tcp?: string | undefined;
  /** The image's own health check (HEALTHCHECK) must say so. */
  readonly healthy?: boolean | undefined;
  /** A regular expression that a line of output must match. */
  readonly output?: string | undefined;
  /** µs */
  readonly within?: number | undefined;
}

export interface ReadinessProbe {
  readonly clock: Clock;
  readonly network: Network;
  readonly baseUrl: string;
  /** Where its ports are. */
  readonly host: string;
  /** One that is gone can never get ready. */
  readonly children: readonly Child[];
  /** Somebody asked for an early end. */
  readonly stopped?: () => boolean;
}

export const DEFAULT_READY_MICROS = 30 * MICROS_PER_SECOND;
const READY_PROBE_MICROS = 50_000;

async function answers(
  { http, body }: Readiness,
  { network, baseUrl }: ReadinessProbe,
): Promise<boolean> {
  if (http === undefined) return true;
  const url = /^https?:/.test(http) ? http : `${baseUrl}${http}`;
  const timeoutMicros = MICROS_PER_SECOND;
  const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros });
  if (result.kind !== 'answer' || result.response.status >= 400) return false;
  const { body: bytes } = result.response;
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
  return body === undefined || new RegExp(body).test(text);
}

/**
 * Whatever keeps a connection from being made is the program's state, not a failure of ours: a
 * port that is not open yet, or one whose owner reset the connection before a busy machine let us
 * see that it had been made (the connect itself then fails with ECONNRESET).
 */
async function listens({ tcp }: Readiness, { network, host }: ReadinessProbe): Promise<boolean> {
  if (tcp === undefined) return true;
  return network.connect(host, Number(tcp)).then(
    (stream) => {
      stream.destroy();
      return true;
    },
    () => false,
  );
}

function said({ output }: Readiness, { children }: ReadinessProbe): boolean {
  if (output === undefined) return true;
  const pattern = new RegExp(output);
  return children.some((child) => child.lastLines.some((line) => pattern.test(line)));
}

async function isWell({ healthy }: Readiness, { children }: ReadinessProbe): Promise<boolean> {
  if (healthy !== true) return true;
  const said = await Promise.all(children.map(async (child) => (await child.healthy?.()) ?? true));
  return said.every(Boolean);
}

/** False when it ended, was not ready in time, or nobody waits any more. */
export async function untilReady(readiness: Readiness, probe: ReadinessProbe): Promise<boolean> {
  const { clock } = probe;
  const limit = clock.now() + (readiness.within ?? DEFAULT_READY_MICROS);
  while (clock.now() < limit) {
    if (probe.stopped?.() === true || probe.children.some((child) => child.gone)) return false;
    if (said(readiness, probe) && (await listens(readiness, probe))) {
      if ((await answers(readiness, probe)) && (await isWell(readiness, probe))) return true;
    }
    await sleep(clock, READY_PROBE_MICROS, { daemon: true });
  }
  return false;
}
