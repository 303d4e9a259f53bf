import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Display, Told, Transmission } from '../records.ts';
import { Tally, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { arrivalTold } from '../told-arrival.ts';
import type { MessageView } from '../view.ts';
import { copyWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/duplicate',
  level: 'must',
  kind: 'safety',
  fails:
    'A person is shown one message twice by two dispatches, and before the later left the ' +
    'earlier was neither revoked nor reported failed, or its receipt had come.',
  hint:
    'Ask for the revocation of the earlier copy before the next channel is dispatched, and ' +
    'dispatch none after its receipt.',
  source: 'policy: duplicates',
};

/** When a copy left for the first time; copies that no door saw count from their display. */
const leftAt = (copy: Transmission, display: Display): number =>
  copy.dispatches[0]?.seq ?? display.seq;

/** One logical dispatch to several devices: same channel, each copy for a device of its own. */
function sideBySide(a: Transmission, b: Transmission): boolean {
  const first = a.dispatches[0];
  const second = b.dispatches[0];
  return (
    first !== undefined &&
    second !== undefined &&
    first.channel === second.channel &&
    first.device !== null &&
    second.device !== null &&
    first.device !== second.device
  );
}

/** The receipt for its content had come long enough before; that a link came is none. */
function knownToBeThere(earlier: Display, laterAt: number, toleranceMicros: number): boolean {
  if (earlier.channel === 'secure-link') return false;
  const settled = ({ answeredAt, untrue }: Told): boolean =>
    !untrue && answeredAt + toleranceMicros < laterAt;
  return arrivalTold(earlier.transmission, 'certain', settled) !== undefined;
}

/** Asked back, or reported as failed, before the later copy left. */
function givenUp(earlier: Transmission, laterLeft: number): boolean {
  if (earlier.revokeAsked !== null && earlier.revokeAsked.seq < laterLeft) return true;
  return earlier.told.some(
    (told) => told.seq < laterLeft && (told.implies === 'failed' || told.unavailable.length > 0),
  );
}

function firstPerCopy(message: MessageView): Display[] {
  const copies = new Map<Transmission, Display>();
  for (const display of message.displays) {
    if (!copies.has(display.transmission)) copies.set(display.transmission, display);
  }
  return [...copies.values()].sort((a, b) => leftAt(a.transmission, a) - leftAt(b.transmission, b));
}

export const duplicate: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    if (view.policy.duplicates === 'allowed') return tally.result();
    let excused = 0;
    eachAttributed(view, tally, (message) => {
      if (message.displays.length === 0) return;
      tally.judged();
      if (message.displays.length === 1) return;
      const copies = firstPerCopy(message);
      for (const later of copies.slice(1)) {
        const left = leftAt(later.transmission, later);
        const clash = copies.find(
          (earlier) =>
            earlier !== later &&
            leftAt(earlier.transmission, earlier) < left &&
            !sideBySide(earlier.transmission, later.transmission),
        );
        if (clash === undefined) continue;
        const laterAt = later.transmission.dispatches[0]?.at ?? later.at;
        const known = knownToBeThere(clash, laterAt, view.policy.toleranceMicros);
        if (!known && givenUp(clash.transmission, left)) {
          excused++;
          continue;
        }
        tally.find({
          message: message.id,
          device: later.device,
          seqs: [leftAt(clash.transmission, clash), clash.seq, left, later.seq],
          expected: 'one display, or the earlier copy asked back first',
          seen: `displayed by ${clash.channel} and by ${later.channel}`,
          sentence:
            `${subject(message)} was shown twice, by ${copyWords(view, clash)} and by ` +
            `${copyWords(view, later)}, and the first copy ` +
            (known ? 'was known to have arrived.' : 'had not been asked back.'),
        });
        return;
      }
    });
    const result = tally.result();
    if (excused === 0) return result;
    const reason = `${excused} shown twice after the earlier copy was asked back or had failed`;
    return { ...result, reason: [result.reason, reason].filter(Boolean).join('; ') };
  },
};
