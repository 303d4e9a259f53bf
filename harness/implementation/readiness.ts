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
  /** The key of its description that asks; `start.ready` unless said. */
  readonly where?: string;
  /** Somebody asked for an early end. */
  readonly stopped?: () => boolean;
}

export const DEFAULT_READY_MICROS = 30 * MICROS_PER_SECOND;
const READY_PROBE_MICROS = 50_000;

/** What was tried and what came, and the key that asked for it. */
interface Missing {
  readonly came: string;
  readonly key: keyof Readiness;
}

async function answers(
  { http, body }: Readiness,
  { network, baseUrl }: ReadinessProbe,
): Promise<Missing | undefined> {
  if (http === undefined) return undefined;
  const url = /^https?:/.test(http) ? http : `${baseUrl}${http}`;
  const timeoutMicros = MICROS_PER_SECOND;
  const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros });
  if (result.kind !== 'answer') {
    return { came: `GET ${url} had no answer (${result.reason})`, key: 'http' };
  }
  const { status, body: bytes } = result.response;
  if (status >= 400) {
    return { came: `GET ${url} answered ${status} (wanted below 400)`, key: 'http' };
  }
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
  if (body === undefined || new RegExp(body).test(text)) return undefined;
  return { came: `GET ${url} answered ${status} with a body unlike /${body}/`, key: 'body' };
}

/**
 * Whatever keeps a connection from being made is the program's state, not a failure of ours: a
 * port that is not open yet, or one whose owner reset the connection before a busy machine let us
 * see that it had been made (the connect itself then fails with ECONNRESET).
 */
async function listens(
  { tcp }: Readiness,
  { network, host }: ReadinessProbe,
): Promise<Missing | undefined> {
  if (tcp === undefined) return undefined;
  return network.connect(host, Number(tcp)).then(
    (stream) => {
      stream.destroy();
      return undefined;
    },
    (error: { code?: string }) => {
      const came = `${host}:${tcp} took no connection (${error.code ?? 'unknown'})`;
      return { came, key: 'tcp' };
    },
  );
}

function said({ output }: Readiness, { children }: ReadinessProbe): Missing | undefined {
  if (output === undefined) return undefined;
  const pattern = new RegExp(output);
  const found = children.some((child) => child.lastLines.some((line) => pattern.test(line)));
  return found ? undefined : { came: `no line of its output was like /${output}/`, key: 'output' };
}

async function isWell(
  { healthy }: Readiness,
  { children }: ReadinessProbe,
): Promise<Missing | undefined> {
  if (healthy !== true) return undefined;
  const said = await Promise.all(children.map(async (child) => (await child.healthy?.()) ?? true));
  return said.every(Boolean)
    ? undefined
    : { came: 'its own HEALTHCHECK did not say healthy', key: 'healthy' };
}

/** The first thing that does not hold; undefined: all do. */
async function missingOf(
  readiness: Readiness,
  probe: ReadinessProbe,
): Promise<Missing | undefined> {
  return (
    said(readiness, probe) ??
    (await listens(readiness, probe)) ??
    (await answers(readiness, probe)) ??
    (await isWell(readiness, probe))
  );
}

/**
 * Undefined when it is ready. Else, when it ended, was not ready in time, or nobody waits any more,
 * what was tried last and what came: `GET http://127.0.0.1:4321/ready answered 404 (wanted below
 * 400) for 4 s: start.ready.http`.
 */
export async function untilReady(
  readiness: Readiness,
  probe: ReadinessProbe,
): Promise<string | undefined> {
  const { clock, where = 'start.ready' } = probe;
  const allowed = readiness.within ?? DEFAULT_READY_MICROS;
  const limit = clock.now() + allowed;
  let missing: Missing | undefined;
  while (clock.now() < limit) {
    if (probe.stopped?.() === true) return 'nobody waited any more';
    if (probe.children.some((child) => child.gone)) return 'it ended';
    missing = await missingOf(readiness, probe);
    if (missing === undefined) return undefined;
    await sleep(clock, READY_PROBE_MICROS, { daemon: true });
  }
  const seconds = allowed / MICROS_PER_SECOND;
  if (missing === undefined) return `${where}.within leaves no time`;
  return `${missing.came} for ${seconds} s: ${where}.${missing.key}`;
}
