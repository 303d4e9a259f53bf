/**
 * Latency from the *intended* submission (no coordinated omission) to the display, along the
 * winning copy, in parts that sum exactly. The person's own delay stands outside.
 */
import type { LatencySummary } from '../../simulators/kernel/finding.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { build, encodeIntoCompressedBase64 } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import type { Arrival, CaseView, MessageView } from './view.ts';

/** In the order in which time passes; each in µs. */
export const PARTS = ['accept', 'decide', 'gateway', 'carrier', 'push', 'device'] as const;
export type Part = (typeof PARTS)[number];

export interface Latency {
  readonly wholeMicros: number;
  readonly parts: Readonly<Record<Part, number>>;
}

/** Each point lies between the one before and the end, so that the parts sum exactly. */
function partsOf(
  begin: number,
  end: number,
): { readonly wholeMicros: number; until(point: number): number } {
  const last = Math.max(begin, end);
  let from = begin;
  return {
    wholeMicros: last - begin,
    until: (point) => {
      const next = Math.min(last, Math.max(from, point));
      const part = next - from;
      from = next;
      return part;
    },
  };
}

/**
 * The other direction: from the phone to its carrier's core, on to the gateway, through its queue
 * (refused attempts included) to the callback, and until the implementation has taken it.
 */
function wayUp(begin: number, arrival: Arrival): Latency {
  const { transmission } = arrival.display;
  const offers = (transmission.offers ?? []).filter(({ at }) => at <= arrival.at);
  const [first] = offers;
  const last = offers.at(-1);
  const { until, wholeMicros } = partsOf(begin, arrival.at);
  const device = until(transmission.carriedAt ?? begin);
  const carrier = until(first?.at ?? arrival.at);
  const gateway = until(last?.at ?? arrival.at);
  const accept = until(arrival.at);
  return { wholeMicros, parts: { accept, decide: 0, gateway, carrier, push: 0, device } };
}

/** null when the message was never displayed. Views have it as `latency`. */
export function latencyOf(
  message: Pick<MessageView, 'arrival' | 'record' | 'acceptedAt'>,
): Latency | null {
  const { arrival, record } = message;
  if (arrival === null) return null;
  if (record.toBusiness) return wayUp(record.intended.at, arrival);
  const { transmission, device, channel } = arrival.display;
  const begin = record.intended.at;
  const end = Math.max(arrival.at, begin);
  const sent = transmission.dispatches[0]?.at ?? begin;
  const received = transmission.received.find((mark) => mark.device === device)?.at ?? end;
  const byPush = channel === 'app-push';
  const bySms = transmission.dispatches[0]?.component.startsWith('carrier/') ?? false;
  const carried = byPush || bySms ? sent : (transmission.carriedAt ?? sent);
  const answered = Math.min(message.acceptedAt?.at ?? begin, sent);
  const { until, wholeMicros } = partsOf(begin, end);
  const accept = until(answered);
  const decide = until(sent);
  const gateway = until(carried);
  const onTheWay = until(received);
  return {
    wholeMicros,
    parts: {
      accept,
      decide,
      gateway,
      carrier: byPush ? 0 : onTheWay,
      push: byPush ? onTheWay : 0,
      device: until(end),
    },
  };
}

const PERCENTILES = { p50: 50, p90: 90, p95: 95, p99: 99, 'p99.9': 99.9 } as const;
export type Statistic = keyof typeof PERCENTILES | 'max';

/** Collects latencies; values in µs with three significant digits, up to an hour and beyond. */
export class LatencyRecorder {
  readonly #histogram: Histogram;
  /** In the order of the parts. */
  readonly #sums = PARTS.map(() => 0);
  max = 0;
  samples = 0;

  constructor() {
    this.#histogram = build({
      bitBucketSize: 32,
      autoResize: true,
      lowestDiscernibleValue: 1,
      highestTrackableValue: 3_600_000_000,
      numberOfSignificantValueDigits: 3,
    });
  }

  record(latency: Latency): void {
    this.samples++;
    this.max = Math.max(this.max, latency.wholeMicros);
    this.#histogram.recordValue(latency.wholeMicros);
    const sums = this.#sums;
    for (let part = 0; part < sums.length; part++) sums[part]! += latency.parts[PARTS[part]!];
  }

  /** µs; the histogram's bucket, never above the true maximum. */
  statistic(name: Statistic): number {
    if (name === 'max') return this.max;
    return Math.min(this.max, this.#histogram.getValueAtPercentile(PERCENTILES[name]));
  }

  summary(of: string, channel: Channel | 'all'): LatencySummary {
    const ms = (name: Statistic): number => this.statistic(name) / 1_000;
    const parts: Record<string, number> = {};
    for (const [index, part] of PARTS.entries()) {
      parts[part] = this.#sums[index]! / Math.max(1, this.samples) / 1_000;
    }
    return {
      of,
      channel,
      samples: this.samples,
      p50: ms('p50'),
      p90: ms('p90'),
      p95: ms('p95'),
      p99: ms('p99'),
      p999: ms('p99.9'),
      max: ms('max'),
      parts,
      hdr: encodeIntoCompressedBase64(this.#histogram),
    };
  }
}

/** The recorders of one traffic. */
interface Recorders {
  readonly all: LatencyRecorder;
  readonly byChannel: Map<Channel, LatencyRecorder>;
}

/** One summary per traffic, and per channel where it used several. */
export function latencySummaries(view: CaseView): LatencySummary[] {
  const traffics = new Map<string, Recorders>();
  /** In the order in which they were needed. */
  const summaries: (() => LatencySummary)[] = [];
  const begun = (of: string, channel: Channel | 'all'): LatencyRecorder => {
    const recorder = new LatencyRecorder();
    const name = channel === 'all' ? of : `${of} on ${channel}`;
    summaries.push(() => recorder.summary(name, channel));
    return recorder;
  };
  for (const { latency, arrival, record } of view.messages) {
    if (latency === null || arrival === null) continue;
    const of = record.traffic.name;
    const { channel } = arrival.display;
    let traffic = traffics.get(of);
    if (traffic === undefined) {
      traffic = { all: begun(of, 'all'), byChannel: new Map() };
      traffics.set(of, traffic);
    }
    let ofChannel = traffic.byChannel.get(channel);
    if (ofChannel === undefined) {
      ofChannel = begun(of, channel);
      traffic.byChannel.set(channel, ofChannel);
    }
    traffic.all.record(latency);
    ofChannel.record(latency);
  }
  return summaries.map((summary) => summary());
}
