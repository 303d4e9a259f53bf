import type { ModuleClock } from 'bellwether/module';
import type { Attempt, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import type { Policy } from '../policy.ts';
import type { SmppLink, SmsReceipt } from '../vendors/smpp-link.ts';
import { sleep, TIMED_OUT, within } from '../within.ts';
import type { ChannelSender } from './channel.ts';
import type { Delivery } from './delivery.ts';
import type { SmsSubmit } from './sms-submit.ts';
import { disclosed } from './wording.ts';

export interface SmsChannelDeps {
  readonly clock: ModuleClock;
  readonly policy: Policy;
  readonly messages: Messages;
  readonly people: People;
  readonly sms: SmppLink;
  readonly delivery: Delivery;
}

/** SMPP has no idempotency: after a lost answer, a receipt may still tell that it was taken. */
const LONGEST_HOLD_MS = 5_000;
const REMEMBERED = 1_000;

/** SMS through an SMPP session: long texts in parts, receipts back. */
export function createSmsChannel(
  deps: SmsChannelDeps,
): ChannelSender & { readonly submit: SmsSubmit } {
  const { clock, policy, messages, people, sms, delivery } = deps;
  const holdMs = Math.min(LONGEST_HOLD_MS, policy.backOffMs);
  /** Receipts that came before, or instead of, the answer that names their message. */
  const orphans = new Map<string, SmsReceipt>();
  /** Copies whose answer was lost, by number: an orphan for that number is theirs. */
  const holding = new Map<string, (receipt: SmsReceipt) => void>();

  const apply = (message: Message, attempt: Attempt, { id, state }: SmsReceipt): void => {
    if (state === 'failed') {
      delivery.heard(message, attempt, 'lost');
      return;
    }
    attempt.confirmed = [...new Set([...(attempt.confirmed ?? []), id])];
    messages.save(message);
    // That a link has arrived says nothing about its content.
    if (attempt.channel !== 'sms' || attempt.confirmed.length < (attempt.parts ?? 1)) return;
    delivery.heard(message, attempt, 'delivered');
  };

  sms.onReceipt((receipt) => {
    const found = messages.byWire(`smpp:${receipt.id}`);
    if (found !== undefined) {
      apply(found.message, found.attempt, receipt);
      return;
    }
    const claim = holding.get(receipt.msisdn);
    if (claim !== undefined) {
      claim(receipt);
      return;
    }
    orphans.set(receipt.id, receipt);
    if (orphans.size > REMEMBERED) orphans.delete(orphans.keys().next().value!);
  });
  sms.onReady(() => delivery.wake(null));

  const named = (message: Message, attempt: Attempt, id: string): void => {
    delete attempt.handedAtMs;
    messages.addWire(message, attempt, `smpp:${id}`);
    const early = orphans.get(id);
    if (early === undefined) return;
    orphans.delete(id);
    apply(message, attempt, early);
  };

  /** The centre may have it: waits for a receipt of this number before handing it over again. */
  const hold = async (message: Message, attempt: Attempt, msisdn: string): Promise<boolean> => {
    for (;;) {
      const receipt = new Promise<SmsReceipt>((resolve) => holding.set(msisdn, resolve));
      const heard = await within(clock, holdMs, receipt);
      holding.delete(msisdn);
      if (heard !== TIMED_OUT) {
        named(message, attempt, heard.id);
        apply(message, attempt, heard);
        return true;
      }
      if (sms.ready || attempt.state !== 'sending') return false;
      await sleep(clock, holdMs);
    }
  };

  const submit: SmsSubmit = async (message, attempt, msisdn, text) => {
    const parts = sms.split(text, reference(message, attempt));
    attempt.parts = parts.length;
    while (attempt.wires.length < parts.length) {
      if (attempt.handedAtMs !== undefined && (await hold(message, attempt, msisdn))) continue;
      if (attempt.state !== 'sending') return 'refused';
      const result = await sms.submit({
        msisdn,
        part: parts[attempt.wires.length]!,
        wanted: () => attempt.state === 'sending',
        handed: () => {
          attempt.handedAtMs = clock.epochMillis();
          messages.save(message);
        },
      });
      if (result.kind === 'accepted') named(message, attempt, result.id);
      else if (result.kind === 'refused') {
        delete attempt.handedAtMs;
        return 'refused';
      }
    }
    return 'accepted';
  };

  return {
    submit,
    send: async (message, attempt) => {
      const person = people.byId(message.person);
      if (person === undefined) return 'refused';
      const text = disclosed(messages.text(message), message.sensitivity, 'sms', policy);
      return submit(message, attempt, person.msisdn, text);
    },
    // What an SMS centre has taken is not reliably cancelled, so nothing is pretended.
    takeBack: async () => {},
  };
}

/** The same concatenation reference for the same copy, so that a repeated part fits the others. */
function reference(message: Message, attempt: Attempt): number {
  const seed = `${message.id}/${message.attempts.indexOf(attempt)}`;
  return [...seed].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) & 0xff, 7);
}
