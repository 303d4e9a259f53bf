/** Which ways a message between people had: by the plan, and by what worked when it was sent. */
import type { PersonPlan } from '../../simulators/kernel/plan.ts';
import type { CaseView, MessageView } from './view.ts';

/** `unclear`: something was disturbed meanwhile, so that a phone could rightly think otherwise. */
export type WayState = 'there' | 'absent' | 'unclear';

/** So long a text certainly does not fit into three short messages, and so short a one does. */
const SURELY_LONG = 700;
const SURELY_SHORT = 150;

export interface PeopleOfMessage {
  readonly sender: PersonPlan;
  readonly others: readonly PersonPlan[];
}

/** Null where it is no message between people, or something done to an earlier one. */
export function peopleOf(view: CaseView, { record, person }: MessageView): PeopleOfMessage | null {
  const { traffic, from, toBusiness } = record;
  if (from === null || toBusiness || traffic.act !== undefined) return null;
  const sender = view.fold.people.get(from);
  const names = traffic.group === true ? traffic.to : [person.id];
  const others = names.map((name) => view.fold.people.get(name));
  if (sender === undefined || others.includes(undefined)) return null;
  return { sender, others: others as PersonPlan[] };
}

/** Does SMS have no room or no word for it? Null where that is not certain. */
export function needsMms({ record }: MessageView, { others }: PeopleOfMessage): boolean | null {
  const { attachment, length } = record.traffic.message;
  if (attachment !== undefined || others.length > 1) return true;
  if ((length ?? 0) >= SURELY_LONG) return true;
  return (length ?? 0) <= SURELY_SHORT ? false : null;
}

function carrierOf(view: CaseView, person: PersonPlan) {
  return view.cell.world.carriers.find(({ name }) => name === person.carrier);
}

function stateOf(
  view: CaseView,
  { sender, others }: PeopleOfMessage,
  bearer: 'rcs' | 'mms',
  [from, to]: readonly [number, number],
): WayState {
  const everybody = [sender, ...others];
  const homes = everybody.map((person) => carrierOf(view, person));
  const has = homes.every((home) => (bearer === 'rcs' ? home?.rcs === true : home?.mms));
  if (!has) return 'absent';
  if (bearer === 'rcs') {
    // Away, a phone still looks capable: what counts is what was registered.
    if (sender.devices[0]?.rcs !== true || !sender.devices[0].online) return 'absent';
    if (others.some(({ devices }) => !devices.some(({ rcs }) => rcs))) return 'absent';
  }
  const { mms } = view.fold;
  if (mms.peopleHadChanged(to)) return 'unclear';
  const parts = new Set(homes.map((home) => `carrier/${home?.name}/${bearer}`));
  return [...parts].some((part) => mms.wasDisturbed(part, from, to)) ? 'unclear' : 'there';
}

/** Could RCS bring it to everybody in the conversation, from when it was meant until it came? */
export function rcsWay(
  view: CaseView,
  people: PeopleOfMessage,
  span: readonly [number, number],
): WayState {
  return stateOf(view, people, 'rcs', span);
}

/** The same of MMS. */
export function mmsWay(
  view: CaseView,
  people: PeopleOfMessage,
  span: readonly [number, number],
): WayState {
  return stateOf(view, people, 'mms', span);
}
