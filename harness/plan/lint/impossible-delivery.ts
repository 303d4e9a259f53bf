import { isDevicePath, pathsOf } from '../../../simulators/kernel/paths.ts';
import { peopleOf } from '../../../simulators/kernel/people.ts';
import type { Cell, Expectation, FaultPlan, PersonPlan } from '../../../simulators/kernel/plan.ts';
import type { LintCheck, LintRemark } from './check.ts';

type Delivery = Extract<Expectation, { kind: 'delivery' }>;

interface Window {
  readonly from: number;
  readonly until: number;
}

/** Whole crowds share their ways: a few of them tell enough. */
const MOST_PEOPLE = 50;

/** When each component is certainly gone: outages that hit everything, anchored to time. */
function outagesOf(cell: Cell): Map<string, Window[]> {
  const windows = new Map<string, Window[]>();
  const whole = (fault: FaultPlan): boolean =>
    fault.fault === 'outage' && fault.select.kind === 'all' && fault.of === null;
  for (const fault of cell.faults.filter(whole)) {
    if (fault.anchor.kind !== 'time') continue;
    const { fromMicros: from, untilMicros } = fault.anchor;
    const until = untilMicros ?? cell.durationMicros;
    for (const target of fault.targets) {
      windows.set(target, [...(windows.get(target) ?? []), { from, until }]);
    }
  }
  return windows;
}

/** Is there a way whose components all stand somewhere between the two instants? */
function someWayStands(
  cell: Cell,
  person: PersonPlan,
  { from, until }: Window,
  delivery: Delivery,
  outages: ReadonlyMap<string, readonly Window[]>,
): boolean {
  const traffic = cell.traffic.find(({ name }) => name === delivery.of);
  const allowed = traffic === undefined ? [] : cell.policy.allowed[traffic.message.sensitivity];
  const channels = delivery.channel === null ? allowed : [delivery.channel];
  const gone = (component: string): boolean =>
    !isDevicePath(component) &&
    (outages.get(component) ?? []).some((out) => out.from <= from && out.until >= until);
  return channels.some((channel) =>
    pathsOf(cell, person, channel).some((way) => !way.some((component) => gone(component))),
  );
}

/** When the first message is due that nobody can bring in time; undefined when none is. */
function doomedAt(cell: Cell, delivery: Delivery): number | undefined {
  const traffic = cell.traffic.find(({ name }) => name === delivery.of);
  if (traffic === undefined || traffic.from !== null || delivery.atLeast < 1) return undefined;
  const within = delivery.withinMicros ?? cell.policy.deadlineMicros[traffic.message.sensitivity];
  const outages = outagesOf(cell);
  const starts = [traffic.startMicros, ...[...outages.values()].flat().map(({ from }) => from)];
  const people = peopleOf(cell).filter(
    ({ id }) => traffic.to.includes(id) || traffic.to.includes('population'),
  );
  return starts.find(
    (from) =>
      from >= traffic.startMicros &&
      from <= traffic.endMicros &&
      people.slice(0, MOST_PEOPLE).some((person) => {
        const span = { from, until: from + within };
        return !someWayStands(cell, person, span, delivery, outages);
      }),
  );
}

export const impossibleDelivery = {
  name: 'impossible-delivery',
  doc:
    'All of a traffic is to arrive in time while every allowed way to somebody is out that ' +
    'long.',
  kind: 'contradiction',
  look: ({ cells }) =>
    cells.flatMap((cell) =>
      cell.expect.flatMap((one, index): LintRemark[] => {
        if (cell.worldCheck || one.kind !== 'delivery') return [];
        const at = doomedAt(cell, one);
        if (at === undefined) return [];
        return [
          {
            path: ['expect', index, 'delivery'],
            message:
              `${one.of} cannot all arrive in time: ` +
              `at ${at / 1_000_000} s every allowed way is out for longer`,
            hint: 'Shorten the outage, leave one allowed channel up, or expect less.',
          },
        ];
      }),
    ),
} as const satisfies LintCheck;
