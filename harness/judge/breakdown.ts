/**
 * Delivery and latency by what the people have: channel, platform, OS version, carrier, region,
 * end-to-end encryption, class. Groups of several cells merge without loss (HdrHistogram).
 */
import type { BreakdownRow } from '../../simulators/kernel/finding.ts';
import type { DevicePlan } from '../../simulators/kernel/plan.ts';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import type { CaseView, MessageView } from './view.ts';

type Dimension = BreakdownRow['by'];

/** In the order in which reports show them. */
const DIMENSIONS: readonly Dimension[] = [
  'channel',
  'platform',
  'os',
  'carrier',
  'region',
  'e2ee',
  'class',
];

class Group {
  messages = 0;
  displayed = 0;
  onTime = 0;
  maxMicros = 0;
  histogram: Histogram | undefined;

  record(micros: number): void {
    this.histogram ??= build({
      bitBucketSize: 32,
      autoResize: true,
      lowestDiscernibleValue: 1,
      highestTrackableValue: 3_600_000_000,
      numberOfSignificantValueDigits: 3,
    });
    this.histogram.recordValue(micros);
    this.maxMicros = Math.max(this.maxMicros, micros);
  }

  add(row: BreakdownRow): void {
    this.messages += row.messages;
    this.displayed += row.displayed;
    this.onTime += row.onTime;
    if (row.latency === null) return;
    this.maxMicros = Math.max(this.maxMicros, row.latency.max * 1_000);
    const other = decodeFromCompressedBase64(row.latency.hdr, 32);
    if (this.histogram === undefined) this.histogram = other;
    else this.histogram.add(other);
  }

  row(by: Dimension, value: string): BreakdownRow {
    const { messages, displayed, onTime, histogram, maxMicros } = this;
    const counts = { by, value, messages, displayed, onTime };
    if (histogram === undefined) return { ...counts, latency: null };
    const ms = (percentile: number): number =>
      Math.min(maxMicros, histogram.getValueAtPercentile(percentile)) / 1_000;
    const hdr = encodeIntoCompressedBase64(histogram);
    const latency = { p50: ms(50), p95: ms(95), p99: ms(99), max: maxMicros / 1_000, hdr };
    return { ...counts, latency };
  }
}

class Groups {
  /** In the order of the dimensions. */
  readonly #groups = DIMENSIONS.map(() => new Map<string, Group>());

  /** `dimension`: which of them it is. */
  of(dimension: number, value: string): Group {
    const values = this.#groups[dimension]!;
    let group = values.get(value);
    if (group === undefined) values.set(value, (group = new Group()));
    return group;
  }

  rows(): BreakdownRow[] {
    return this.#groups.flatMap((values, dimension) =>
      [...values]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([value, group]) => group.row(DIMENSIONS[dimension]!, value)),
    );
  }
}

/** What the message is counted under: of what displayed it, else of the person's first device. */
function valuesOf(message: MessageView, regions: ReadonlyMap<string, string>): string[] {
  const { person, arrival, sensitivity } = message;
  const shownOn = arrival?.display.device;
  let [device] = person.devices;
  if (shownOn !== undefined && person.devices.length > 1) {
    const shows = ({ id }: DevicePlan): boolean => shownOn.endsWith(`${person.id}/device/${id}`);
    device = person.devices.find(shows) ?? device;
  }
  return [
    arrival?.display.channel ?? 'not displayed',
    device?.platform ?? 'none',
    device === undefined ? 'none' : `${device.platform} ${device.osVersion}`,
    person.carrier,
    regions.get(person.carrier) ?? 'unknown',
    device?.e2ee === true ? 'on' : 'off',
    sensitivity,
  ];
}

/** One row a value of each dimension, values in alphabetical order. */
export function breakdownOf(view: CaseView): BreakdownRow[] {
  const regions = new Map(view.cell.world.carriers.map(({ name, region }) => [name, region]));
  const groups = new Groups();
  for (const message of view.messages) {
    const { arrival, latency } = message;
    const onTime = arrival !== null && arrival.at <= message.deadlineAt;
    const values = valuesOf(message, regions);
    for (let dimension = 0; dimension < values.length; dimension++) {
      const group = groups.of(dimension, values[dimension]!);
      group.messages++;
      if (arrival !== null) group.displayed++;
      if (onTime) group.onTime++;
      if (latency !== null) group.record(latency.wholeMicros);
    }
  }
  return groups.rows();
}

/** The same groups over several cells. */
export function mergeBreakdowns(cells: readonly (readonly BreakdownRow[])[]): BreakdownRow[] {
  const [only, ...others] = cells;
  if (only !== undefined && others.length === 0) return [...only];
  const groups = new Groups();
  for (const row of cells.flat()) groups.of(DIMENSIONS.indexOf(row.by), row.value).add(row);
  return groups.rows();
}
