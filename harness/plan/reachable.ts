/**
 * What the given traffic can never reach: floors of hits and of samples, and the nth of an event.
 * Bounds are generous, so that none refuses what an odd implementation could still bring about.
 */
import type { EventKind } from '../../simulators/kernel/events.ts';
import { MICROS_PER_MILLI } from '../../simulators/kernel/clock.ts';
import type { FaultAnchor, FaultPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import type { FaultEntry } from '../../simulators/kernel/fault-entry.ts';
import { arrivalCount, countBefore } from './arrivals.ts';
import type { Problems } from './problems.ts';
import type { SourcePath } from '../scenario/source.ts';

/** A message makes a handful of requests. */
const REQUESTS_PER_MESSAGE = 50;
/** Nor does anybody try one again faster than this for as long as a fault lasts. */
const TRY_AGAIN_MICROS = 100 * MICROS_PER_MILLI;
/** Of a message on the phones of whom it is for: eight phones, each by several channels. */
const EVENTS_PER_PHONES = 50;
/** Of a message at doors and on the way: in many parts, each tried again for long. */
const EVENTS_PER_MESSAGE = 500;

type Floor = FaultPlan['evidence']['hits'];

interface Traffics {
  readonly traffic: readonly TrafficPlan[];
  readonly problems: Problems;
}

interface HitContext extends Traffics {
  readonly durationMicros: number;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
const plural = (count: number): string => `${count} message${count === 1 ? '' : 's'}`;

function isBeyond({ op, value }: Floor, most: number): boolean {
  return (op === '>=' && value > most) || (op === '>' && value >= most);
}

/** What the fault's own shape and selection leave: a wiped device is wiped once. */
function mostBySelection(plan: FaultPlan, entry: FaultEntry | undefined): number {
  if (entry?.shape === 'point') return plan.targets.length;
  return plan.select.kind === 'first' ? plan.select.count : Number.POSITIVE_INFINITY;
}

/** Of a message that was sent before the window began. */
function mostTries(fromMicros: number, untilMicros: number): number {
  return Math.min(REQUESTS_PER_MESSAGE, Math.ceil((untilMicros - fromMicros) / TRY_AGAIN_MICROS));
}

/** A floor of hits that the given traffic can never reach is an error of the author. */
export function checkHits(
  plan: FaultPlan,
  entry: FaultEntry | undefined,
  path: SourcePath,
  { problems, traffic, durationMicros }: HitContext,
): void {
  // What is wrong elsewhere (no such target, no such traffic) would show here once more.
  if (problems.list.length > 0) return;
  const { hits } = plan.evidence;
  const refuse = (message: string, hint: string): void =>
    problems.add(
      'SCENARIO_UNREACHABLE_EVIDENCE',
      [...path, 'evidence', 'hits'],
      `${path.join('.')}: ${message}`,
      hint,
    );
  const selected = mostBySelection(plan, entry);
  if (isBeyond(hits, selected)) {
    refuse(
      `${hits.op} ${hits.value} hits, but it can hit at most ${selected} times`,
      'Lower the floor.',
    );
    return;
  }
  if (plan.anchor.kind !== 'time') return;
  const { fromMicros, untilMicros } = plan.anchor;
  const until = untilMicros ?? durationMicros;
  const of = traffic.filter(({ name }) => plan.of === null || name === plan.of);
  const sent = sum(of.map((one) => countBefore(one, until)));
  const tries = mostTries(fromMicros, until);
  // Nearly every floor ends here: arrivals of a long run are walked through once, not twice.
  if (!isBeyond(hits, sent * tries)) return;
  const before = sum(of.map((one) => countBefore(one, fromMicros)));
  if (!isBeyond(hits, (sent - before) * REQUESTS_PER_MESSAGE + before * tries)) return;
  const early = before > 0 && before === sent ? ', all sent before it begins' : '';
  refuse(
    `${hits.value} hits cannot be reached by ${plural(sent)}${early}`,
    'Lower the floor, move the fault, or send more.',
  );
}

/** How often the event can be seen for a traffic; undefined: nothing is known of it. */
function mostEvents(event: EventKind, traffic: TrafficPlan): number {
  const messages = arrivalCount(traffic);
  if (event === 'message.intended') return messages;
  if (event === 'message.submitted' || event === 'message.answered') {
    // What people write nobody submits.
    return traffic.from === null ? messages * (1 + traffic.resubmit) : 0;
  }
  const people = traffic.group === true ? traffic.to.length : 1;
  const onPhones = event.startsWith('device.') || event.startsWith('mls.');
  return messages * people * (onPhones ? EVENTS_PER_PHONES : EVENTS_PER_MESSAGE);
}

/** The nth of an event of which there will never be so many. */
export function checkNth(
  anchor: Extract<FaultAnchor, { kind: 'event' }>,
  path: SourcePath,
  { problems, traffic }: Traffics,
): void {
  if (problems.list.length > 0) return;
  const { event, of, nth } = anchor;
  // Events of no message in particular (a phone that registers) come without any, too.
  if (of === null && !event.startsWith('message.')) return;
  const counted = traffic.filter(({ name }) => of === null || name === of);
  const most = sum(counted.map((one) => mostEvents(event as EventKind, one)));
  if (nth <= most) return;
  const sent = plural(sum(counted.map(arrivalCount)));
  problems.add(
    'SCENARIO_UNREACHABLE_EVIDENCE',
    [...path, 'after', 'nth'],
    `${path.join('.')}: ${event} number ${nth} cannot be reached by ${sent}`,
    most === 0 ? 'Name an event that this traffic has.' : 'Lower nth, or send more.',
  );
}

/** A floor of samples: a message is at most one, in a group one of each who gets it. */
export function checkSamples(
  samples: Floor,
  of: string,
  path: SourcePath,
  { problems, traffic }: Traffics,
): void {
  if (problems.list.length > 0) return;
  const counted = traffic.filter(({ name }) => name === of);
  const most = sum(
    counted.map((one) => arrivalCount(one) * (one.group === true ? one.to.length : 1)),
  );
  if (!isBeyond(samples, most)) return;
  problems.add(
    'SCENARIO_UNREACHABLE_EVIDENCE',
    [...path, 'samples'],
    `${path.join('.')}: ${samples.op} ${samples.value} samples, but ${of} is ${plural(most)}`,
    'Lower the floor, or send more.',
  );
}
