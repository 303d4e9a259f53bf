import type { EventOf } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';

interface Span {
  readonly from: number;
  /** Infinity while it lasts. */
  until: number;
}

const KINDS = [
  'mms.notified',
  'mms.retrieved',
  'mms.reported',
  'mms.refused',
  'mms.file-left',
  'fault.applied',
  'component.changed',
] as const;

/** Folds multimedia messages between people, and when the carriers' parts did not work. */
export class MmsFold {
  readonly kinds = KINDS;
  readonly notified: EventOf<'mms.notified'>[] = [];
  readonly retrieved: EventOf<'mms.retrieved'>[] = [];
  readonly reported: EventOf<'mms.reported'>[] = [];
  readonly refused: EventOf<'mms.refused'>[] = [];
  readonly left: EventOf<'mms.file-left'>[] = [];
  readonly #disturbed = new Map<string, Span[]>();
  /** Since when phones and people are not as the plan has them. */
  #changedAt = Infinity;

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'mms.notified':
        this.notified.push(event);
        return;
      case 'mms.retrieved':
        this.retrieved.push(event);
        return;
      case 'mms.reported':
        this.reported.push(event);
        return;
      case 'mms.refused':
        this.refused.push(event);
        return;
      case 'mms.file-left':
        this.left.push(event);
        return;
      case 'fault.applied':
        if (event.target.startsWith('person/')) {
          this.#changedAt = Math.min(this.#changedAt, event.t);
        }
        return;
      case 'component.changed':
        this.#changed(event);
        return;
    }
  }

  #changed({ component, state, t }: EventOf<'component.changed'>): void {
    let spans = this.#disturbed.get(component);
    if (spans === undefined) this.#disturbed.set(component, (spans = []));
    const last = spans.at(-1);
    if (last?.until === Infinity) last.until = t;
    if (state !== 'up') spans.push({ from: t, until: Infinity });
  }

  /** Was this component ever less than up in [from, to]? */
  wasDisturbed(component: string, from: number, to: number): boolean {
    const spans = this.#disturbed.get(component) ?? [];
    return spans.some((span) => span.from <= to && from <= span.until);
  }

  /** Had a fault changed anything about a phone or a person by then? */
  peopleHadChanged(at: number): boolean {
    return this.#changedAt <= at;
  }
}
