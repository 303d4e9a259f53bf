import type { TextPart } from 'bellwether/protocol';
import type { ModuleClock, ModuleStore } from 'bellwether/module';
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
  readonly store: ModuleStore;
}

/** SMPP has no idempotency: after a lost answer, a receipt may still tell that it was taken. */
const LONGEST_HOLD_MS = 5_000;
const REMEMBERED = 1_000;

/** SMS through an SMPP session: long texts in parts, receipts back. */
export function createSmsChannel(
  deps: SmsChannelDeps,
): ChannelSender & { readonly submit: SmsSubmit } {
  const { clock, policy, messages, people, sms, delivery, store } = deps;
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

  /**
   * Where parts of several texts wait for one phone, only the reference tells them apart, and it
   * has 8 bits: in turn for each number, so that 255 others come between two that are the same.
   */
  const split = (attempt: Attempt, msisdn: string, text: string): readonly TextPart[] => {
    const parts = sms.split(text, attempt.reference ?? 0);
    if (parts.length === 1 || attempt.reference !== undefined) return parts;
    const key = `sms-reference/${msisdn}`;
    const reference = (((store.get(key) as number | undefined) ?? -1) + 1) & 0xff;
    store.set(key, reference);
    attempt.reference = reference;
    return sms.split(text, reference);
  };

  const submit: SmsSubmit = async (message, attempt, msisdn, text) => {
    const parts = split(attempt, msisdn, text);
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
