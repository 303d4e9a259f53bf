/** The registry of rules: one file and one line each; the words of `ignore` and `never`. */
import type { Rule } from '../rule.ts';
import { hammering } from './api-hammering.ts';
import { notIdempotent } from './api-not-idempotent.ts';
import { tokenAbuse } from './api-token-abuse.ts';
import { tokenStale } from './api-token-stale.ts';
import { archivedMoreThanNeeded } from './archive-more-than-needed.ts';
import { archivedReadable } from './archive-readable.ts';
import { archivedWithoutConsent } from './archive-without-consent.ts';
import { deadMedium } from './attachment-dead-medium.ts';
import { notRefreshed } from './attachment-not-refreshed.ts';
import { openToAll } from './attachment-open-to-all.ts';
import { outlivesItsUrl } from './attachment-outlives-its-url.ts';
import { unreadable } from './attachment-unreadable.ts';
import { urlLife } from './attachment-url-life.ts';
import { wrongDigest } from './attachment-wrong-digest.ts';
import { definiteFailureDelivered } from './contract-definite-failure-delivered.ts';
import { probe } from './contract-probe.ts';
import { unclaimedChannel } from './contract-unclaimed-channel.ts';
import { unexpectedTraffic } from './contract-unexpected-traffic.ts';
import { unknownStatus } from './contract-unknown-status.ts';
import { altered } from './delivery-altered.ts';
import { deliveredLate } from './delivery-late.ts';
import { lost } from './delivery-lost.ts';
import { falsePadlock } from './e2ee-false-padlock.ts';
import { interop } from './e2ee-interop.ts';
import { keyPackageReuse } from './e2ee-key-package-reuse.ts';
import { keyLossBlackhole } from './e2ee-key-loss-blackhole.ts';
import { plaintextExposed } from './e2ee-plaintext-exposed.ts';
import { sessionAfterEnd } from './e2ee-session-after-end.ts';
import { sessionUnsealed } from './e2ee-session-unsealed.ts';
import { replayAccepted } from './e2ee-replay-accepted.ts';
import { revokedReads } from './e2ee-revoked-reads.ts';
import { staleEpoch } from './e2ee-stale-epoch.ts';
import { stolenStateReads } from './e2ee-stolen-state-reads.ts';
import { unattested } from './e2ee-unattested.ts';
import { uninvited } from './e2ee-uninvited.ts';
import { evidenceMissing } from './evidence-missing.ts';
import { duplicate } from './fallback-duplicate.ts';
import { forbiddenChannel } from './fallback-forbidden-channel.ts';
import { knownDead } from './fallback-known-dead.ts';
import { late } from './fallback-late.ts';
import { misreported } from './fallback-misreported.ts';
import { missed } from './fallback-missed.ts';
import { needless } from './fallback-needless.ts';
import { undisclosed } from './fallback-undisclosed.ts';
import { crashed } from './implementation-crashed.ts';
import { hung } from './implementation-hung.ts';
import { notReady } from './implementation-not-ready.ts';
import { outputFlood } from './implementation-output-flood.ts';
import { slow } from './latency-slow.ts';
import { linkLeak } from './link-leak.ts';
import { linkPreviewBot } from './link-preview-bot.ts';
import { linkWithoutSignIn } from './link-without-sign-in.ts';
import { linkWrongCode } from './link-wrong-code.ts';
import { payloadTooLarge } from './push-payload-too-large.ts';
import { pushPlaintext } from './push-plaintext.ts';
import { silentBudget } from './push-silent-budget.ts';
import { unregisteredToken } from './push-unregistered-token.ts';
import { wrongPriority } from './push-wrong-priority.ts';
import { wrongType } from './push-wrong-type.ts';
import { deletedShown } from './people-deleted-shown.ts';
import { editIgnored } from './people-edit-ignored.ts';
import { groupSplit } from './people-group-split.ts';
import { imessageSilentChange } from './people-imessage-silent-change.ts';
import { imessageStaleKey } from './people-imessage-stale-key.ts';
import { imessageUnopened } from './people-imessage-unopened.ts';
import { mmsMissed } from './people-mms-missed.ts';
import { mmsNeedless } from './people-mms-needless.ts';
import { mmsNotFetched } from './people-mms-not-fetched.ts';
import { outsiderAccepted } from './people-outsider-accepted.ts';
import { receiptUnwanted } from './people-receipt-unwanted.ts';
import { peopleTransport } from './people-transport.ts';
import { vanishingStays } from './people-vanishing-stays.ts';
import { optedOut } from './policy-opted-out.ts';
import { recoverySlow } from './recovery-slow.ts';
import { forged } from './webhook-forged.ts';
import { fragile } from './webhook-fragile.ts';
import { replayed } from './webhook-replayed.ts';
import { staleCallback } from './webhook-stale.ts';
import { tampered } from './webhook-tampered.ts';
import { unsignedCallback } from './webhook-unsigned.ts';
import { validRejected } from './webhook-valid-rejected.ts';
import { wrongKey } from './webhook-wrong-key.ts';

