import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Encrypted } from '../fold-mls.ts';
import type { Mark } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView } from '../view.ts';
import { duration } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/stale-epoch',
  level: 'must',
  kind: 'safety',
  fails:
    'Somebody encrypts in an epoch that they had been told to leave: by a Commit, a refusal of ' +
    'the delivery service, by new keys of a member, or by end_mls.',
  hint: 'Look at what a 409 and DEVICE_ADDED lead to: a new epoch or era before the next message.',
  source: 'RFC 9420 §12.4, §14; GSMA RCC.16 (era, epoch, end_mls)',
};

/** Phones: what they had processed themselves. */
function judgePhones(view: CaseView, tally: Tally): void {
  const { staleUses, phonesEncrypted } = view.fold.mls;
  tally.judged(phonesEncrypted);
  for (const { encrypted, told, why, presentEpoch } of staleUses) {
    const { device, epoch } = encrypted;
    if (device === null) continue;
    const ended = why === 'ended';
    tally.find({
      device,
      seqs: [told.seq, encrypted.seq],
      expected: ended ? 'nothing encrypted after end_mls' : `epoch ${presentEpoch}`,
      seen: `encrypted in epoch ${epoch}`,
      sentence: ended
        ? `${device} went on encrypting in a conversation that had been told to end encryption.`
        : `${device} encrypted in epoch ${epoch}, though it had followed the group into epoch ` +
          `${presentEpoch} before.`,
    });
  }
}

interface Leave {
  readonly told: Mark;
  readonly group: string;
  /** This epoch of the group and all before it. */
  readonly epoch: number;
  readonly graceMicros: number;
  readonly why: string;
}

/** Everything that told the implementation to leave an epoch. */
function leavesOf(view: CaseView): Leave[] {
  const { conflicts, renewed, encrypted } = view.fold.mls;
  const { revocationMicros, keyRecoveryMicros } = view.policy.grace;
  const leaves: Leave[] = [];
  for (const conflict of conflicts) {
    const { group, epoch, present } = conflict;
    const gone = present === null || present.group !== group || present.epoch > epoch;
    if (!gone) continue;
    const why = 'the delivery service had refused it as old';
    leaves.push({ told: conflict, group, epoch, graceMicros: revocationMicros, why });
  }
  for (const [device, renewals] of renewed) {
    for (const { told, rotated } of renewals) {
      if (told === null || !rotated) continue;
      const [, person = ''] = /^person\/(.+)\/device\//.exec(device) ?? [];
      const last = encrypted.findLast((one) => one.at <= told.at && personOf(view, one) === person);
      if (last === undefined) continue;
      const { group, epoch } = last;
      const why = `${device} had announced new keys`;
      leaves.push({ told, group, epoch, graceMicros: keyRecoveryMicros, why });
    }
  }
  return leaves;
}

function personOf(view: CaseView, { wire }: Encrypted): string | null {
  return view.fold.attribution.ofWire(wire).person;
}

function judgeImplementation(view: CaseView, tally: Tally): void {
  const { encrypted } = view.fold.mls;
  tally.judged(encrypted.length);
  const leaves = leavesOf(view);
  if (leaves.length === 0) return;
  const begun = new Map<string, number>();
  for (const made of encrypted) {
    const { wire, group, epoch } = made;
    // A repetition under the same id is the message that it was, not a new one.
    const first = begun.get(wire);
    if (first === undefined) begun.set(wire, made.at);
    const sentAt = first ?? made.at;
    const leave = leaves.find(
      (one) =>
        one.group === group &&
        epoch <= one.epoch &&
        sentAt > view.running(one.told.at, one.graceMicros) + view.policy.toleranceMicros,
    );
    if (leave === undefined || first !== undefined) continue;
    const after = duration(sentAt - leave.told.at);
    tally.find({
      seqs: [leave.told.seq, made.seq],
      expected: `another epoch than ${epoch} within ${duration(leave.graceMicros)}`,
      seen: `encrypted in epoch ${epoch} ${after} later`,
      sentence:
        `A message was encrypted in epoch ${epoch} of its conversation ${after} after ` +
        `${leave.why}.`,
    });
  }
}

export const staleEpoch: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    judgePhones(view, tally);
    judgeImplementation(view, tally);
    return tally.result();
  },
};
