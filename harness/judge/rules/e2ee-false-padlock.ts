import type { Channel } from '../../../simulators/kernel/words.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { StatusTold } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { MessageView } from '../view.ts';
import { channelWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/false-padlock',
  level: 'must',
  kind: 'safety',
  fails: 'The person or the caller is told “encrypted” when the message was not.',
  hint: 'Look at what sets the encrypted flag when a message falls back.',
  source: 'GSMA RCC.16 (indication of encryption); design: e2ee/false-padlock',
};

/** Channels on which the carrier can read the text. */
const OPEN: readonly Channel[] = ['rcs', 'sms', 'mms'];

/** The open channel that an “encrypted” status hides; null when it may be true. */
function hiddenBy(
  message: MessageView,
  status: StatusTold,
): { channel: Channel; seq: number } | null {
  const named = OPEN.find((channel) => channel === status.channel);
  if (named !== undefined) return { channel: named, seq: status.seq };
  const shown = message.displays.filter((display) => display.at <= status.at);
  const used = shown.length > 0 ? shown : message.dispatches.filter((each) => each.at <= status.at);
  const open = used.find((each) => OPEN.includes(each.channel));
  if (open === undefined || used.some((each) => !OPEN.includes(each.channel))) return null;
  return { channel: open.channel, seq: open.seq };
}

export const falsePadlock: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      const { status } = message.record;
      if (status !== null && status.encrypted !== null) tally.judged();
      if (status?.encrypted === true) {
        const hidden = hiddenBy(message, status);
        if (hidden !== null) {
          tally.find({
            message: message.id,
            seqs: [hidden.seq, status.seq],
            expected: 'encrypted: false',
            seen: `encrypted: true for a copy on ${hidden.channel}`,
            sentence:
              `${subject(message)} was reported as encrypted, but it went out by ` +
              `${channelWords(hidden.channel)}.`,
          });
        }
      }
      for (const display of message.displays) {
        if (!display.padlock) continue;
        tally.judged();
        if (display.channel === 'rcs-e2ee') continue;
        tally.find({
          message: message.id,
          device: display.device,
          seqs: [display.seq],
          expected: 'no padlock',
          seen: `a padlock on a message by ${display.channel}`,
          sentence:
            `${subject(message)} was shown with a padlock, but came by ` +
            `${channelWords(display.channel)}.`,
        });
      }
    }
    return tally.result();
  },
};
