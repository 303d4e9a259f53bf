import type { Links } from '../links.ts';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People, Person } from '../people.ts';
import type { ChannelSender, Outcome } from './channel.ts';
import type { Knowledge } from './knowledge.ts';
import { revokeAtRbm, submitToRbm } from './rbm-submit.ts';
import type { RbmSubmitDeps } from './rbm-submit.ts';
import type { SmsSubmit } from './sms-submit.ts';
import { linkText } from './wording.ts';

export interface LinkChannelDeps {
  readonly publicUrl: string;
  readonly links: Links;
  readonly messages: Messages;
  readonly people: People;
  readonly knowledge: Knowledge;
  readonly rbm: RbmSubmitDeps | null;
  readonly sms: SmsSubmit | null;
}

/** A link that opens only after sign-in; the carrier's message holds nothing else. */
export function createLinkChannel(deps: LinkChannelDeps): ChannelSender {
  const { links, messages, people, knowledge } = deps;

  /** SMS reaches every phone and does not share RCS's outages; RCS stands in when SMS is out. */
  const bearerFor = (person: Person): 'rcs' | 'sms' => {
    const beliefs = knowledge.about(person);
    if (deps.sms === null) return 'rcs';
    return beliefs.sms?.says !== 'available' && beliefs.rcs?.says === 'available' ? 'rcs' : 'sms';
  };

  const overRcs = async (
    person: Person,
    message: Message,
    attempt: Attempt,
    text: string,
  ): Promise<Outcome> => {
    if (deps.rbm === null) return 'refused';
    if (attempt.wires.length === 0) messages.newWire(message, attempt);
    const copy = { message, attempt, person };
    const sent = await submitToRbm(deps.rbm, copy, attempt.wires[0]!, { text });
    return sent === 'conflict' ? 'refused' : sent;
  };

  return {
    send: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person === undefined) return 'refused';
      links.open(message.id, person.id);
      const text = linkText(`${deps.publicUrl}/l/${message.id}`);
      attempt.bearer ??= bearerFor(person);
      messages.save(message);
      if (attempt.bearer === 'rcs') return overRcs(person, message, attempt, text);
      return (await deps.sms?.(message, attempt, person.msisdn, text)) ?? 'refused';
    },
    takeBack: async (message, attempt) => {
      links.close(message.id);
      const person = people.byId(message.person);
      if (person === undefined || attempt.bearer !== 'rcs' || deps.rbm === null) return;
      await revokeAtRbm(deps.rbm.rbm, person, attempt);
    },
  };
}