export const RULES = {
  'delivery/lost': lost,
  'delivery/late': deliveredLate,
  'delivery/altered': altered,
  'latency/slow': slow,
  'fallback/forbidden-channel': forbiddenChannel,
  'fallback/needless': needless,
  'fallback/missed': missed,
  'fallback/late': late,
  'fallback/duplicate': duplicate,
  'fallback/misreported': misreported,
  'fallback/undisclosed': undisclosed,
  'fallback/known-dead': knownDead,
  'policy/opted-out': optedOut,
  'recovery/slow': recoverySlow,
  'evidence/missing': evidenceMissing,
  'e2ee/plaintext-exposed': plaintextExposed,
  'e2ee/revoked-reads': revokedReads,
  'e2ee/key-loss-blackhole': keyLossBlackhole,
  'e2ee/replay-accepted': replayAccepted,
  'e2ee/stale-epoch': staleEpoch,
  'e2ee/key-package-reuse': keyPackageReuse,
  'e2ee/unattested': unattested,
  'e2ee/uninvited': uninvited,
  'e2ee/stolen-state-reads': stolenStateReads,
  'e2ee/false-padlock': falsePadlock,
  'e2ee/session-unsealed': sessionUnsealed,
  'e2ee/session-after-end': sessionAfterEnd,
  'e2ee/interop': interop,
  'link/without-sign-in': linkWithoutSignIn,
  'link/preview-bot': linkPreviewBot,
  'link/wrong-code': linkWrongCode,
  'link/leak': linkLeak,
  'attachment/url-life': urlLife,
  'attachment/open-to-all': openToAll,
  'attachment/outlives-its-url': outlivesItsUrl,
  'attachment/wrong-digest': wrongDigest,
  'attachment/not-refreshed': notRefreshed,
  'attachment/unreadable': unreadable,
  'attachment/dead-medium': deadMedium,
  'archive/without-consent': archivedWithoutConsent,
  'archive/readable': archivedReadable,
  'archive/more-than-needed': archivedMoreThanNeeded,
  'people/edit-ignored': editIgnored,
  'people/deleted-shown': deletedShown,
  'people/vanishing-stays': vanishingStays,
  'people/outsider-accepted': outsiderAccepted,
  'people/receipt-unwanted': receiptUnwanted,
  'people/transport': peopleTransport,
  'people/imessage-stale-key': imessageStaleKey,
  'people/imessage-unopened': imessageUnopened,
  'people/imessage-silent-change': imessageSilentChange,
  'people/mms-needless': mmsNeedless,
  'people/mms-missed': mmsMissed,
  'people/mms-not-fetched': mmsNotFetched,
  'people/group-split': groupSplit,
  'push/wrong-type': wrongType,
  'push/wrong-priority': wrongPriority,
  'push/payload-too-large': payloadTooLarge,
  'push/unregistered-token': unregisteredToken,
  'push/silent-budget': silentBudget,
  'push/plaintext': pushPlaintext,
  'api/not-idempotent': notIdempotent,
  'api/hammering': hammering,
  'api/token-stale': tokenStale,
  'api/token-abuse': tokenAbuse,
  'contract/unexpected-traffic': unexpectedTraffic,
  'contract/unclaimed-channel': unclaimedChannel,
  'contract/unknown-status': unknownStatus,
  'contract/definite-failure-delivered': definiteFailureDelivered,
  'contract/probe': probe,
  'webhook/forged': forged,
  'webhook/tampered': tampered,
  'webhook/unsigned': unsignedCallback,
  'webhook/wrong-key': wrongKey,
  'webhook/stale': staleCallback,
  'webhook/replayed': replayed,
  'webhook/valid-rejected': validRejected,
  'webhook/fragile': fragile,
  'implementation/crashed': crashed,
  'implementation/not-ready': notReady,
  'implementation/hung': hung,
  'implementation/output-flood': outputFlood,
} as const satisfies Record<string, Rule>;
