import type { Expectation } from '../../simulators/kernel/plan.ts';
import { comparisonText, meets } from './compare.ts';
import { LatencyRecorder } from './latency.ts';
import type { Statistic } from './latency.ts';
import type { CaseView, MessageView } from './view.ts';
import { duration } from './wording.ts';

type LatencyExpectation = Extract<Expectation, { kind: 'latency' }>;

/** How one latency expectation turned out. */
export interface LatencyCheck {
  readonly samples: number;
  readonly enough: boolean;
  /** `p95 6.1 s, allowed < 5 s` */
  readonly broken: readonly string[];
  readonly seen: string;
  /** seqs of the slowest displays. */
  readonly slowest: readonly number[];
  readonly lagged: boolean;
}

const STATISTICS: readonly Statistic[] = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];

function outsideFaults(view: CaseView, message: MessageView, faults: readonly string[]): boolean {
  return faults.every((name) => {
    const story = view.fold.run.faults.get(name);
    if (story?.applied == null) return true;
    const { at } = message.record.intended;
    return at < story.applied.at || at > (story.lifted?.at ?? view.endedAt);
  });
}

export function checkLatency(view: CaseView, expectation: LatencyExpectation): LatencyCheck {
  const recorder = new LatencyRecorder();
  const slow: { readonly micros: number; readonly seq: number }[] = [];
  let lagged = false;
  for (const message of view.messages) {
    const { arrival, record } = message;
    if (arrival === null || record.traffic.name !== expectation.of) continue;
    if (expectation.channel !== null && arrival.display.channel !== expectation.channel) continue;
    if (!outsideFaults(view, message, expectation.outside)) continue;
    const latency = message.latency;
    if (latency === null) continue;
    lagged ||= view.lagged(record.intended.at, arrival.at);
    recorder.record(latency);
    slow.push({ micros: latency.wholeMicros, seq: arrival.display.seq });
  }
  const seen: string[] = [];
  const broken: string[] = [];
  for (const name of STATISTICS) {
    const threshold = expectation.thresholds[name];
    if (threshold === undefined || recorder.samples === 0) continue;
    const value = recorder.statistic(name);
    seen.push(`${name} ${duration(value)}`);
    if (!meets(value, threshold)) {
      broken.push(`${name} ${duration(value)}, allowed ${comparisonText(threshold, duration)}`);
    }
  }
  slow.sort((a, b) => b.micros - a.micros);
  return {
    samples: recorder.samples,
    enough: recorder.samples > 0 && meets(recorder.samples, expectation.samples),
    broken,
    seen: `${seen.join(', ')} (${recorder.samples} samples)`,
    slowest: slow.slice(0, 5).map((each) => each.seq),
    lagged,
  };
}

export function latencyText(expectation: LatencyExpectation): string {
  const limits = Object.entries(expectation.thresholds).map(
    ([name, threshold]) => `${name} ${comparisonText(threshold, duration)}`,
  );
  const on = expectation.channel === null ? '' : ` on ${expectation.channel}`;
  const outside =
    expectation.outside.length === 0 ? '' : ` outside ${expectation.outside.join(', ')}`;
  return `latency of ${expectation.of}${on}${outside}: ${limits.join(', ')}`;
}
