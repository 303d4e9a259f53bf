import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { recoveryFrom } from '../recovery.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { duration, plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'recovery/slow',
  level: 'must',
  kind: 'liveness',
  fails:
    'After a fault ended, delivery and latency are not back as before, or the backlog has not ' +
    'drained, within the time that the scenario allows.',
  hint: 'Look at back-off times, at circuit breakers that stay open, and at the backlog’s order.',
  source: 'expect: recovery',
};

export const recoverySlow: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const expectation of view.cell.expect) {
      if (expectation.kind !== 'recovery') continue;
      const recovery = recoveryFrom(view, expectation.from);
      if (recovery === null) {
        tally.leave(`nothing was sent after ${expectation.from}`);
        continue;
      }
      if (recovery.micros > expectation.withinMicros + view.policy.toleranceMicros) {
        if (view.lagged(recovery.liftedAt, recovery.liftedAt + recovery.micros)) {
          tally.distrust('the harness was too slow to judge recovery');
          continue;
        }
        const lifted = view.fold.run.faults.get(expectation.from)?.lifted?.seq ?? 0;
        const more = recovery.unfinished.length > 0 ? 'more than ' : '';
        const end = recovery.last?.arrival?.display.seq ?? recovery.last?.record.intended.seq;
        tally.find({
          ...(recovery.last === null ? {} : { message: recovery.last.id }),
          seqs: [lifted, ...(end === undefined ? [] : [end])],
          expected: `as before within ${duration(expectation.withinMicros)}`,
          seen:
            recovery.unfinished.length > 0
              ? `${plural(recovery.unfinished.length, 'message')} still waiting at the end`
              : `as before after ${duration(recovery.micros)}`,
          sentence:
            `After ${expectation.from} had ended it took ` +
            `${more}${duration(recovery.micros)} until ` +
            `messages arrived as before; ${duration(expectation.withinMicros)} are allowed.`,
        });
      }
      tally.judged();
    }
    return tally.result();
  },
};
