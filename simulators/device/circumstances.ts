import type { Lift, Verb } from '../kernel/target.ts';
import type { Phone } from './phone.ts';

/** What faults do to a phone for a while; several at once add up, so each is a counter. */
export const CIRCUMSTANCES = ['offline', 'low-power', 'token-invalid', 'uninstall-app'] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

const DID: Readonly<Record<Circumstance, string>> = {
  offline: 'took the phone off the network',
  'low-power': 'switched power saving on',
  'token-invalid': 'made the push token unregistered',
  'uninstall-app': 'removed the app',
};

function lasting(phone: Phone, what: Circumstance): Verb {
  return ({ ledger }) => {
    phone.begin(what, ledger.fault);
    ledger.touched(`${DID[what]} (${phone.path})`);
    return () => phone.end(what, ledger.fault);
  };
}

const nothingToUndo: Lift = () => {};

/** The verbs of a device as a target; `person/<id>` does the same to all devices. */
export function phoneVerbs(phone: Phone): Record<string, Verb> {
  return {
    ...Object.fromEntries(CIRCUMSTANCES.map((what) => [what, lasting(phone, what)])),
    'key-loss': ({ ledger }) => {
      phone.loseKeys(ledger.fault);
      return nothingToUndo;
    },
    revoke: ({ ledger }) => {
      phone.revoke(ledger.fault);
      return nothingToUndo;
    },
  };
}

/** One verb over all phones of a person; lifting lifts them all. */
export function personVerbs(phones: () => readonly Phone[]): Record<string, Verb> {
  const words = [...CIRCUMSTANCES, 'key-loss', 'revoke'];
  const all =
    (word: string): Verb =>
    (call) => {
      const lifts = phones().map((phone) => phoneVerbs(phone)[word]?.(call) ?? nothingToUndo);
      return () => {
        for (const lift of lifts) lift();
      };
    };
  return Object.fromEntries(words.map((word) => [word, all(word)]));
}
