/** An SMS centre as gateways use it: texts for people, and what people write to their numbers. */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { GatewayText, SmsLine } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import { hasLink } from './sms-centre-item.ts';
import type { SmsItem } from './sms-centre-item.ts';

export interface SmsLineOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  readonly tap: Tap;
  /** The centre that serves the recipient. */
  readonly homeOf: (person: string) => string;
  readonly forward: (item: SmsItem) => void;
  /** True when the message had not been given to the phone. */
  readonly cancel: (item: SmsItem) => boolean;
}

/** How often a phone's text is tried again while the centre is down. */
const RETRY_MICROS = 5 * MICROS_PER_SECOND;

export function createSmsLine(options: SmsLineOptions): SmsLine & { readonly waiting: number } {
  const { path, carrier, ambient, conditions, tap } = options;
  const { clock, history, ids } = ambient;
  const random = ambient.random.fork(`${path}/gateways`);
  /** By the gateway's wire. */
  const live = new Map<string, SmsItem>();
  let waiting = 0;

  const submit = (text: GatewayText): void => {
    const wire = ids.next('sms:');
    const { wapPush } = text;
    const seen = wapPush === undefined ? text.text : Buffer.concat(wapPush);
    const scanned = wapPush === undefined ? 'sms' : 'mms';
    const known = tap.scan(seen, { wire: text.wire, channel: scanned })[0]?.message;
    const message = known ?? text.message;
    const channel = message === undefined && hasLink(text.text) ? 'secure-link' : scanned;
    history.append({
      kind: 'carried',
      wire,
      parent: text.wire,
      from: text.via,
      to: options.homeOf(text.person),
      channel,
      ...(message === undefined ? {} : { message }),
    });
    const item: SmsItem = {
      wire,
      parent: text.wire,
      from: text.from,
      person: text.person,
      text: text.text,
      ...(wapPush !== undefined && { wapPush }),
      channel,
      message,
      expiresAtMicros: clock.now() + Math.min(text.validMicros, carrier.storeMicros),
      before: undefined,
      after: undefined,
      ended: (end) => {
        live.delete(text.wire);
        text.ended(end);
      },
    };
    live.set(text.wire, item);
    options.forward(item);
  };

  const fromPhone: SmsLine['fromPhone'] = (device, text, wire, arrived, message) => {
    const up = (): void => {
      const cause = history.append({
        kind: 'carried',
        wire: ids.next('sms:'),
        parent: wire,
        from: device,
        to: path,
        channel: 'sms',
        ...(message === undefined ? {} : { message }),
      });
      tap.scan(text, { channel: 'sms', wire, cause });
      const [least, most] = carrier.delayMicros.sms;
      clock.after(random.int(least, most), () => {
        waiting--;
        arrived();
      });
    };
    const attempt = (): void => {
      const treatment = conditions.meet(message, wire);
      switch (treatment.kind) {
        case 'serve':
        // The phone sends again after a lost answer, and the duplicate is dropped.
        case 'serve-then-drop-answer':
          clock.after(treatment.delayMicros, up);
          return;
        case 'answer-then-lose':
          waiting--;
          history.append({ kind: 'lost', wire, component: path });
          return;
        case 'error':
        case 'throttle':
        case 'silence':
        case 'reset':
          clock.after(RETRY_MICROS, attempt);
      }
    };
    waiting++;
    attempt();
  };

  return {
    path,
    submit,
    cancel: (wire) => {
      const item = live.get(wire);
      return item !== undefined && options.cancel(item);
    },
    fromPhone,
    get waiting() {
      return waiting;
    },
  };
}
