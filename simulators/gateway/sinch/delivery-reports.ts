import type { Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { ChannelIdentity, SinchChannel } from '../../protocol/sinch/request.ts';
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

/**
 * One message on one of its channels, with what its reports tell: kept as long as it is on its way,
 * so nothing else of its request is.
 */
export interface ReportFacts extends ChainStep {
  readonly channel: 'rcs' | 'sms' | 'mms';
  readonly messageId: string;
  readonly contact: SinchContact;
  /** Undefined where the contact has none for the channel. */
  readonly identity: string | undefined;
  readonly metadata: string | undefined;
  readonly correlationId: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly dispatchOnly: boolean;
  /** Of how many channels that were to be tried. */
  readonly of: number;
  readonly request: number;
}

/** The vendor's words for bearers. */
export const NAMED = { rcs: 'RCS', sms: 'SMS', mms: 'MMS' } as const satisfies Readonly<
  Record<string, SinchChannel>
>;

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
  media: ['MEDIA_NOT_REACHABLE', 'A file of the message could not be fetched.'],
  'too-large': ['MEDIA_TOO_LARGE', 'The message is larger than the carrier takes.'],
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
  const { messageId, contact, identity, wire, person, request } = facts;
  const { metadata, correlationId, dispatchOnly, callbackUrl } = facts;
  // The queue would drop it: the vendor keeps nothing for an app without a webhook.
  const unheard = !context.webhook.connected && context.webhooks.all.size === 0;
  if (callbackUrl === undefined && unheard) return;
  const channelIdentity: ChannelIdentity = {
    channel: NAMED[facts.channel],
    identity: identity ?? '',
  };
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
    wire,
    cause: request,
    ...(person === undefined ? {} : { person }),
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
  const { person, channel, of } = facts;
  const [own, description] = reasonOf(facts, why);
  const code = !next && of > 1 && why !== 'expired' ? 'NO_CHANNELS_LEFT' : own;
  const meaning =
    person === undefined
      ? undefined
      : why === 'unreachable' && channel === 'rcs'
        ? noRcs(person)
        : notThisMessage(person, [channel]);
  tellReport(context, facts, next ? 'SWITCHING_CHANNEL' : 'FAILED', {
    reason: { code, description, sub_code: 'UNSPECIFIED_SUB_CODE' },
    ...(meaning === undefined ? {} : { meaning }),
  });
}
