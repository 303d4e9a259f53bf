import type { Arrivals, Cell, FaultPlan, TrafficPlan } from '../simulators/kernel/plan.ts';
import { createInk, harmless, padEnd, shorten, wrap } from './terminal/ink.ts';
import type { Ink } from './terminal/ink.ts';
import { durationOf, matrixText, plural } from './wording.ts';

const MIN_COLUMNS = 60;
const MAX_COLUMNS = 140;
/** Where the width is not known: a pipe. */
const DEFAULT_COLUMNS = 100;
const MAX_LABEL = 24;
const TICKS = 4;

interface Lane {
  readonly label: string;
  readonly fromMicros: number;
  /** Null: until the end of what is drawn. */
  readonly untilMicros: number | null;
  readonly fill: string;
  readonly paint: (text: string) => string;
  readonly note: string;
}

const plain = (value: number): string => String(Math.round(value * 100) / 100);

const arrivalsText = (arrivals: Arrivals): string => {
  switch (arrivals.kind) {
    case 'rate':
      return `${plain(arrivals.perSecond)}/s`;
    case 'ramp':
      return `${plain(arrivals.fromPerSecond)}/s to ${plain(arrivals.toPerSecond)}/s`;
    case 'every':
      return `every ${durationOf(arrivals.periodMicros / 1000)}`;
    case 'burst':
      return `burst of ${arrivals.count}`;
    case 'once':
      return 'once';
  }
};

const seconds = (micros: number): string => (micros === 0 ? '0 s' : durationOf(micros / 1000));

const trafficLane = (traffic: TrafficPlan, ink: Ink): Lane => {
  const { message, to, from, startMicros, endMicros, repeat } = traffic;
  const times = repeat > 1 ? `, ${repeat} times over` : '';
  const who = from === null ? '' : `${from} → `;
  return {
    label: traffic.name,
    fromMicros: startMicros,
    untilMicros: endMicros,
    fill: '▇',
    paint: ink.good,
    note:
      `${message.kind} (${message.sensitivity}) ${who}${to.join(', ')}, ` +
      `${arrivalsText(traffic.arrivals)}${times}`,
  };
};

const selectText = ({ select, of, evidence }: FaultPlan): string => {
  const which =
    select.kind === 'share'
      ? `, ${plain(select.share * 100)} % of them`
      : select.kind === 'first'
        ? `, the first ${select.count}`
        : select.kind === 'every'
          ? `, every ${select.nth}.`
          : '';
  const traffic = of === null ? '' : ` of ${of}`;
  return `${traffic}${which}; floor ${evidence.hits.op} ${evidence.hits.value}`;
};

/** A fault by time has a bar; one by event only says when it comes. */
const faultLane = (fault: FaultPlan, ink: Ink): Lane => {
  const { anchor } = fault;
  const what = `${fault.fault} ${fault.targets.join(', ')}${selectText(fault)}`;
  const shape = { label: fault.name, paint: ink.bad };
  if (anchor.kind === 'time') {
    const { fromMicros, untilMicros } = anchor;
    return { ...shape, fromMicros, untilMicros: untilMicros ?? fromMicros, fill: '▒', note: what };
  }
  const which = anchor.of === null ? '' : ` of ${anchor.of}`;
  const lasts = anchor.lastMicros === null ? '' : `, for ${seconds(anchor.lastMicros)}`;
  const when = `after ${anchor.event}${which} no. ${anchor.nth}${lasts}: `;
  return { ...shape, fromMicros: 0, untilMicros: null, fill: '?', note: when + what };
};

const laneLines = (
  lane: Lane,
  { label, width, endMicros, columns }: Record<'label' | 'width' | 'endMicros' | 'columns', number>,
  ink: Ink,
): string[] => {
  const place = (micros: number): number =>
    Math.min(width, Math.round((micros / Math.max(1, endMicros)) * width));
  const from = Math.min(width - 1, place(lane.fromMicros));
  const until = Math.max(from + 1, place(lane.untilMicros ?? endMicros));
  // What comes by an event may come at any time: dots, not a bar.
  const fill = lane.fill === '?' ? '·' : lane.fill;
  const bar = lane.paint(fill.repeat(until - from));
  const rest = ink.quiet('─'.repeat(from)) + bar + ink.quiet('─'.repeat(width - until));
  const span =
    lane.fill === '?' || lane.untilMicros === null
      ? ''
      : lane.untilMicros === lane.fromMicros
        ? `at ${seconds(lane.fromMicros)}: `
        : `${seconds(lane.fromMicros)} to ${seconds(lane.untilMicros)}: `;
  const notes = wrap(harmless(span + lane.note), columns - label - 1);
  return [
    `${padEnd(shorten(harmless(lane.label), label - 1), label)}${rest}`,
    ...notes.map((text) => ' '.repeat(label) + ink.quiet(text)),
  ];
};

/** Times under the lanes, the last one at the right edge. */
const axisLine = (label: number, width: number, endMicros: number): string => {
  const marks = Array.from({ length: TICKS + 1 }, (_, at) => ({
    at: Math.round((width * at) / TICKS),
    text: seconds((endMicros * at) / TICKS),
  }));
  return marks.reduce((line, { at, text }, index) => {
    const start = label + (index === TICKS ? at - text.length : at);
    return start <= line.length && index > 0 ? line : line.padEnd(start) + text;
  }, '');
};

/**
 * A planned cell as lanes over time: traffic, faults, heal; ends with a line break. For
 * `bellwether plan` and `bellwether explain scenario.yaml`.
 */
export const renderTimeline = (
  cell: Cell,
  wantedColumns: number,
  { colors = false }: { readonly colors?: boolean } = {},
): string => {
  const ink = createInk(colors);
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, wantedColumns || DEFAULT_COLUMNS));
  const lanes = [
    ...cell.traffic.map((traffic) => trafficLane(traffic, ink)),
    ...cell.faults.map((fault) => faultLane(fault, ink)),
    {
      label: 'heal',
      fromMicros: cell.durationMicros,
      untilMicros: cell.durationMicros + cell.heal.waitMicros,
      fill: '░',
      paint: ink.quiet,
      note: 'faults are over, the backlog drains, then the final checks',
    },
  ];
  const endMicros = cell.durationMicros + cell.heal.waitMicros;
  const longest = Math.max(...lanes.map((lane) => lane.label.length));
  const label = Math.min(MAX_LABEL, longest) + 2;
  const width = columns - label - 1;
  const matrix = matrixText(cell.matrix);
  const people = cell.world.people.length + (cell.world.population?.size ?? 0);
  const world = [
    plural(people, 'person', 'people'),
    plural(cell.world.carriers.length, 'carrier'),
    ...cell.world.gateways.map((name) => `gateway ${name}`),
    ...(cell.world.sms === null ? [] : [`SMS via ${cell.world.sms.via}`]),
    ...cell.world.push,
    `policy ${cell.policy.name}`,
    `seed ${cell.seed}`,
  ].join(', ');
  return [
    `${ink.strong(harmless(cell.scenario))}${matrix === '' ? '' : `  ${harmless(matrix)}`}`,
    ...wrap(harmless(cell.summary), columns - 1),
    ...wrap(harmless(world), columns - 1).map((text) => ink.quiet(text)),
    ...cell.hypothetical.map((what) => ink.odd(`hypothetical: ${harmless(what)}`)),
    '',
    ...lanes.flatMap((lane) => laneLines(lane, { label, width, endMicros, columns }, ink)),
    ink.quiet(axisLine(label, width, endMicros)),
  ]
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
};
