import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Push } from '../push-dispatches.ts';
import { isSilent, seqsOf, whereOf } from '../push-dispatches.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'push/wrong-priority',
  level: 'must',
  kind: 'safety',
  fails:
    'A silent push is sent at the priority of alerts, or a message of the high class at a ' +
    'priority that let a phone that saves power keep it back beyond the attempt timeout.',
  hint: 'APNs 10 or FCM HIGH for what the person waits for, 5 or NORMAL for the rest.',
  source:
    'Apple, “Pushing background updates to your App”; Firebase, “Set and manage Android ' +
    'message priority”',
};

/** Apple: a push with content-available alone goes out at 5; 10, also by default, is an error. */
function judgeSilent(push: Push, tally: Tally): void {
  if (push.facts.priority !== 'high') return;
  tally.find({
    seqs: seqsOf(push),
    expected: 'apns-priority 5',
    seen: 'apns-priority 10',
    sentence: `A silent push (${whereOf(push)}) was sent at priority 10; Apple wants 5.`,
  });
}

/** Kept back by the phone, and not shown while its attempt lasted: the priority was to blame. */
function judgeHeld(view: CaseView, push: Push, tally: Tally): void {
  const { dispatch, facts } = push;
  const { held, displays } = view.fold.attribution.root(dispatch.transmission);
  const message = view.messageOf(dispatch.transmission);
  if (held === null || message === null || message.sensitivity !== 'high') return;
  const patience = view.policy.attemptTimeoutMicros['app-push'];
  if (facts.priority === 'high' || patience === undefined) return;
  const shown = displays.some(({ at }) => at <= dispatch.at + patience);
  if (shown) return;
  tally.find({
    message: message.id,
    seqs: [...seqsOf(push), held.seq],
    expected: 'high priority, which no phone keeps back',
    seen: `kept back for more than ${duration(patience)}`,
    sentence:
      `${subject(message)} was pushed at normal priority, and the phone kept it back to save ` +
      'power.',
  });
}

export const wrongPriority: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const push of view.pushes) {
      tally.judged();
      if (push.facts.asks === 'silent' || isSilent(push)) judgeSilent(push, tally);
      else judgeHeld(view, push, tally);
    }
    return tally.result();
  },
};
