import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { devicePath } from '../../../simulators/kernel/people.ts';
import type { Push } from '../push-dispatches.ts';
import { isSilent, seqsOf } from '../push-dispatches.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';

const entry: RuleEntry = {
  name: 'push/silent-budget',
  level: 'must',
  kind: 'safety',
  fails: 'One phone is sent more background pushes in an hour than its system handles.',
  hint: 'Apple: no more than two or three an hour; what the person waits for is an alert.',
  source: 'Apple, “Pushing background updates to your App”',
};

const HOUR_MICROS = 3_600_000_000;

/** device → background pushes an hour, of the phones that have APNs. */
function budgets(view: CaseView): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const person of view.fold.people.values()) {
    for (const { id, push } of person.devices) {
      if (push.provider !== 'apns') continue;
      const { backgroundPerHour, unentitledPerHour, entitled } = push;
      // An organisation knows its own entitlements; what a fault takes away it cannot know.
      const budget = entitled === false ? unentitledPerHour : undefined;
      found.set(devicePath(person.id, id), budget ?? backgroundPerHour);
    }
  }
  return found;
}

/** The first run of more than `budget` within an hour. */
function excess(pushes: readonly Push[], budget: number): readonly Push[] | undefined {
  for (const [index, { dispatch }] of pushes.entries()) {
    const last = pushes[index + budget];
    if (last !== undefined && last.dispatch.at - dispatch.at < HOUR_MICROS) {
      return pushes.slice(index).filter(({ dispatch: { at } }) => at - dispatch.at < HOUR_MICROS);
    }
  }
  return undefined;
}

export const silentBudget: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const taken = view.pushes.filter(({ dispatch }) => dispatch.outcome === 'accepted');
    const known = budgets(view);
    for (const [device, pushes] of Map.groupBy(taken, (push) => push.dispatch.device ?? '')) {
      const budget = known.get(device);
      if (budget === undefined) continue;
      tally.judged(pushes.length);
      const silent = excess(pushes.filter(isSilent), budget);
      if (silent === undefined) continue;
      tally.find({
        device,
        seqs: silent.flatMap(seqsOf),
        expected: `at most ${budget} background pushes an hour`,
        seen: `${silent.length} in an hour`,
        sentence:
          `${device} was sent ${silent.length} background pushes within an hour; its system ` +
          `hands ${budget} to an app.`,
      });
    }
    return tally.result();
  },
};
