/** What a person does that a fault of the catalogue has them do. */
import type { Owner } from '../device/owner.ts';
import type { History } from '../kernel/history.ts';
import { devicePath } from '../kernel/people.ts';
import type { Verb } from '../kernel/target.ts';

/** Writes to the business on the person's first phone; see `World.reply`. */
export type Writes = (
  person: string,
  text: string,
  message: string,
  how?: { readonly by: 'sms' },
) => void;

/** “START” renews what “STOP” ended (CTIA, “Messaging Principles and Best Practices”, §5.1.3). */
const RENEWS = 'START';

/** Wants nothing more until the fault ends; says both to the business. */
export function optsOut(owner: Owner, history: Pick<History, 'append'>, writes: Writes): Verb {
  return ({ params, ledger }) => {
    const { id, devices } = owner.plan;
    const says = typeof params['says'] === 'string' ? params['says'] : 'STOP';
    const device = devicePath(id, devices[0]?.id ?? '1');
    let said = 0;
    const write = (word: 'stop' | 'start', text: string): void => {
      const message = `${ledger.fault}/${id}/${++said}`;
      const { fault } = ledger;
      history.append({ kind: 'consent.said', device, person: id, says: word, message, fault });
      writes(id, text, message, params['by'] === 'sms' ? { by: 'sms' } : undefined);
    };
    ledger.touched(`${id} wrote ${says}`);
    write('stop', says);
    return () => write('start', RENEWS);
  };
}
