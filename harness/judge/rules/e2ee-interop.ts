import type { PersonPlan } from '../../../simulators/kernel/plan.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { expectationFor } from '../interop-table.ts';
import type { InteropExpectation } from '../interop-table.ts';
import type { Display } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { channelWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/interop',
  level: 'must',
  kind: 'safety',
  fails:
    'A message between people is not encrypted although all their phones and carriers can, is ' +
    'encrypted although one of them cannot, or somebody in the conversation is shown the wrong ' +
    'padlock or nothing at all.',
  hint: 'Look at what the sender takes from the capability exchange, and at what sets the padlock.',
  source: 'GSMA RCC.16; Apple, iOS 26.5 (all participants’ carriers must qualify)',
};

/** What was written so shortly before the end need not have reached everybody. */
const LAST_MICROS = 10_000_000;

/** Everybody in the message's conversation; null where it is not one between people. */
function peopleOf(view: CaseView, { record, person }: MessageView): PersonPlan[] | null {
  // What is done to an earlier message shows no words of its own, or not to everybody.
  if (record.from === null || record.toBusiness || record.traffic.act !== undefined) return null;
  const { traffic } = record;
  // Which ways go by iMessage is judged by people/transport.
  if (view.cell.world.imessage === true) return null;
  const names = [record.from, ...(traffic.group === true ? traffic.to : [person.id])];
  const people = names.map((name) => view.fold.people.get(name));
  return people.includes(undefined) ? null : (people as PersonPlan[]);
}

/** From the first fault on, keys and settings are not those of the plan any more. */
function undisturbedUntil(view: CaseView): number {
  const begins = [...view.fold.run.faults.values()].map(({ applied }) => applied?.at);
  return Math.min(view.endedAt + 1, ...begins.filter((at) => at !== undefined));
}

function padlockWords(padlock: boolean): string {
  return padlock ? 'with a padlock' : 'without a padlock';
}

const isEncrypted = ({ channel }: Display): boolean => channel === 'rcs-e2ee';

function reasonOf(expected: InteropExpectation): string {
  return expected.kind === 'encrypted'
    ? 'every phone and carrier in the conversation has encryption'
    : expected.because;
}

/** Devices that have to show it: all that are on the network; without RCS the one with the SIM. */
function devicesThatShow(person: PersonPlan, encrypted: boolean): string[] {
  const able = person.devices.filter(({ online, rcs }) => online && (rcs || !encrypted));
  const rcs = able.filter((device) => device.rcs);
  const shown = rcs.length > 0 ? rcs : able.slice(0, 1);
  return shown.map(({ id }) => `person/${person.id}/device/${id}`);
}

export const interop: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const until = undisturbedUntil(view);
    for (const message of view.messages) {
      const people = peopleOf(view, message);
      if (people === null) continue;
      const { record } = message;
      const expected = expectationFor(view.cell, people);
      if (expected.kind === 'unknown') {
        tally.leave(expected.because);
        continue;
      }
      const encrypted = expected.kind === 'encrypted';
      const shown = message.transmissions
        .flatMap(({ displays }) => displays)
        .filter(({ at }) => at < until);
      for (const display of shown) {
        if (display.channel === 'imessage') {
          tally.leave('iMessage brought it, which has an encryption of its own');
          continue;
        }
        tally.judged();
        if (isEncrypted(display) === encrypted && display.padlock === encrypted) continue;
        const seen = `${display.channel}, ${padlockWords(display.padlock)}`;
        tally.find({
          message: message.id,
          device: display.device,
          seqs: [record.intended.seq, display.seq],
          expected: encrypted ? 'rcs-e2ee, with a padlock' : 'open, without a padlock',
          seen,
          sentence:
            `${subject(message)} was shown on ${display.device} by ` +
            `${channelWords(display.channel)} ${padlockWords(display.padlock)}, but ` +
            `${reasonOf(expected)}.`,
        });
      }
      const complete = until > view.endedAt && record.intended.at + LAST_MICROS < view.endedAt;
      if (!complete || view.fold.run.ended?.outcome === 'stopped') continue;
      const missing = people
        .filter(({ id }) => id !== record.from)
        .flatMap((person) => devicesThatShow(person, encrypted))
        .filter((device) => !shown.some((display) => display.device === device));
      for (const device of missing) {
        tally.judged();
        tally.find({
          message: message.id,
          device,
          seqs: [record.intended.seq],
          expected: 'shown on every phone of everybody in the conversation',
          seen: 'never shown there',
          sentence:
            `${subject(message)} never appeared on ${device}, whose person is in the ` +
            `conversation.`,
        });
      }
    }
    return tally.result();
  },
};
