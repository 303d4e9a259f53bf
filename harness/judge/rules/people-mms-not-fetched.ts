import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'people/mms-not-fetched',
  level: 'must',
  kind: 'liveness',
  fails: 'A phone is told of a multimedia message and never fetches it, although it could.',
  hint: 'After m-notification.ind: GET the content location, at once or when that works again.',
  source: 'OMA-TS-MMS_ENC-V1_3 §6.3; need: MMS fall-back between phones',
};

/** A phone pauses at most so long between two tries, and some. */
const CALM_MICROS = 90_000_000;

export const mmsNotFetched: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { mms } = view.fold;
    const done = new Set(
      [...mms.retrieved, ...mms.refused].map(({ device, wire }) => `${device} ${wire}`),
    );
    for (const { device, person, wire, message, t, seq } of mms.notified) {
      if (done.has(`${device} ${wire}`)) {
        tally.judged();
        continue;
      }
      const home = view.fold.people.get(person)?.carrier;
      const atRest = view.fold.run.ended?.unfinished.length === 0;
      const hadTime = atRest || view.endedAt - t >= CALM_MICROS;
      const disturbed = mms.wasDisturbed(
        `carrier/${home}/mms`,
        atRest ? view.endedAt : t,
        view.endedAt,
      );
      if (disturbed || !hadTime || mms.peopleHadChanged(view.endedAt)) {
        tally.leave('the centre or the phone was disturbed, or the cell ended too early');
        continue;
      }
      tally.judged();
      tally.find({
        ...(message !== undefined && { message }),
        device,
        seqs: [seq],
        expected: 'the message is fetched from the centre',
        seen: 'a notification, and nothing after it',
        sentence: `${device} was told of a message at its carrier’s centre and never fetched it.`,
      });
    }
    return tally.result();
  },
};
