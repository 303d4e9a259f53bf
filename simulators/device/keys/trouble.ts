/** What faults do to a phone's keys, and to the MLS messages on their way to it. */
import type { AttestationFault } from '../../kernel/events-mls.ts';
import type { FaultLedger, Lift } from '../../kernel/target.ts';
import type { BearerMessage, Receipts } from '../../network/bearer.ts';
import { inspect } from '../../protocol/mls/inspect.ts';
import type { Phone } from '../phone.ts';
import { StolenState } from './stolen-state.ts';

export type Replayed = 'ciphertext' | 'welcome' | 'key-package';

/** What kind of MLS message a carrier brings. */
type Kind = 'application' | 'commit' | 'welcome' | 'other';

interface Replay {
  readonly what: Replayed;
  readonly delayMicros: number;
  readonly ledger: FaultLedger;
}

function kindOf(message: BearerMessage): Kind {
  if (message.content.kind !== 'mls') return 'other';
  const seen = inspect(message.content.body);
  if (seen.kind === 'refused') return 'other';
  if (seen.wireFormat === 'welcome') return 'welcome';
  if (seen.wireFormat !== 'public-message' && seen.wireFormat !== 'private-message') return 'other';
  return seen.contentType === 'application' ? 'application' : 'commit';
}

/** An entry for as long as a fault acts. */
function during<T>(list: T[], entry: T): Lift {
  list.push(entry);
  return () => {
    const at = list.indexOf(entry);
    if (at !== -1) list.splice(at, 1);
  };
}

export class KeyTrouble {
  readonly #phone: Phone;
  readonly #commits: FaultLedger[] = [];
  readonly #welcomes: FaultLedger[] = [];
  readonly #exhausting: FaultLedger[] = [];
  readonly #replays: Replay[] = [];
  readonly #attestation: AttestationFault[] = [];
  #stolen: StolenState[] | undefined;

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  get attestation(): AttestationFault | undefined {
    return this.#attestation.at(-1);
  }

  get exhausted(): FaultLedger | undefined {
    return this.#exhausting.at(-1);
  }

  loseCommits(ledger: FaultLedger): Lift {
    return during(this.#commits, ledger);
  }

  loseWelcomes(ledger: FaultLedger): Lift {
    return during(this.#welcomes, ledger);
  }

  exhaust(ledger: FaultLedger): Lift {
    return during(this.#exhausting, ledger);
  }

  replay(what: Replayed, delayMicros: number, ledger: FaultLedger): Lift {
    return during(this.#replays, { what, delayMicros, ledger });
  }

  failAttestation(fault: AttestationFault): Lift {
    return during(this.#attestation, fault);
  }

  /** An observer takes a copy of the MLS state, and keeps it for ever. */
  steal(fault: string): void {
    this.#stolen ??= [];
    this.#stolen.push(new StolenState(this.#phone, fault));
  }

  /** True when this message is lost on its way to the phone. */
  loses(message: BearerMessage): boolean {
    if (this.#commits.length + this.#welcomes.length === 0) return false;
    const kind = kindOf(message);
    const ledgers = kind === 'commit' ? this.#commits : kind === 'welcome' ? this.#welcomes : [];
    const ledger = ledgers.find((one) => one.hits(message.message));
    if (ledger === undefined) return false;
    const { context, path } = this.#phone;
    ledger.touched(`lost a ${kind} on its way to ${path}`, message.message, message.wire);
    const { wire } = message;
    const { fault } = ledger;
    context.ambient.history.append({ kind: 'lost', wire, component: path, fault });
    return true;
  }

  /** True when the key service gives out a package that it had given out before. */
  replays(what: 'key-package'): boolean {
    const replay = this.#replays.find((one) => one.what === what && one.ledger.hits(undefined));
    replay?.ledger.touched(`gave out a used key package of ${this.#phone.path}`);
    return replay !== undefined;
  }

  /** Brings the message again later, if a fault says so; shows it to whoever stole the state. */
  arrived(message: BearerMessage, receipts: Receipts): void {
    if (this.#replays.length > 0) {
      const kind = kindOf(message);
      const what = kind === 'application' ? 'ciphertext' : kind;
      const replay = this.#replays.find(
        (one) => one.what === what && one.ledger.hits(message.message),
      );
      if (replay !== undefined) this.#again(replay, message, receipts);
    }
    for (const stolen of this.#stolen ?? []) stolen.hear(message);
  }

  #again({ what, delayMicros, ledger }: Replay, message: BearerMessage, receipts: Receipts): void {
    const phone = this.#phone;
    phone.context.ambient.clock.after(delayMicros, () => {
      ledger.touched(`brought a ${what} again to ${phone.path}`, message.message, message.wire);
      phone.take(message, receipts);
    });
  }
}
