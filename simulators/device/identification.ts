/**
 * Which message a ciphertext held that no phone ever opened: refused at a door, lost, taken back,
 * or sent to keys that are gone. An observer with the recipient's keys can tell; it works on copies
 * of the phones' MLS state, so nothing that a phone can or cannot read is changed by it. What it
 * finds is evidence about identity alone, never about delivery.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import { inspect } from '../protocol/mls/inspect.ts';
import type { MlsEngine, MlsMember } from '../protocol/mls/types.ts';
import type { Owner } from './owner.ts';
import { readMessage } from './sight.ts';

export interface Identification {
  /** Somebody sent this to a person, whatever becomes of it. `wire`: as the sender names it. */
  sent(person: string, wire: string, body: Uint8Array): void;
  /** A phone opened it: nothing is left to find out. */
  opened(person: string, wire: string): void;
  /**
   * Must this person's ciphertexts be looked at before a phone of theirs goes on to `epoch`,
   * because afterwards the keys that open them may be erased?
   */
  isDue(person: string, epoch: number): boolean;
  /** Tries what was not tried before. Writes `mls.identified`. */
  identify(person: string): Promise<void>;
  /** At the end of a cell: everything that was never opened. */
  identifyAll(): Promise<void>;
}

interface Ciphertext {
  readonly wire: string;
  readonly body: Uint8Array;
  readonly group: string;
  readonly epoch: number;
  readonly sentMicros: number;
  tried: boolean;
}

/** Bodies kept for the whole world, and for one person; the oldest are forgotten. */
const MOST_PEOPLE = 20_000;
const MOST_OF_ONE = 1_024;
/** Fewer than the message keys that a phone keeps for late arrival (64). */
const DUE_AT = 48;
/** Fewer than the past epochs that a phone keeps (4). */
const DUE_AFTER_EPOCHS = 3;
/** What is younger may simply be under way. */
const DUE_AFTER_MICROS = 3 * MICROS_PER_SECOND;

const utf8 = new TextDecoder();

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= limit) return;
    map.delete(oldest);
  }
}

export interface IdentificationOptions {
  readonly ambient: Pick<Ambient, 'clock' | 'history' | 'index'>;
  readonly mls: Pick<MlsEngine, 'deserialize'>;
  readonly ownerOf: (person: string) => Owner | undefined;
}

export function createIdentification(options: IdentificationOptions): Identification {
  const { ambient, mls, ownerOf } = options;
  const people = new Map<string, Map<string, Ciphertext>>();

  /** Copies of every state in which a phone of this person is or was in the group. */
  const copiesOf = function* (owner: Owner, group: string): Generator<MlsMember> {
    for (const phone of owner.handsets) {
      for (const member of phone.statesOf(group)) yield mls.deserialize(member.serialize());
    }
  };

  const open = async (copies: readonly MlsMember[], body: Uint8Array) => {
    for (const copy of copies) {
      const result = await copy.process(body);
      if (result.kind === 'application')
        return readMessage(utf8.decode(result.plaintext), ambient.index);
    }
    return undefined;
  };

  const attempt = async (person: string, again: boolean): Promise<void> => {
    const pending = people.get(person);
    const owner = ownerOf(person);
    if (pending === undefined || owner === undefined) return;
    const copies = new Map<string, readonly MlsMember[]>();
    // What arrives meanwhile has an attempt of its own.
    const known = [...pending.values()];
    for (const ciphertext of known) {
      if (ciphertext.tried && !again) continue;
      ciphertext.tried = true;
      const { group, body, wire } = ciphertext;
      const known = copies.get(group) ?? [...copiesOf(owner, group)];
      copies.set(group, known);
      const found = await open(known, body);
      if (found === undefined) continue;
      pending.delete(wire);
      ambient.history.append({ kind: 'mls.identified', wire, message: found.message });
    }
    if (pending.size === 0) people.delete(person);
  };

  return {
    sent: (person, wire, body) => {
      const seen = inspect(body);
      if (seen.kind === 'refused' || seen.wireFormat !== 'private-message') return;
      let pending = people.get(person);
      if (pending === undefined) {
        people.set(person, (pending = new Map()));
        forgetOldest(people, MOST_PEOPLE);
      }
      const group = Buffer.from(seen.groupId).toString('hex');
      const { epoch } = seen;
      const sentMicros = ambient.clock.now();
      pending.set(wire, { wire, body, group, epoch, sentMicros, tried: false });
      forgetOldest(pending, MOST_OF_ONE);
    },
    opened: (person, wire) => {
      const pending = people.get(person);
      if (pending?.delete(wire) === true && pending.size === 0) people.delete(person);
    },
    isDue: (person, epoch) => {
      const settledMicros = ambient.clock.now() - DUE_AFTER_MICROS;
      let untried = 0;
      for (const ciphertext of people.get(person)?.values() ?? []) {
        if (ciphertext.sentMicros > settledMicros) return false;
        if (ciphertext.tried) continue;
        if (ciphertext.epoch + DUE_AFTER_EPOCHS <= epoch || ++untried >= DUE_AT) return true;
      }
      return false;
    },
    identify: (person) => attempt(person, false),
    identifyAll: async () => {
      ambient.clock.touch();
      const everybody = [...people.keys()];
      for (const person of everybody) await attempt(person, true);
    },
  };
}
