import type { EventOf } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';

type Arrived = EventOf<'act.arrived'>;

const KINDS = [
  'device.changed',
  'component.changed',
  'act.arrived',
  'act.done',
  'receipt.sent',
  'screen.removed',
] as const;

/** Folds what people did to messages of theirs and of others, phone by phone. */
export class PeopleFold {
  readonly kinds = KINDS;
  readonly arrived: Arrived[] = [];
  readonly done: EventOf<'act.done'>[] = [];
  readonly receipts: EventOf<'receipt.sent'>[] = [];
  /** `device message` → when it was no longer shown. */
  readonly removed = new Map<string, EventOf<'screen.removed'>>();

  /** When the service between iPhones was not as it should be: from, until (null: to the end). */
  readonly #disturbed: { readonly from: number; until: number | null }[] = [];

  /** Did the service work when this was sent, at `at`? */
  imessageIsUp(at: number): boolean {
    return !this.#disturbed.some(
      ({ from, until }) => from <= at && (until === null || at <= until),
    );
  }

  /** device → when its person had switched receipts off: from, until (null: to the end). */
  readonly #silent = new Map<string, { readonly from: number; until: number | null }[]>();

  /** Were receipts ever switched off on this phone? */
  wasSilent(device: string): boolean {
    return this.#silent.has(device);
  }

  /** Had the person switched receipts off on this phone, throughout? */
  keepsReceipts(device: string, from: number, to: number): boolean {
    return (this.#silent.get(device) ?? []).some(
      (span) => span.from <= from && (span.until === null || to < span.until),
    );
  }

  #changed({ device, change, t }: EventOf<'device.changed'>): void {
    if (change !== 'receipts-off' && change !== 'receipts-on') return;
    const spans = this.#silent.get(device) ?? [];
    this.#silent.set(device, spans);
    const last = spans.at(-1);
    if (change === 'receipts-off') spans.push({ from: t, until: null });
    else if (last !== undefined) last.until = t;
  }

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'device.changed':
        this.#changed(event);
        return;
      case 'component.changed': {
        if (!event.component.startsWith('imessage/')) return;
        const last = this.#disturbed.at(-1);
        if (last?.until === null) last.until = event.t;
        if (event.state !== 'up') this.#disturbed.push({ from: event.t, until: null });
        return;
      }
      case 'act.arrived':
        this.arrived.push(event);
        return;
      case 'act.done':
        this.done.push(event);
        return;
      case 'receipt.sent':
        this.receipts.push(event);
        return;
      case 'screen.removed':
        this.removed.set(`${event.device} ${event.message}`, event);
        return;
    }
  }

  /** What the phone did with it; undefined when nothing. */
  doneWith({ device, act, of, message }: Arrived): EventOf<'act.done'> | undefined {
    return this.done.find(
      (each) =>
        each.device === device && each.act === act && each.of === of && each.message === message,
    );
  }
}
