import type { FetchedResponse, FetchOptions, ModuleClock, ModulePorts } from 'bellwether/module';
import { TIMED_OUT, within } from '../within.ts';

/** What a vendor's answer means for the sender, in words common to all of them. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** The recipient cannot be reached this way (404, 410, UNREGISTERED). */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Slow down; nothing happened. */
  | { readonly kind: 'throttled'; readonly untilMs: number }
  /** The service is broken; it said so. */
  | { readonly kind: 'broken'; readonly untilMs: number }
  /** The request itself is wrong: repeating it would not help. */
  | { readonly kind: 'rejected'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unauthorized'; readonly reason: string }
  /** Our view is old (RBM 409 ABORTED). */
  | { readonly kind: 'conflict'; readonly body: unknown }
  /** It may or may not have happened. */
  | { readonly kind: 'no-answer' };

const THROTTLE_PAUSE_MS = 1_000;

export interface Call {
  readonly url: string;
  readonly options: FetchOptions;
  readonly limitMs: number;
  /** How long the service counts as broken when it does not say. */
  readonly backOffMs: number;
}

/** Makes one call and reads its answer; never throws for what the other side did. */
export async function call(
  ports: Pick<ModulePorts, 'fetch' | 'clock'>,
  made: Call,
): Promise<Answer> {
  let response: FetchedResponse | typeof TIMED_OUT;
  let text: string | typeof TIMED_OUT;
  try {
    response = await within(ports.clock, made.limitMs, ports.fetch(made.url, made.options));
    if (response === TIMED_OUT) return { kind: 'no-answer' };
    text = await within(ports.clock, made.limitMs, response.text());
    if (text === TIMED_OUT) return { kind: 'no-answer' };
  } catch {
    // Refused, reset or cut off: from here the cases cannot be told apart with certainty.
    return { kind: 'no-answer' };
  }
  const body = parse(text);
  const retryMs = retryAfterMs(response.headers.get('retry-after'), ports.clock);
  const reason = reasonOf(body);
  if (response.status >= 200 && response.status < 300) return { kind: 'ok', body };
  if (response.status === 401) return { kind: 'unauthorized', reason };
  if (response.status === 404 || response.status === 410) return { kind: 'unreachable', reason };
  if (response.status === 409) return { kind: 'conflict', body };
  const nowMs = ports.clock.epochMillis();
  if (response.status === 429) {
    return { kind: 'throttled', untilMs: nowMs + (retryMs ?? THROTTLE_PAUSE_MS) };
  }
  if (response.status >= 500) {
    return { kind: 'broken', untilMs: nowMs + (retryMs ?? made.backOffMs) };
  }
  return { kind: 'rejected', status: response.status, reason };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    // A proxy's HTML page, for one: the status alone must do.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfterMs(value: string | null, clock: ModuleClock): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.epochMillis());
}

/** Problem Details have a `code`, APNs `{reason}`, Google `{error: {status, details}}`. */
function reasonOf(body: unknown): string {
  const {
    code: problem,
    reason,
    error,
  } = (body ?? {}) as {
    code?: unknown;
    reason?: unknown;
    error?: { status?: unknown; details?: { errorCode?: unknown }[] };
  };
  if (typeof problem === 'string') return problem;
  if (typeof reason === 'string') return reason;
  const code = error?.details?.find(({ errorCode }) => typeof errorCode === 'string')?.errorCode;
  return [code, error?.status].find((word) => typeof word === 'string') ?? '';
}
