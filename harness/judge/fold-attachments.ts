import type { EventOf } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';

type Offered = EventOf<'attachment.offered'>;
type Fetched = EventOf<'attachment.fetched'>;
type Refreshed = EventOf<'attachment.refreshed'>;
type Displayed = EventOf<'attachment.displayed'>;

/** Which file at which phone. */
export function fileKey({ device, attachment }: Pick<Offered, 'device' | 'attachment'>): string {
  return `${device} ${attachment}`;
}

const KINDS = [
  'attachment.stored',
  'attachment.offered',
  'attachment.fetched',
  'attachment.refreshed',
  'attachment.displayed',
  'medium.fetched',
  'component.changed',
] as const;

/** Folds what the attachment store took, and what phones and gateways did with files. */
export class AttachmentFold {
  readonly kinds = KINDS;
  /** Object → digests of what was put there, in order, and by whom. */
  readonly stored = new Map<string, EventOf<'attachment.stored'>[]>();
  readonly offered: Offered[] = [];
  readonly fetched: Fetched[] = [];
  /** By `fileKey`. */
  readonly refreshed = new Map<string, Refreshed[]>();
  readonly displayed: Displayed[] = [];
  /** What gateways fetched of the files that messages name. */
  readonly media: EventOf<'medium.fetched'>[] = [];
  /** Since when the store works as it should; null while it does not. */
  calmSince: number | null = 0;

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'attachment.stored': {
        const before = this.stored.get(event.object);
        if (before === undefined) this.stored.set(event.object, [event]);
        else before.push(event);
        return;
      }
      case 'attachment.offered':
        this.offered.push(event);
        return;
      case 'attachment.fetched':
        this.fetched.push(event);
        return;
      case 'attachment.refreshed': {
        const key = fileKey(event);
        const before = this.refreshed.get(key);
        if (before === undefined) this.refreshed.set(key, [event]);
        else before.push(event);
        return;
      }
      case 'attachment.displayed':
        this.displayed.push(event);
        return;
      case 'medium.fetched':
        if (event.by.startsWith('gateway/')) this.media.push(event);
        return;
      case 'component.changed':
        if (!event.component.startsWith('attachments/')) return;
        this.calmSince = event.state === 'up' ? event.t : null;
        return;
    }
  }
}
