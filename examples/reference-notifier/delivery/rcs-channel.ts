import type { People } from '../people.ts';
import type { ChannelSender } from './channel.ts';
import { revokeAtRbm, submitToRbm } from './rbm-submit.ts';
import type { RbmSubmitDeps } from './rbm-submit.ts';
import { contentOf } from './cards.ts';
import { disclosed } from './wording.ts';

export interface RcsChannelDeps extends RbmSubmitDeps {
  readonly people: People;
  /** Where pictures of ours are found. */
  readonly publicUrl: string;
}

/** RCS without end-to-end encryption: the gateway and the carrier can read it. */
export function createRcsChannel(deps: RcsChannelDeps): ChannelSender {
  const { people, messages, policy, rbm, publicUrl } = deps;
  return {
    send: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person === undefined) return 'refused';
      if (attempt.wires.length === 0) messages.newWire(message, attempt);
      const text = disclosed(messages.text(message), message.sensitivity, 'rcs', policy);
      const content = contentOf(message, text, publicUrl);
      const sent = await submitToRbm(
        deps,
        { message, attempt, person },
        attempt.wires[0]!,
        content,
      );
      return sent === 'conflict' ? 'refused' : sent;
    },
    takeBack: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person !== undefined) await revokeAtRbm(rbm, person, attempt);
    },
  };
}
