import type { FaultEntry } from '../kernel/fault-entry.ts';
import { acceptThenDropAnswer } from './accept-then-drop-answer.ts';
import { answerThenLose } from './answer-then-lose.ts';
import { collapse } from './collapse.ts';
import { credentialsRefused } from './credentials-refused.ts';
import { delay } from './delay.ts';
import { doze } from './doze.ts';
import { drop } from './drop.ts';
import { duplicate } from './duplicate.ts';
import { entitlementMissing } from './entitlement-missing.ts';
import { expiredProviderToken } from './expired-provider-token.ts';
import { falseReceipt } from './false-receipt.ts';
import { forceQuit } from './force-quit.ts';
import { keyLoss } from './key-loss.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { loss } from './loss.ts';
import { lowPower } from './low-power.ts';
import { offline } from './offline.ts';
import { outage } from './outage.ts';
import { pause } from './pause.ts';
import { queueFull } from './queue-full.ts';
import { quota } from './quota.ts';
import { refuse } from './refuse.ts';
import { restart } from './restart.ts';
import { revoke } from './revoke.ts';
import { shutdown } from './shutdown.ts';
import { throttle } from './throttle.ts';
import { tokenInvalid } from './token-invalid.ts';
import { uninstallApp } from './uninstall-app.ts';
/**
 * Every fault that a scenario can name. The acting is the target's verb of the same name; a verb
 * gets `params` under the names below, with values in base units.
 */
export const FAULTS = {
  outage,
  latency,
  loss,
  throttle,
  'queue-full': queueFull,
  'accept-then-drop-answer': acceptThenDropAnswer,
  'answer-then-lose': answerThenLose,
  refuse,
  drop,
  delay,
  duplicate,
  'false-receipt': falseReceipt,
  'key-loss': keyLoss,
  revoke,
  offline,
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
  kill,
  restart,
  pause,
} as const satisfies Record<string, FaultEntry>;
