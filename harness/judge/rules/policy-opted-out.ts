import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { OptedOut } from '../fold-consent.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { copyWords, subject, when } from '../wording.ts';

const entry: RuleEntry = {
  name: 'policy/opted-out',
  level: 'must',
  kind: 'safety',
  fails:
    'A message is dispatched to a person who had written that they want nothing more, after the ' +
    'implementation’s callback had taken that word; what is under way is no exception.',
  hint: 'Look at what a person’s STOP does to messages that wait for their next channel.',
  source: 'policy: consent (CTIA Messaging Principles §5.1.3; 47 CFR 64.1200(a)(10))',
};

/** The message was there to be sent, or went out, while its person wanted nothing. */
function concerns(span: OptedOut, message: MessageView, endedAt: number): boolean {
  const until = span.until ?? endedAt;
  const during = (at: number): boolean => at >= span.told.at && at < until;
  return during(message.submittedAt) || message.dispatches.some(({ at }) => during(at));
}

function judgeMessage(view: CaseView, message: MessageView, tally: Tally): void {
  const spans = view.fold.consent.of(message.person.id);
  const span = spans.find((each) => concerns(each, message, view.endedAt));
  if (span === undefined) return;
  tally.judged();
  // A stop of its own process by the harness is none of its time to take the word in.
  const from = view.running(span.told.at, view.policy.toleranceMicros);
  const until = span.until ?? Infinity;
  const sent = message.dispatches.filter(({ at }) => at > from && at < until);
  const [first] = sent;
  if (first === undefined) return;
  tally.find({
    message: message.id,
    seqs: [span.told.seq, ...sent.map(({ seq }) => seq)],
    expected: `nothing more to ${message.person.id} from ${when(span.told.at)} on`,
    seen: `dispatched by ${first.channel} ${when(first.at)}`,
    sentence:
      `${subject(message)} went out by ${copyWords(view, first)} ${when(first.at)} although ` +
      `${message.person.id} had written that they want nothing more, which the implementation ` +
      `had taken ${when(span.told.at)}.`,
  });
}

export const optedOut: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      if (message.record.from === null) judgeMessage(view, message, tally);
    }
    return tally.result();
  },
};
