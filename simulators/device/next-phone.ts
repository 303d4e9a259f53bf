/** A person moves to another phone with the same number. */
import type { Verb } from '../kernel/target.ts';
import type { Owner } from './owner.ts';

const LINGERS_MICROS = 30_000_000;
const APP_MICROS = 60_000_000;

function micros(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/**
 * The SIM is in the next phone now, and texts with it. An RCS core knows one registration of a
 * number and app; the old one stands until it expires or is withdrawn (RCC.07 §2.4), and what comes
 * meanwhile waits for a phone that is off.
 */
export function switchesPhone(owner: Owner): Verb {
  return ({ params, ledger }) => {
    const [old] = owner.handsets;
    const next = owner.takeNextPhone();
    if (old === undefined || next === undefined) return () => {};
    const { fault } = ledger;
    const { clock } = old.context.ambient;
    next.begin('unregistered', fault);
    next.begin('uninstall-app', fault);
    old.begin('switched-off', fault);
    old.simTaken();
    ledger.touched(`moved the SIM of ${old.path} to ${next.path}`);
    const register = (): void => {
      old.revoke(fault);
      next.end('unregistered', fault);
      owner.announce(next);
    };
    clock.after(micros(params['lingers'], LINGERS_MICROS), register, { daemon: true });
    const install = (): void => next.end('uninstall-app', fault);
    clock.after(micros(params['app-after'], APP_MICROS), install, { daemon: true });
    return () => {};
  };
}
