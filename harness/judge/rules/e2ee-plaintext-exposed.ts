import type { Observer } from '../../../simulators/kernel/words.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { ON_THE_WAY, mayBeSeen } from '../taps.ts';
import type { Sighting } from '../taps.ts';
import type { CaseView } from '../view.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/plaintext-exposed',
  level: 'must',
  kind: 'safety',
  fails: 'The content of a message is seen by an observer that the policy does not allow.',
  hint: 'The kept bytes of the tap show where and in which encoding the content stood.',
  source: 'policy: who may see content',
};

const OBSERVER_WORDS = {
  'implementation-api': 'the implementation’s API answers',
  'implementation-output': 'the implementation’s output',
  'implementation-files': 'the implementation’s files',
  'implementation-callbacks': 'the implementation’s callbacks',
  gateway: 'the gateway',
  carrier: 'the carrier',
  smsc: 'the SMS centre',
  push: 'the push service',
  'attachment-store': 'the attachment store',
  archive: 'whoever reads the archive',
  'link-anonymous': 'anybody with the link',
  device: 'the device',
  'other-device': 'another device',
} as const satisfies Record<Observer, string>;

/** Doors that were used in this cell and whose tap therefore has to be proven. */
function observersNeeded(view: CaseView): Set<Observer> {
  const needed = new Set<Observer>(view.fold.taps.scanning);
  for (const [component, counts] of view.fold.doors.doors) {
    if (counts.sends === 0) continue;
    if (component.startsWith('gateway/')) needed.add('gateway');
    if (component.startsWith('push/')) needed.add('push');
    if (component.startsWith('carrier/') && component.endsWith('/sms')) needed.add('smsc');
  }
  return needed;
}

function distrustTaps(view: CaseView, tally: Tally): void {
  const { taps } = view.fold;
  const unproven = [...observersNeeded(view)].filter(
    (observer) => taps.missed.has(observer) || !taps.calibrated.has(observer),
  );
  if (unproven.length > 0) {
    tally.distrust(
      `the tap of ${unproven.toSorted().join(', ')} did not find its own calibration canary`,
    );
  }
  if (taps.truncated.size > 0) {
    tally.distrust(`the tap of ${[...taps.truncated].toSorted().join(', ')} left bytes unread`);
  }
}

type Answer = 'allowed' | 'exposed' | 'unclear';

function judgeSighting(view: CaseView, sighting: Sighting): Answer {
  const { record, observer } = sighting;
  const root = sighting.transmission && view.fold.attribution.root(sighting.transmission);
  const channel = sighting.channel ?? root?.dispatches[0]?.channel ?? null;
  if (record.toBusiness && ON_THE_WAY.has(observer)) {
    // What a person sent openly is theirs to decide; what is passed on of it is the sender's.
    const passedOn = root?.dispatches[0]?.channel;
    if (passedOn === undefined) return 'allowed';
    if (!view.policy.allowed[record.traffic.message.sensitivity].includes(passedOn)) {
      return 'exposed';
    }
  }
  if (mayBeSeen(view.policy, observer, record, channel)) return 'allowed';
  const anywhere = view.policy.observers[observer][record.traffic.message.sensitivity].length > 0;
  return channel === null && anywhere ? 'unclear' : 'exposed';
}

/** What was put before somebody whom it was not for. */
function judgeStrayed(view: CaseView, tally: Tally): void {
  for (const transmission of view.transmissions) {
    const { displays, message: known } = transmission;
    // Nearly all were shown to whom they were for.
    if (displays.every(({ person }) => person === known?.person.id)) continue;
    const message = view.messageOf(transmission);
    if (message === null) continue;
    const { record, sensitivity } = message;
    for (const { person, device, channel, seq } of displays) {
      if (person === message.person.id) continue;
      if (record.traffic.group === true && record.traffic.to.includes(person)) continue;
      if (mayBeSeen(view.policy, 'other-device', record, channel)) continue;
      const kind = record.traffic.message.kind.replaceAll('-', ' ');
      tally.find({
        message: message.id,
        device,
        seqs: [record.intended.seq, ...transmission.dispatches.map((each) => each.seq), seq],
        expected: `no ${sensitivity} content at other-device`,
        seen: `shown on ${device}`,
        sentence:
          `The text of ${kind} ${message.id} (${sensitivity} sensitivity) for ` +
          `${message.person.id} was shown to ${person}.`,
      });
    }
  }
}

export const plaintextExposed: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    const { taps } = view.fold;
    tally.judged(taps.scans);
    distrustTaps(view, tally);
    for (const sighting of taps.sightings) {
      // What is archived has a rule of its own: archive/readable.
      if (sighting.observer === 'archive') continue;
      const answer = judgeSighting(view, sighting);
      if (answer === 'unclear') tally.leave('the channel of a sighting is not known');
      if (answer !== 'exposed') continue;
      const { record, observer, where, as } = sighting;
      const kind = record.traffic.message.kind.replaceAll('-', ' ');
      const { sensitivity } = record.traffic.message;
      tally.find({
        message: record.id,
        seqs: [record.intended.seq, ...sighting.seqs],
        expected: `no ${sensitivity} content at ${observer}`,
        seen: `the canary ${plural(sighting.count, 'time')} at ${where}, as ${as}`,
        sentence:
          `The text of ${kind} ${record.id} (${sensitivity} sensitivity) was readable ` +
          `for ${OBSERVER_WORDS[observer]} (${where}, ${as}).`,
      });
    }
    judgeStrayed(view, tally);
    return tally.result();
  },
};
