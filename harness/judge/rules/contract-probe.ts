import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'contract/probe',
  level: 'must',
  kind: 'safety',
  fails: 'The honesty probe was not met: an unknown operation or recipient, or a repeated key.',
  hint: 'The probe’s name and detail say what was asked and what came back.',
  source: 'design: honesty probe',
};

/** What each probe wants to know. */
const ASKS: Readonly<Record<string, string>> = {
  'first-status-readable': 'whether its statuses can be read',
  'unknown-operation-refused': 'whether it refuses an operation that does not exist',
  'unknown-recipient-not-delivered': 'whether it reports a message to nobody as delivered',
  'idempotency-key-honoured': 'whether the same key twice is one message',
};

export const probe: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const unanswered = view.fold.run.probes.filter((result) => result.unanswered === true);
    if (unanswered.length > 0) {
      const asked = unanswered.map(
        ({ probe: name, detail }) => `${ASKS[name] ?? name} (${detail})`,
      );
      tally.distrust(`the honesty probe never got an answer to ${asked.join('; ')}`);
    }
    for (const result of view.fold.run.probes) {
      if (result.unanswered === true) {
        tally.leave('not answered');
        continue;
      }
      tally.judged();
      if (result.held) continue;
      tally.find({
        seqs: [result.seq],
        expected: `the probe ${result.probe} to hold`,
        seen: result.detail,
        sentence: `The honesty probe “${result.probe}” failed: ${result.detail}.`,
      });
    }
    return tally.result();
  },
};
