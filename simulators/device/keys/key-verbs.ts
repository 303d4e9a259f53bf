/** What faults of the catalogue's group `keys` do to a phone. */
import type { AttestationFault } from '../../kernel/events-mls.ts';
import type { Lift, Verb } from '../../kernel/target.ts';
import { endEncryption } from '../conversation.ts';
import type { Phone } from '../phone.ts';
import { tryConversationsOf } from '../rejoin.ts';
import { forkGroups } from './fork-groups.ts';
import type { Replayed } from './trouble.ts';

const nothingToUndo: Lift = () => {};

/** After so long without a network, what waited at the carrier is given up: Commits first. */
const BACKLOG_MICROS = 1_500_000;
const REPLAY_MICROS = 500_000;

function failing(phone: Phone, why: AttestationFault, did: string): Verb {
  return ({ ledger }) => {
    const lift = phone.keyTrouble.failAttestation(why);
    phone.attestationChanged(ledger.fault);
    ledger.touched(`${did} (${phone.path})`);
    return () => {
      lift();
      phone.attestationChanged(ledger.fault);
    };
  };
}

/** A phone of somebody else's appears under the number; its keys are real, its claim is not. */
function intruding(phone: Phone, id: string, why: AttestationFault, did: string): Verb {
  return ({ ledger }) => {
    const { owner, plan } = phone;
    const taken = owner.handsets.filter((handset) => handset.plan.id.startsWith(id)).length;
    const guest = owner.intrude({ ...plan, id: `${id}${taken + 1}`, app: false });
    guest.keyTrouble.failAttestation(why);
    guest.tell('attestation-failed', ledger.fault);
    owner.announce(guest);
    tryConversationsOf(phone, guest);
    ledger.touched(`${did}: ${guest.path}`);
    return () => guest.revoke(ledger.fault);
  };
}

function replayed(value: unknown): Replayed {
  return value === 'welcome' || value === 'key-package' ? value : 'ciphertext';
}

function awayTooLong(phone: Phone): Verb {
  return ({ ledger }) => {
    phone.begin('offline', ledger.fault);
    ledger.touched(`took ${phone.path} away for longer than its carrier keeps Commits`);
    return () => {
      const found = phone.keyTrouble.loseCommits(ledger);
      phone.context.ambient.clock.after(BACKLOG_MICROS, found, { daemon: true });
      phone.end('offline', ledger.fault);
    };
  };
}

function downgrade(phone: Phone): Verb {
  return ({ ledger }) => {
    ledger.touched(`took end-to-end encryption away from ${phone.path}`);
    endEncryption(phone);
    phone.setE2ee(false, ledger.fault);
    return () => phone.setE2ee(undefined, ledger.fault);
  };
}

function update(phone: Phone): Verb {
  return ({ ledger }) => {
    ledger.touched(`gave end-to-end encryption to ${phone.path}`);
    phone.setE2ee(true, ledger.fault);
    return nothingToUndo;
  };
}

/** Verbs for one device. */
export function keyVerbs(phone: Phone): Record<string, Verb> {
  return {
    'key-loss': ({ ledger }) => {
      phone.loseKeys(ledger.fault);
      return nothingToUndo;
    },
    revoke: ({ ledger }) => {
      phone.revoke(ledger.fault);
      return nothingToUndo;
    },
    rotate: ({ ledger }) => {
      phone.rotateKeys(ledger.fault);
      return nothingToUndo;
    },
    'epoch-fork': ({ ledger }) => {
      forkGroups(phone, ledger.fault);
      return nothingToUndo;
    },
    'state-theft': ({ ledger }) => {
      phone.keyTrouble.steal(ledger.fault);
      return nothingToUndo;
    },
    'commit-lost': ({ ledger }) => phone.keyTrouble.loseCommits(ledger),
    'welcome-lost': ({ ledger }) => phone.keyTrouble.loseWelcomes(ledger),
    'key-packages-exhausted': ({ ledger }) => {
      const lift = phone.keyTrouble.exhaust(ledger);
      return () => {
        lift();
        phone.keys.packages.publish();
      };
    },
    replay: ({ params, ledger }) => {
      const { what, pause } = params;
      const delayMicros = typeof pause === 'number' ? pause : REPLAY_MICROS;
      return phone.keyTrouble.replay(replayed(what), delayMicros, ledger);
    },
    'attestation-fail': failing(phone, 'platform-failed', 'the platform’s attestation failed'),
    'stale-after-long-offline': awayTooLong(phone),
    'os-downgrade': downgrade(phone),
    'os-update': update(phone),
    ...numberVerbs(phone),
  };
}

/** What happens to the number, not to one of its devices: once for a person. */
export function numberVerbs(phone: Phone): Record<string, Verb> {
  return {
    'sim-swap': intruding(phone, 'swapped-sim-', 'sim-swapped', 'a swapped SIM took the number'),
    'token-theft': intruding(
      phone,
      'stolen-token-',
      'unknown-device',
      'a stolen registration token enrolled a device',
    ),
  };
}
