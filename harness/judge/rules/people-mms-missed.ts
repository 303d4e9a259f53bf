import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { mmsWay, needsMms, peopleOf } from '../mms-way.ts';
import type { PeopleOfMessage } from '../mms-way.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'people/mms-missed',
  level: 'must',
  kind: 'safety',
  fails:
    'A phone sends by SMS what SMS has no room or no word for (a file, a message to several, ' +
    'many words), although MMS would have brought it: without its file, as a link, or to each ' +
    'alone.',
  hint: 'Look at what is left when RCS does not reach everybody.',
  source: 'need: MMS fall-back between phones',
};

/** What the sender's phone was told, and by which it may have gone another way. */
function excuse(view: CaseView, { id, record }: MessageView, person: string): string | undefined {
  const { refused, reported, left } = view.fold.mms;
  if (refused.some(({ message, status }) => message === id && status.includes('permanent'))) {
    return 'the sender’s centre did not take it';
  }
  const unreachable = reported.some(
    ({ message, of, status }) => message === id && of === person && status === 'unreachable',
  );
  if (unreachable) return 'MMS does not reach that person';
  const alone = record.traffic.group !== true;
  if (alone && left.some(({ message }) => message === id)) return 'its file is too large for MMS';
  return undefined;
}

function cannotReach(view: CaseView, people: PeopleOfMessage): boolean {
  const home = view.cell.world.carriers.find(({ name }) => name === people.sender.carrier);
  return home?.mms === undefined;
}

export const mmsMissed: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const people = peopleOf(view, message);
      if (people === null || cannotReach(view, people)) continue;
      if (needsMms(message, people) !== true) continue;
      const { intended } = message.record;
      for (const { channel, device, at, seq, person } of message.displays) {
        if (channel !== 'sms' && channel !== 'secure-link') continue;
        const theirs = { ...people, others: people.others.filter(({ id }) => id === person) };
        const mms = mmsWay(view, theirs, [intended.at, at]);
        const why =
          mms === 'unclear' ? 'MMS was disturbed when it was sent' : excuse(view, message, person);
        if (why !== undefined) {
          tally.leave(why);
          continue;
        }
        tally.judged();
        tally.find({
          message: message.id,
          device,
          seqs: [intended.seq, seq],
          expected: 'MMS',
          seen: 'SMS',
          sentence:
            `${subject(message)} came to ${person} as a plain text, although it ` +
            `${what(message)} and MMS worked.`,
        });
      }
      tally.judged(message.displays.filter(({ channel }) => channel === 'mms').length);
    }
    return tally.result();
  },
};

function what({ record }: MessageView): string {
  if (record.traffic.message.attachment !== undefined) return 'has a file';
  return record.traffic.group === true ? 'is for several people' : 'is too long for that';
}
