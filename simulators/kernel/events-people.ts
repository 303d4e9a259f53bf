/** What people do to messages that were sent before, and what phones tell each other. */
import type { ActKind } from './plan.ts';

interface Act {
  readonly device: string;
  readonly person: string;
  readonly act: ActKind;
  /** The message that it is about. */
  readonly of: string;
  /** The person who did it. */
  readonly by: string;
  /** Its own id. */
  readonly message?: string;
}

export type PeopleEventKinds = {
  /**
   * A person wrote to the business that they want nothing more, or want it again. It has arrived
   * with the `business.received` of the same `message`, which is no planned one.
   */
  'consent.said': {
    readonly device: string;
    readonly person: string;
    readonly says: 'stop' | 'start';
    /** `no-more/ana/1` */
    readonly message: string;
    readonly fault: string;
  };
  /** A phone has been told, and could read it. */
  'act.arrived': Act & { readonly wire: string };
  /** What the person sees has changed by it. */
  'act.done': Act;
  /** Whoever did it had no right to, or it is about nothing that this phone shows. */
  'act.refused': Act & {
    readonly reason: 'not-a-member' | 'not-the-author' | 'unknown-message';
  };
  /** Its time was over: the person sees it no more. */
  'screen.removed': {
    readonly device: string;
    readonly person: string;
    readonly message: string;
  };
  'typing.shown': { readonly device: string; readonly person: string; readonly by: string };
  /** A phone told another person that its own has read their message. */
  'receipt.sent': {
    readonly device: string;
    readonly person: string;
    readonly to: string;
    readonly wire: string;
    readonly message?: string;
  };
};
