import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { AnsweredCallback } from '../callback-ledger.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { plural, when } from '../wording.ts';

const entry: RuleEntry = {
  name: 'webhook/valid-rejected',
  level: 'must',
  kind: 'liveness',
  fails:
    'A genuine callback is refused, also one signed by the key which is being brought in; ' +
    'or the webhook does not pass the gateway’s verification.',
  hint:
    'Is callbacks.<gateway>.path right, and (Twilio) its public address? While a key is renewed, ' +
    'take both: the new one is ${gateway.<name>.next…}. RBM’s verification wants 200 and the ' +
    'secret.',
  source: 'design: webhook/valid-rejected; RCS for Business, “Set up webhooks”',
};

/** A server's own errors count once it has had so many chances. */
const MOST_ERRORS = 3;
/** “I do not know this message”: fair while it could not. */
const UNKNOWN: ReadonlySet<number | null> = new Set([404, 409, 410, 422]);

/** The answer that would have told it the message's id had not reached it by then. */
function isUnknown({ transmission, answer, at }: AnsweredCallback): boolean {
  const dispatches = transmission?.dispatches ?? [];
  if (dispatches.length === 0 || !UNKNOWN.has(answer.code)) return false;
  return dispatches.every(({ handedAt }) => handedAt === null || handedAt > at);
}

/** Nothing is there: most often the path, which the description says. */
function askPath(component: string, status: string): string {
  const gateway = /^gateway\/([^/]+)/.exec(component)?.[1];
  if (gateway === undefined || !/\b40[45]\b/.test(status)) return '';
  return ` Is callbacks.${gateway}.path right?`;
}

function judgeVerifications(view: CaseView, tally: Tally): void {
  for (const [component, { at, seq, status, held }] of view.fold.wires.verifications) {
    if (!held && status === 'ETIMEDOUT' && view.lagged(0, at)) {
      tally.leave('the harness was too slow');
      tally.distrust('the harness was too slow to judge the verification');
      continue;
    }
    tally.judged();
    if (held) continue;
    tally.find({
      seqs: [seq],
      expected: '200 with the secret that was sent',
      seen: status,
      sentence:
        `${component} could not verify the implementation’s webhook (${status}): it sends no ` +
        `receipt and no reply.${askPath(component, status)}`,
    });
  }
}

export const validRejected: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    judgeVerifications(view, tally);
    const { callbacks } = view.fold.wires;
    tally.judged(callbacks.genuine);
    const find = (callback: AnsweredCallback, times: number): void => {
      const { answer, component, event, newKey, transmission } = callback;
      const message = transmission === null ? null : view.messageOf(transmission);
      const key = newKey ? ', signed by the new key,' : '';
      const often = times > 1 ? ` (${plural(times, 'time')})` : '';
      tally.find({
        ...(message === null ? {} : { message: message.id }),
        seqs: [callback.seq, answer.seq],
        expected: '2xx',
        seen: `${answer.status}${often}`,
        sentence:
          `The genuine callback “${event}” of ${component}${key} was refused ` +
          `${when(callback.at)}: ${answer.status}${often}.` +
          askPath(component, answer.status),
      });
    };
    for (const callback of callbacks.refused) {
      if (isUnknown(callback)) tally.leave('it could not know the message yet');
      else find(callback, 1);
    }
    for (const { tries, first } of callbacks.neverTaken) {
      if (tries < MOST_ERRORS) tally.leave('it met an error of the server, and was not repeated');
      else find(first, tries);
    }
    return tally.result();
  },
};
