import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Unread } from '../fold-mls.ts';
import type { DeviceMark } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'e2ee/key-loss-blackhole',
  level: 'must',
  kind: 'liveness',
  fails:
    'After a device lost its keys or its place in the group, a message to it neither becomes ' +
    'readable nor is reported undelivered within the recovery deadline, or what is sent to it ' +
    'stays unreadable on it although it had said so.',
  hint: 'Look at what MLS_FAILURE and DEVICE_ADDED lead to: new key package, commit, send again.',
  source: 'GSMA RCC.16 (MLS failure reports); policy: key recovery',
};

/** Shown to the person by anything, or honestly reported as failed, by then. */
function madeGood(message: MessageView, by: number): boolean {
  if (message.displays.some((display) => display.at <= by)) return true;
  const failed = message.record.failedTold;
  return failed !== null && failed.at <= by;
}

function judgeRefusal(
  view: CaseView,
  message: MessageView,
  refused: DeviceMark,
  tally: Tally,
): boolean {
  const recovery = view.policy.grace.keyRecoveryMicros;
  const by = view.running(refused.at, recovery) + view.policy.toleranceMicros;
  if (madeGood(message, by)) {
    tally.judged();
    return false;
  }
  if (by > view.endedAt) {
    tally.leave('the cell ended before the recovery deadline');
    return false;
  }
  tally.judged();
  tally.find({
    message: message.id,
    device: refused.device,
    seqs: [...message.attempts.map((attempt) => attempt.seq), refused.seq],
    expected: `readable or reported failed within ${duration(recovery)}`,
    seen: `still unread; last status ${message.record.status?.raw ?? 'none'}`,
    sentence:
      `${subject(message)} could not be read on ${refused.device}, which had lost its keys or ` +
      'its place in the group, and it was neither sent again nor reported as failed in time.',
  });
  return true;
}

/** The device has new keys, that was made known, and still it is sent what it cannot read. */
function judgeRepair(
  view: CaseView,
  message: MessageView,
  sentAt: number,
  refused: DeviceMark,
  tally: Tally,
): void {
  const renewed = view.fold.devices.keys.get(refused.device)?.renewed ?? null;
  const told = view.fold.wires.rekeyTold.get(refused.device);
  if (renewed === null || told === undefined) return;
  const known = Math.max(renewed.at, told.at);
  const by = view.running(known, view.policy.grace.keyRecoveryMicros) + view.policy.toleranceMicros;
  if (sentAt <= by) return;
  tally.find({
    message: message.id,
    device: refused.device,
    seqs: [renewed.seq, told.seq, refused.seq],
    expected: 'messages that the device can read again',
    seen: `${duration(sentAt - known)} later still encrypted for its old keys`,
    sentence:
      `${refused.device} has had new keys for ${duration(sentAt - known)} and still cannot read ` +
      `what is sent to it, such as ${message.id}.`,
  });
}

/** It has keys, it said that it cannot read, and nothing has led it back since. */
function judgeLeftOut(view: CaseView, unread: Unread, tally: Tally): void {
  const { device, wire, good, keyless } = unread;
  if (keyless || view.fold.devices.keys.get(device)?.revoked) return;
  const transmission = view.fold.attribution.ofWire(wire);
  const sent = transmission.dispatches[0];
  const reports = view.fold.wires.unreadTold.get(device) ?? [];
  const told = reports.find(({ at }) => good === null || at > good.at);
  if (sent === undefined || told === undefined) return;
  const renewed = view.fold.devices.keys.get(device)?.renewed ?? null;
  // Whose keys are new is judged by judgeRepair, from when that was made known.
  if (renewed !== null) return;
  tally.judged();
  const recovery = view.policy.grace.keyRecoveryMicros;
  const by = view.running(told.at, recovery) + view.policy.toleranceMicros;
  if (sent.at <= by) return;
  const message = view.messageOf(transmission);
  const after = duration(sent.at - told.at);
  tally.find({
    ...(message === null ? {} : { message: message.id }),
    device,
    seqs: [told.seq, sent.seq, unread.seq],
    expected: `led back into the group within ${duration(recovery)}`,
    seen: `${after} after its report still sent what it cannot read`,
    sentence:
      `${device} had reported that it could not read, and ${after} later it was still sent ` +
      `messages that it could not read${message === null ? '' : `, such as ${message.id}`}.`,
  });
}

export const keyLossBlackhole: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      for (const transmission of message.transmissions) {
        for (const refused of transmission.refused) {
          if (judgeRefusal(view, message, refused, tally)) continue;
          const sent = transmission.dispatches[0];
          if (sent !== undefined) judgeRepair(view, message, sent.at, refused, tally);
        }
      }
    }
    for (const unread of view.fold.mls.unread) judgeLeftOut(view, unread, tally);
    return tally.result();
  },
};
