import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { channelWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/transport',
  level: 'must',
  kind: 'safety',
  fails:
    'Between iPhones a message goes another way than iMessage while that works, or iMessage is ' +
    'said to have shown one on a phone that has none.',
  hint: 'iMessage is for conversations in which everybody has an Apple device; else RCS, else SMS.',
  source: 'need: iMessage between iPhones as a transport',
};

/** Does everybody have an Apple device, and the sender write on one? */
function isApples(view: CaseView, { record }: MessageView): boolean {
  const { traffic, from, person } = record;
  const platforms = (name: string): readonly string[] =>
    view.fold.people
      .get(name)
      ?.devices.filter(({ spare }) => spare !== true)
      .map(({ platform }) => platform) ?? [];
  const others = traffic.group === true ? traffic.to : [person.id];
  return platforms(from ?? '')[0] === 'ios' && others.every((o) => platforms(o).includes('ios'));
}

/** What the directory says of everybody; the plan, where nobody ever asked it. */
function hadImessage(
  view: CaseView,
  { record, person }: MessageView,
  at: number,
): boolean | 'unclear' {
  const { traffic, from, intended } = record;
  const names = [from ?? '', ...(traffic.group === true ? traffic.to : [person.id])];
  const grace = view.policy.grace.revocationMicros;
  const { imessage } = view.fold;
  const all = names.map((name) => imessage.registered(name, intended.at - grace, at));
  if (all.includes(false)) return all.includes('unclear') ? 'unclear' : false;
  return all.includes('unclear') ? 'unclear' : true;
}

function isApple(view: CaseView, device: string, person: string): boolean {
  const devices = view.fold.people.get(person)?.devices ?? [];
  return devices.some(({ id, platform }) => device.endsWith(`/${id}`) && platform === 'ios');
}

export const peopleTransport: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    if (view.cell.world.imessage !== true) return tally.result();
    for (const message of view.messages) {
      const { record } = message;
      if (record.from === null || record.toBusiness) continue;
      const apples = isApples(view, message);
      for (const display of message.displays) {
        const { device, channel, seq, person } = display;
        const calm = view.fold.talk.imessageIsUp(record.intended.at);
        const had = hadImessage(view, message, display.at);
        if (apples && channel !== 'imessage' && (!calm || had === 'unclear')) {
          tally.leave('the service, or whose it was, was disturbed when it was sent');
          continue;
        }
        tally.judged();
        const due = apples && had === true;
        const wrong = channel === 'imessage' ? !apples || !isApple(view, device, person) : due;
        if (!wrong) continue;
        tally.find({
          message: message.id,
          device,
          seqs: [record.intended.seq, seq],
          expected: apples ? 'iMessage' : 'RCS or SMS',
          seen: channelWords(channel),
          sentence:
            `${subject(message)} went by ${channelWords(channel)}, although ` +
            `${apples ? 'all have Apple devices' : 'not everybody there has an Apple device'}.`,
        });
      }
    }
    return tally.result();
  },
};
