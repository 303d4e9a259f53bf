import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Push } from '../push-dispatches.ts';
import { seqsOf, whereOf } from '../push-dispatches.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'push/unregistered-token',
  level: 'must',
  kind: 'safety',
  fails: 'A push service said that a token is gone, and it is still sent to, more than once.',
  hint: 'Forget the token at 410 and UNREGISTERED, also across a restart.',
  source: 'Apple, “Handling notification responses from APNs”; Firebase, ErrorCode UNREGISTERED',
};

/** One more may have been decided upon before the answer was read. */
const LEFT_OVER = 1;
/** On sockets a request may be under way while the answer to another arrives. */
const IN_FLIGHT_MICROS = 100_000;

function isGone({ dispatch }: Push): boolean {
  return dispatch.outcome === 'unavailable' && dispatch.handedAt !== null;
}

export const unregisteredToken: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const slack = view.fold.started.wire === 'sockets' ? IN_FLIGHT_MICROS : 0;
    const tokens = Map.groupBy(
      view.pushes.filter(({ facts }) => facts.token !== ''),
      ({ dispatch, facts }) => `${dispatch.component}|${dispatch.device ?? ''}|${facts.token}`,
    );
    for (const pushes of tokens.values()) {
      tally.judged();
      const told = pushes.find(isGone);
      const toldAt = told?.dispatch.handedAt ?? null;
      if (told === undefined || toldAt === null) continue;
      const after = pushes.filter(({ dispatch }) => dispatch.at > toldAt + slack);
      if (after.length <= LEFT_OVER) continue;
      tally.find({
        seqs: [...seqsOf(told), ...after.flatMap(seqsOf)],
        expected: 'no push to a token that is gone',
        seen: `${plural(after.length, 'more push', 'more pushes')} after ${told.dispatch.status}`,
        sentence:
          `A token (${whereOf(told)}) was sent ${plural(after.length, 'push', 'pushes')} after ` +
          'the service had said that it is gone.',
      });
    }
    return tally.result();
  },
};
