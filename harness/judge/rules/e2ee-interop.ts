import type { PersonPlan, TrafficPlan } from '../../../simulators/kernel/plan.ts';
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

interface Conversation {
  readonly expected: InteropExpectation;
  readonly encrypted: boolean;
  /** Devices that have to show what is said in it. */
  readonly showing: readonly string[];
}

/** What holds in a conversation of these, of whom the first writes; null: somebody is unknown. */
function conversationOf(view: CaseView, names: readonly string[]): Conversation | null {
  const people: PersonPlan[] = [];
  for (const name of names) {
    const person = view.fold.people.get(name);
    if (person === undefined) return null;
    people.push(person);
  }
  const expected = expectationFor(view.cell, people);
  const encrypted = expected.kind === 'encrypted';
  const [from] = names;
  const readers = people.filter(({ id }) => id !== from);
  const showing = readers.flatMap((person) => devicesThatShow(person, encrypted));
  return { expected, encrypted, showing };
}

/** The conversation of each message, worked out once; null where it is not one between people. */
function conversationsOf(view: CaseView): (message: MessageView) => Conversation | null {
  /** By traffic, which has one sender, then by who gets it. */
  const known = new Map<TrafficPlan, Map<string, Conversation | null>>();
  return ({ record, person }) => {
    const { from, traffic } = record;
    // What is done to an earlier message shows no words of its own, or not to everybody.
    if (from === null || record.toBusiness || traffic.act !== undefined) return null;
    let ofTraffic = known.get(traffic);
    if (ofTraffic === undefined) known.set(traffic, (ofTraffic = new Map()));
    let conversation = ofTraffic.get(person.id);
    if (conversation === undefined) {
      const to = traffic.group === true ? traffic.to : [person.id];
      ofTraffic.set(person.id, (conversation = conversationOf(view, [from, ...to])));
    }
    return conversation;
  };
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
    // Which ways go by iMessage is judged by people/transport.
    if (view.cell.world.imessage === true) return tally.result();
    const until = undisturbedUntil(view);
    const isComplete = until > view.endedAt && view.fold.run.ended?.outcome !== 'stopped';
    const conversation = conversationsOf(view);
    for (const message of view.messages) {
      const talk = conversation(message);
      if (talk === null) continue;
      const { expected, encrypted, showing } = talk;
      const { record } = message;
      if (expected.kind === 'unknown') {
        tally.leave(expected.because);
        continue;
      }
      const shown: Display[] = [];
      for (const { displays } of message.transmissions) {
        for (const display of displays) if (display.at < until) shown.push(display);
      }
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
      if (!isComplete || record.intended.at + LAST_MICROS >= view.endedAt) continue;
      for (const device of showing) {
        if (shown.some((display) => display.device === device)) continue;
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
