import type { EventOf } from '../../simulators/kernel/events.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import type { ActKind } from '../../simulators/kernel/plan.ts';
import { Tally } from './rule.ts';
import type { Rule } from './rule.ts';
import type { CaseView, MessageView } from './view.ts';
import { subject } from './wording.ts';

type Arrived = EventOf<'act.arrived'>;

/** What may be done by whom, from the plan alone. */
export type Right = 'yes' | 'not-a-member' | 'not-the-author' | 'unknown';

/** Everybody in the conversation that a message between people was sent in. */
function membersOf({ record }: MessageView): string[] {
  const { traffic, from, person } = record;
  return [from ?? '', ...(traffic.group === true ? traffic.to : [person.id])];
}

/** Had whoever did it a right to, in the conversation that it came in? */
export function rightOf(view: CaseView, arrived: Arrived): Right {
  const target = view.byId.get(arrived.of);
  const own = arrived.message === undefined ? undefined : view.byId.get(arrived.message);
  if (target === undefined || own === undefined) return 'unknown';
  const members = membersOf(target);
  const same = membersOf(own).toSorted().join(' ') === members.toSorted().join(' ');
  if (!same || !members.includes(arrived.by)) return 'not-a-member';
  const isAuthor = target.record.from === arrived.by;
  return arrived.act === 'react' || isAuthor ? 'yes' : 'not-the-author';
}

/** Was the message shown on that phone when the act came? */
function wasShown(view: CaseView, { device, of, seq }: Arrived): boolean {
  const target = view.byId.get(of);
  const shown = target?.displays.some((each) => each.device === device && each.seq < seq) === true;
  const gone = view.fold.talk.removed.get(`${device} ${of}`);
  return shown && (gone === undefined || gone.seq > seq);
}

/** A rule about an act that came from its author and has to change what is shown. */
export function actRule(
  entry: RuleEntry,
  act: ActKind,
  words: { readonly expected: string; readonly seen: string; readonly sentence: string },
): Rule {
  return {
    entry,
    worldToo: true,
    judge: (view) => {
      const tally = new Tally(entry);
      const deleted = new Set<string>();
      for (const arrived of view.fold.talk.arrived) {
        const { device, of, message } = arrived;
        const place = `${device} ${of}`;
        if (arrived.act === act && rightOf(view, arrived) === 'yes' && wasShown(view, arrived)) {
          if (deleted.has(place)) tally.leave('it had been deleted before');
          else {
            tally.judged();
            if (view.fold.talk.doneWith(arrived) === undefined) {
              const target = view.byId.get(of)!;
              tally.find({
                ...(message !== undefined && { message }),
                device,
                seqs: [arrived.seq],
                expected: words.expected,
                seen: words.seen,
                sentence: `${subject(target)} ${words.sentence}`,
              });
            }
          }
        }
        if (arrived.act === 'delete' && rightOf(view, arrived) === 'yes') deleted.add(place);
      }
      return tally.result();
    },
  };
}
