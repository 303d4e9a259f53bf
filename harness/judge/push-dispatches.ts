/** The pushes of a cell, for the rules `push/*`. */
import type { PushFacts } from '../../simulators/kernel/push-facts.ts';
import type { Dispatch, Transmission } from './records.ts';

/** A request at a push service's door of which is known what it asked for. */
export interface Push {
  readonly dispatch: Dispatch;
  readonly facts: PushFacts;
}

/** In the order in which they came. */
export function pushesOf(transmissions: readonly Transmission[]): readonly Push[] {
  const pushes: Push[] = [];
  for (const { dispatches } of transmissions) {
    for (const dispatch of dispatches) {
      if (dispatch.push !== null) pushes.push({ dispatch, facts: dispatch.push });
    }
  }
  return pushes.sort((a, b) => a.dispatch.seq - b.dispatch.seq);
}

/** What a finding about one push rests on. */
export function seqsOf({ dispatch }: Push): number[] {
  return [dispatch.seq, dispatch.answerSeq];
}

/** `push/apns, person/ana/device/1` */
export function whereOf({ dispatch }: Push): string {
  const { component, device } = dispatch;
  return device === null ? component : `${component}, ${device}`;
}

/** Sent as a background push, or without a type and with nothing to show. */
export function isSilent({ facts }: Push): boolean {
  return facts.type === 'background' || (facts.type === undefined && facts.asks === 'silent');
}
