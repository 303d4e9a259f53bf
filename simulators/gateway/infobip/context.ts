import type { Meaning } from '../../kernel/events.ts';
import type { WireRequest } from '../../network/wire.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { InfobipReport, InfobipWebhook } from '../../protocol/infobip/webhook.ts';
import type { BoundedMap } from '../../kernel/bounded-map.ts';
import type { WebhookVendorContext } from '../api/webhook-vendor.ts';
import type { ReportLog } from './report-log.ts';

/** What a person has before them, for their answer. */
export interface Conversation {
  readonly sender: string;
  readonly messageId: string;
  readonly callbackData: string | undefined;
}

/** A report, and what it says to the sender, however it is got. */
export interface MadeReport {
  /** Written anew whenever it is asked for: reports are kept, and few are ever read. */
  readonly report: InfobipReport;
  /** The API that the message was sent by, with its failover. */
  readonly api: 'rcs' | 'sms';
  readonly wire: string;
  readonly implies: StatusWord | undefined;
  readonly meaning: readonly Meaning[];
}

/** What the operations of the gateway share. */
export interface InfobipContext extends WebhookVendorContext<InfobipWebhook> {
  /** Ids that the sender chose, seen before. */
  readonly seenIds: BoundedMap<true>;
  /** By bearer and person: what they have before them. */
  readonly conversations: Readonly<Record<'rcs' | 'sms', BoundedMap<Conversation>>>;
  readonly reports: ReportLog<MadeReport>;
}

/** A routed request whose credentials hold. */
export interface Routing {
  readonly request: WireRequest;
  readonly what: string;
}

export function withoutPlus(number: string): string {
  return number.startsWith('+') ? number.slice(1) : number;
}

/** Infobip's numbers are told without plus sign, and taken with or without. */
export function personOf({ directory }: InfobipContext, number: string): string | undefined {
  return directory.byMsisdn(`+${withoutPlus(number)}`)?.plan.id;
}
