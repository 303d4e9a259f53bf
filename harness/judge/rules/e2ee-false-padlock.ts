import type { Channel } from '../../../simulators/kernel/words.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Dispatch, Display, StatusTold } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { channelWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/false-padlock',
  level: 'must',
  kind: 'safety',
  fails:
    'The person or the caller is told “encrypted” when the message was not, or only as far as a ' +
    'gateway that could read it.',
  hint: 'Look at what sets the encrypted flag when a message falls back.',
  source: 'GSMA RCC.16 (indication of encryption); design: e2ee/false-padlock',
};

/** Channels on which the carrier can read the text. */
const OPEN: readonly Channel[] = ['rcs', 'sms', 'mms'];

interface Hidden {
  /** `by SMS`, `by a gateway-managed session, whose gateway could read it` */
  readonly by: string;
  readonly seen: string;
  readonly seq: number;
}

/** What an “encrypted” status hides; null when it may be true. */
function hiddenBy(view: CaseView, message: MessageView, status: StatusTold): Hidden | null {
  const openly = (channel: Channel, seq: number): Hidden => ({
    by: `by ${channelWords(channel)}`,
    seen: `a copy on ${channel}`,
    seq,
  });
  const named = status.channels ?? [];
  const [first] = named;
  if (first !== undefined && named.every((channel) => OPEN.includes(channel))) {
    return openly(first, status.seq);
  }
  const shown = message.displays.filter((display) => display.at <= status.at);
  const used = shown.length > 0 ? shown : message.dispatches.filter((each) => each.at <= status.at);
  const isRead = ({ transmission }: Display | Dispatch): boolean =>
    view.fold.sessions.protects(view.fold.attribution.root(transmission));
  const open = used.find((each) => OPEN.includes(each.channel) || isRead(each));
  if (open === undefined) return null;
  if (used.some((each) => !OPEN.includes(each.channel) && !isRead(each))) return null;
  if (OPEN.includes(open.channel)) return openly(open.channel, open.seq);
  return {
    by: 'by a gateway-managed session, in which the gateway could read it',
    seen: 'a copy that the gateway opened',
    seq: open.seq,
  };
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
        const hidden = hiddenBy(view, message, status);
        if (hidden !== null) {
          tally.find({
            message: message.id,
            seqs: [hidden.seq, status.seq],
            expected: 'encrypted: false',
            seen: `encrypted: true for ${hidden.seen}`,
            sentence: `${subject(message)} was reported as encrypted, but went out ${hidden.by}.`,
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
