import type { Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import { segmentText } from '../../protocol/sms-text/segment.ts';
import type { InfobipReporting } from '../../protocol/infobip/request.ts';
import { INFOBIP_ERROR, INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import type { InfobipStatusName } from '../../protocol/infobip/status.ts';
import { infobipTime } from '../../protocol/infobip/webhook.ts';
import type { InfobipReport, InfobipSeenReport } from '../../protocol/infobip/webhook.ts';
import type { ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { noRcs, notThisMessage } from '../api/message-life.ts';
import { toldAddress } from '../api/told-address.ts';
import type { InfobipContext, MadeReport } from './context.ts';

/**
 * One message to one destination, on one of its channels, with what its reports tell: kept as long
 * as it is on its way, so nothing else of its request is.
 */
export interface ReportFacts extends ChainStep {
  readonly channel: 'rcs' | 'sms';
  /** Which it was sent by; its reports are pulled there. */
  readonly api: 'rcs' | 'sms';
  readonly bulkId: string;
  readonly messageId: string;
  /** Without plus sign. */
  readonly to: string;
  /** The sender of this step: the failover has one of its own. */
  readonly sender: string;
  readonly campaign: string | undefined;
  readonly reporting: InfobipReporting;
  readonly sentMillis: number;
  readonly request: number;
}

const NOTHING_MORE = Object.freeze({});
const NO_MEANING: readonly Meaning[] = Object.freeze([]);
const PRICE = { rcs: 0.05, sms: 0.0333 } as const;

const IMPLIES: Readonly<Partial<Record<InfobipStatusName, StatusWord>>> = {
  enroute: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  expired: 'failed',
  unregistered: 'failed',
  unrouted: 'failed',
};

function failureOf(why: StepEnd, bearer: 'rcs' | 'sms'): InfobipStatusName {
  if (why === 'expired') return 'expired';
  if (why === 'undelivered') return 'undelivered';
  return bearer === 'rcs' ? 'unregistered' : 'unrouted';
}

/** What became of one step, without what it was made of: it is kept for long. */
class StepReport implements MadeReport {
  readonly api: 'rcs' | 'sms';
  readonly wire: string;
  readonly implies: StatusWord | undefined;
  readonly meaning: readonly Meaning[];
  readonly #name: InfobipStatusName;
  readonly #bulkId: string;
  readonly #messageId: string;
  readonly #to: string;
  readonly #sender: string;
  readonly #callbackData: string | undefined;
  readonly #campaign: string | undefined;
  readonly #bearer: 'rcs' | 'sms';
  readonly #messageCount: number;
  readonly #sentMillis: number;
  readonly #doneMillis: number;

  constructor(
    facts: ReportFacts,
    name: InfobipStatusName,
    doneMillis: number,
    told: { readonly meaning?: readonly Meaning[]; readonly next?: boolean },
  ) {
    this.api = facts.api;
    this.wire = facts.wire;
    this.implies = told.next === true ? undefined : IMPLIES[name];
    this.meaning = told.meaning ?? NO_MEANING;
    this.#name = name;
    this.#bulkId = facts.bulkId;
    this.#messageId = facts.messageId;
    this.#to = facts.to;
    this.#sender = facts.sender;
    this.#callbackData = facts.reporting.callbackData;
    this.#campaign = facts.campaign;
    this.#bearer = facts.channel;
    this.#messageCount = facts.channel === 'sms' ? segmentText(facts.text, 0).length : 1;
    this.#sentMillis = facts.sentMillis;
    this.#doneMillis = doneMillis;
  }

  get report(): InfobipReport {
    const callbackData = this.#callbackData;
    const campaign = this.#campaign;
    return {
      bulkId: this.#bulkId,
      channel: this.#bearer === 'rcs' ? 'RCS' : 'SMS',
      messageId: this.#messageId,
      to: this.#to,
      sender: this.#sender,
      sentAt: infobipTime(this.#sentMillis),
      doneAt: infobipTime(this.#doneMillis),
      messageCount: this.#messageCount,
      mccMnc: 'null',
      price: { pricePerMessage: PRICE[this.#bearer], currency: 'EUR' },
      status: INFOBIP_STATUS[this.#name],
      error: INFOBIP_ERROR[this.#name],
      ...(callbackData === undefined ? {} : { callbackData }),
      ...(campaign === undefined ? {} : { campaignReferenceId: campaign }),
    };
  }
}

function push(
  context: InfobipContext,
  facts: ReportFacts,
  name: InfobipStatusName,
  told: { readonly meaning?: readonly Meaning[]; readonly next?: boolean },
): void {
  const made = new StepReport(facts, name, context.ambient.clock.epochMillis(), told);
  const { url, notify } = facts.reporting;
  const { wire, implies } = made;
  const { person } = facts;
  if (name !== 'enroute') context.reports.add(made);
  // The queue would drop what has no address.
  if (!notify || (url === undefined && !context.webhook.connected)) return;
  context.webhook.push({
    notification: { results: [made.report] },
    event: INFOBIP_STATUS[name].name,
    wire,
    cause: facts.request,
    ...(person === undefined ? {} : { person }),
    ...(implies === undefined ? {} : { implies }),
    ...(told.meaning === undefined ? {} : { meaning: told.meaning }),
    ...(url === undefined ? {} : { to: toldAddress(url, context.address()) }),
  });
}

/** On its way to the handset: told only where intermediate reports were asked for. */
export function tellSubmitted(context: InfobipContext, facts: ReportFacts): void {
  if (facts.reporting.intermediate) push(context, facts, 'enroute', NOTHING_MORE);
}

export function tellDelivered(context: InfobipContext, facts: ReportFacts): void {
  push(context, facts, 'delivered', NOTHING_MORE);
}

/** A step that is followed by the failover is told only where every step was asked for. */
export function tellFailure(
  context: InfobipContext,
  facts: ReportFacts,
  why: StepEnd,
  next: boolean,
): void {
  if (next && !facts.reporting.everyStep) return;
  const { person, channel: bearer } = facts;
  const meaning =
    person === undefined
      ? undefined
      : why === 'unreachable' && bearer === 'rcs'
        ? noRcs(person)
        : notThisMessage(person, [bearer]);
  const told = meaning === undefined ? { next } : { next, meaning };
  push(context, facts, failureOf(why, bearer), told);
}

export function tellSeen(context: InfobipContext, facts: ReportFacts): void {
  const { messageId, to, sender, campaign, sentMillis, wire, person, request } = facts;
  const { seenUrl } = facts.reporting;
  if (seenUrl === undefined && !context.webhook.connected) return;
  const seen: InfobipSeenReport = {
    messageId,
    from: sender,
    to,
    sentAt: infobipTime(sentMillis),
    seenAt: infobipTime(context.ambient.clock.epochMillis()),
    ...(campaign === undefined ? {} : { campaignReferenceId: campaign }),
  };
  context.webhook.push({
    notification: { results: [seen] },
    event: 'SEEN',
    wire,
    cause: request,
    implies: 'read',
    ...(person === undefined ? {} : { person }),
    ...(seenUrl === undefined ? {} : { to: toldAddress(seenUrl, context.address()) }),
  });
}
