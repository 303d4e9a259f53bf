import type { Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { ChannelIdentity, SinchSend } from '../../protocol/sinch/request.ts';
import type {
  DeliveryReport,
  SinchDeliveryStatus,
  SinchReason,
  SinchReasonCode,
} from '../../protocol/sinch/webhook.ts';
import type { ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { noRcs, notThisMessage } from '../api/message-life.ts';
import { toldAddress } from '../api/told-address.ts';
import { envelopeOf } from './context.ts';
import type { SinchContext } from './context.ts';
import type { SinchContact } from './contacts.ts';

/** One message on one of its channels. */
export interface ReportFacts {
  readonly messageId: string;
  readonly send: SinchSend;
  readonly contact: SinchContact;
  readonly channel: 'RCS' | 'SMS';
  /** Undefined where the contact has none for the channel. */
  readonly identity: string | undefined;
  readonly step: ChainStep;
  readonly request: number;
  /** Of how many channels that were to be tried. */
  readonly of: number;
}

const IMPLIES: Readonly<Partial<Record<SinchDeliveryStatus, StatusWord>>> = {
  QUEUED_ON_CHANNEL: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  FAILED: 'failed',
};

/** Why a message failed on a channel, in the vendor's words. */
const REASONS = {
  // Both channels are configured, so this one never comes about.
  unsupported: ['CHANNEL_FAILURE', 'The channel failed to deliver the message.'],
  unknown: ['NO_CHANNEL_IDENTITY_FOR_CONTACT', 'The contact has no identity on the channel.'],
  unreachable: ['RECIPIENT_NOT_REACHABLE', 'The recipient is not reachable on the channel.'],
  expired: ['MESSAGE_EXPIRED', 'The message expired before it was delivered.'],
  undelivered: ['CHANNEL_FAILURE', 'The channel failed to deliver the message.'],
  recalled: ['CHANNEL_FAILURE', 'The channel failed to deliver the message.'],
} as const satisfies Record<StepEnd | 'unknown', readonly [SinchReasonCode, string]>;

function reasonOf(facts: ReportFacts, why: StepEnd): readonly [SinchReasonCode, string] {
  const unknown = why === 'unreachable' && facts.identity === undefined;
  return REASONS[unknown ? 'unknown' : why];
}

export function tellReport(
  context: SinchContext,
  facts: ReportFacts,
  status: SinchDeliveryStatus,
  told: { readonly reason?: SinchReason; readonly meaning?: readonly Meaning[] } = {},
): void {
  const { messageId, send, contact, channel, identity, step, request } = facts;
  const channelIdentity: ChannelIdentity = { channel, identity: identity ?? '' };
  const { metadata, correlationId, dispatchOnly, callbackUrl } = send;
  // The queue would drop it: the vendor keeps nothing for an app without a webhook.
  const unheard = !context.webhook.connected && context.webhooks.all.size === 0;
  if (callbackUrl === undefined && unheard) return;
  const report: DeliveryReport = {
    ...envelopeOf(context, { metadata, correlationId }),
    message_delivery_report: {
      message_id: messageId,
      conversation_id: dispatchOnly ? '' : contact.conversationId,
      status,
      channel_identity: { ...channelIdentity, app_id: context.account.appId },
      contact_id: dispatchOnly ? '' : contact.id,
      ...(told.reason === undefined ? {} : { reason: told.reason }),
      metadata: metadata ?? '',
      processing_mode: dispatchOnly ? 'DISPATCH' : 'CONVERSATION',
    },
  };
  const implies = IMPLIES[status];
  context.webhook.push({
    notification: report,
    event: status,
    wire: step.wire,
    cause: request,
    ...(step.person === undefined ? {} : { person: step.person }),
    ...(implies === undefined ? {} : { implies }),
    ...(told.meaning === undefined ? {} : { meaning: told.meaning }),
    ...(callbackUrl === undefined ? {} : { to: toldAddress(callbackUrl, context.address()) }),
  });
}

/** FAILED, or SWITCHING_CHANNEL when the next one is tried. */
export function tellFailure(
  context: SinchContext,
  facts: ReportFacts,
  why: StepEnd,
  next: boolean,
): void {
  const { step, of } = facts;
  const [own, description] = reasonOf(facts, why);
  const code = !next && of > 1 && why !== 'expired' ? 'NO_CHANNELS_LEFT' : own;
  const bearer = facts.channel === 'RCS' ? 'rcs' : 'sms';
  const meaning =
    step.person === undefined
      ? undefined
      : why === 'unreachable' && bearer === 'rcs'
        ? noRcs(step.person)
        : notThisMessage(step.person, [bearer]);
  tellReport(context, facts, next ? 'SWITCHING_CHANNEL' : 'FAILED', {
    reason: { code, description, sub_code: 'UNSPECIFIED_SUB_CODE' },
    ...(meaning === undefined ? {} : { meaning }),
  });
}
