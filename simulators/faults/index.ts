import type { FaultEntry } from '../kernel/fault-entry.ts';
import { acceptThenDropAnswer } from './accept-then-drop-answer.ts';
import { airplaneMode } from './airplane-mode.ts';
import { answerThenLose } from './answer-then-lose.ts';
import { clockSkew } from './clock-skew.ts';
import { collapse } from './collapse.ts';
import { credentialsRefused } from './credentials-refused.ts';
import { delay } from './delay.ts';
import { disableReceipts } from './disable-receipts.ts';
import { doze } from './doze.ts';
import { drop } from './drop.ts';
import { duplicate } from './duplicate.ts';
import { entitlementMissing } from './entitlement-missing.ts';
import { expiredProviderToken } from './expired-provider-token.ts';
import { falseReceipt } from './false-receipt.ts';
import { flap } from './flap.ts';
import { forceQuit } from './force-quit.ts';
import { forge } from './forge.ts';
import { keyLoss } from './key-loss.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { loss } from './loss.ts';
import { lowPower } from './low-power.ts';
import { malformed } from './malformed.ts';
import { numberPorted } from './number-ported.ts';
import { offline } from './offline.ts';
import { outage } from './outage.ts';
import { oversize } from './oversize.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { queueFull } from './queue-full.ts';
import { quota } from './quota.ts';
import { refuse } from './refuse.ts';
import { reorder } from './reorder.ts';
import { restart } from './restart.ts';
import { revoke } from './revoke.ts';
import { roam } from './roam.ts';
import { rotateSigningKey } from './rotate-signing-key.ts';
import { shortLivedTokens } from './short-lived-tokens.ts';
import { shutdown } from './shutdown.ts';
import { slowBody } from './slow-body.ts';
import { stale } from './stale.ts';
import { switchPhone } from './switch-phone.ts';
import { tamper } from './tamper.ts';
import { throttle } from './throttle.ts';
import { tokenInvalid } from './token-invalid.ts';
import { uninstallApp } from './uninstall-app.ts';
import { unsigned } from './unsigned.ts';
import { wrongKey } from './wrong-key.ts';
import { rotate } from './rotate.ts';
import { keyPackagesExhausted } from './key-packages-exhausted.ts';
import { epochFork } from './epoch-fork.ts';
import { commitLost } from './commit-lost.ts';
import { welcomeLost } from './welcome-lost.ts';
import { simSwap } from './sim-swap.ts';
import { attestationFail } from './attestation-fail.ts';
import { tokenTheft } from './token-theft.ts';
import { stateTheft } from './state-theft.ts';
import { staleAfterLongOffline } from './stale-after-long-offline.ts';
import { replay } from './replay.ts';
import { bandwidth } from './bandwidth.ts';
import { capabilityFlap } from './capability-flap.ts';
import { capabilityStale } from './capability-stale.ts';
import { capabilityWrong } from './capability-wrong.ts';
import { cdnOutage } from './cdn-outage.ts';
import { corruptObject } from './corrupt-object.ts';
import { expiredUrl } from './expired-url.ts';
import { thumbnailMissing } from './thumbnail-missing.ts';
import { optOut } from './opt-out.ts';
import { osDowngrade } from './os-downgrade.ts';
import { osUpdate } from './os-update.ts';
import { carrierDisablesE2ee } from './carrier-disables-e2ee.ts';

/**
 * Every fault that a scenario can name. The acting is the target's verb of the same name; a verb
 * gets `params` under the names below, with values in base units.
 */
export const FAULTS = {
  outage,
  latency,
  loss,
  bandwidth,
  'slow-body': slowBody,
  flap,
  partition,
  throttle,
  'queue-full': queueFull,
  'accept-then-drop-answer': acceptThenDropAnswer,
  'answer-then-lose': answerThenLose,
  refuse,
  drop,
  delay,
  duplicate,
  reorder,
  forge,
  'wrong-key': wrongKey,
  tamper,
  unsigned,
  stale,
  malformed,
  oversize,
  'rotate-signing-key': rotateSigningKey,
  'short-lived-tokens': shortLivedTokens,
  'false-receipt': falseReceipt,
  'key-loss': keyLoss,
  revoke,
  rotate,
  'key-packages-exhausted': keyPackagesExhausted,
  'epoch-fork': epochFork,
  'commit-lost': commitLost,
  'welcome-lost': welcomeLost,
  'sim-swap': simSwap,
  'attestation-fail': attestationFail,
  'token-theft': tokenTheft,
  'state-theft': stateTheft,
  'stale-after-long-offline': staleAfterLongOffline,
  replay,
  'os-downgrade': osDowngrade,
  'os-update': osUpdate,
  'capability-stale': capabilityStale,
  'capability-wrong': capabilityWrong,
  'capability-flap': capabilityFlap,
  'carrier-disables-e2ee': carrierDisablesE2ee,
  'number-ported': numberPorted,
  offline,
  roam,
  'airplane-mode': airplaneMode,
  'disable-receipts': disableReceipts,
  'switch-phone': switchPhone,
  'opt-out': optOut,
  'low-power': lowPower,
  'token-invalid': tokenInvalid,
  'uninstall-app': uninstallApp,
  'force-quit': forceQuit,
  doze,
  'entitlement-missing': entitlementMissing,
  collapse,
  quota,
  'expired-provider-token': expiredProviderToken,
  'credentials-refused': credentialsRefused,
  shutdown,
  'cdn-outage': cdnOutage,
  'expired-url': expiredUrl,
  'corrupt-object': corruptObject,
  'thumbnail-missing': thumbnailMissing,
  kill,
  restart,
  pause,
  'clock-skew': clockSkew,
} as const satisfies Record<string, FaultEntry>;
