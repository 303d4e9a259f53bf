import type { EventOf } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';

type Sealed = EventOf<'imessage.sealed'>;

/** How long the directory of Apple's service had one key. */
export interface Registration {
  readonly person: string;
  readonly device: string;
  readonly key: string;
  readonly from: number;
  readonly fromSeq: number;
  /** Infinity while it has it. */
  until: number;
  untilSeq: number;
}

const KINDS = [
  'imessage.registered',
  'imessage.deregistered',
  'imessage.sealed',
  'imessage.refused',
  'imessage.keys-changed',
] as const;

/** Folds what the directory had, what phones encrypted to whom, and what became of it. */
export class ImessageFold {
  readonly kinds = KINDS;
  readonly registrations: Registration[] = [];
  readonly sealed: Sealed[] = [];
  readonly refused: EventOf<'imessage.refused'>[] = [];
  readonly told: EventOf<'imessage.keys-changed'>[] = [];

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'imessage.registered': {
        const { person, device, key, t: from, seq: fromSeq } = event;
        const open = { until: Infinity, untilSeq: Infinity };
        this.registrations.push({ person, device, key, from, fromSeq, ...open });
        return;
      }
      case 'imessage.deregistered': {
        const last = this.of(event.device, event.key);
        if (last === undefined) return;
        last.until = event.t;
        last.untilSeq = event.seq;
        return;
      }
      case 'imessage.sealed':
        this.sealed.push(event);
        return;
      case 'imessage.refused':
        this.refused.push(event);
        return;
      case 'imessage.keys-changed':
        this.told.push(event);
        return;
    }
  }

  of(device: string, key: string): Registration | undefined {
    return this.registrations.findLast((each) => each.device === device && each.key === key);
  }

  /**
   * Had this person a device in the directory all the time in [from, to]? `unclear` when that
   * changed meanwhile; undefined when nobody ever asked for them.
   */
  registered(person: string, from: number, to: number): boolean | 'unclear' | undefined {
    const theirs = this.registrations.filter((each) => each.person === person);
    if (theirs.length === 0) return undefined;
    if (theirs.some((each) => each.from <= from && to <= each.until)) return true;
    return theirs.some((each) => each.from <= to && from <= each.until) ? 'unclear' : false;
  }
}
