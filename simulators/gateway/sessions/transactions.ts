/** What became of payloads: states of transactions, their receipts, and taking them back. */
import type { Ambient } from '../../kernel/ambient.ts';
import type { Timer } from '../../kernel/clock.ts';
import type { CoreOutcome, RcsCore } from '../../network/bearer.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { Receipt, TransactionState } from '../../protocol/sessions/notifications.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { SessionCallbacks } from './callback-scheme.ts';
import { deviceIdOf } from './managed-group.ts';
import { notThisMessage } from './meanings.ts';

interface DeviceState {
  readonly state: 'delivered' | 'read';
  /** RFC 3339 */
  readonly time: string;
}

export interface Transaction {
  readonly id: string;
  readonly wire: string;
  readonly session: string;
  readonly person: string;
  readonly idempotencyKey: string;
  /** Of the JWE. */
  readonly digest: string;
  readonly message: string | undefined;
  readonly acceptedAt: string;
  state: TransactionState;
  readonly devices: Map<string, DeviceState>;
  /** All of its copies at the carrier. */
  readonly wires: string[];
}

export interface NewTransaction extends Pick<
  Transaction,
  'id' | 'session' | 'person' | 'idempotencyKey' | 'digest' | 'message'
> {
  /** µs after which it is given up; undefined: the carrier's own time. */
  readonly ttlMicros: number | undefined;
  readonly core: RcsCore;
  /** seq of the request. */
  readonly cause: number;
}

export interface Transactions {
  /** The same for each request with this key, from the first on. */
  idFor(idempotencyKey: string): string;
  byKey(idempotencyKey: string): Transaction | undefined;
  byId(id: string): Transaction | undefined;
  /** Whose payload these octets were before. */
  byDigest(digest: string): Transaction | undefined;
  open(made: NewTransaction): Transaction;
  /** It was refused after all: its key is free again. */
  forget(transaction: Transaction): void;
  outcomeOf(
    transaction: Transaction,
    cause: number,
  ): Pick<CoreOutcome, 'delivered' | 'displayed' | 'expired'>;
  /** Taken back where the devices do not have it. */
  cancel(transaction: Transaction, core: RcsCore | undefined): void;
}

export const IMPLIES: Readonly<Record<TransactionState, StatusWord>> = {
  accepted: 'sent',
  delivered: 'delivered',
  read: 'read',
  expired: 'failed',
  cancelled: 'failed',
};

const REMEMBERED = 50_000;

/** Nothing more happens to it. */
export function isOver({ state }: Transaction): boolean {
  return state === 'expired' || state === 'cancelled';
}

export interface TransactionsOptions {
  readonly ambient: Ambient;
  readonly webhook: SessionCallbacks;
  readonly component: string;
  readonly agentId: string;
}

export function createTransactions(options: TransactionsOptions): Transactions {
  const { ambient, webhook, component, agentId } = options;
  const { clock, history, ids } = ambient;
  const drawn = createBoundedMap<string>(REMEMBERED);
  const byId = createBoundedMap<Transaction>(REMEMBERED);
  const byKey = createBoundedMap<Transaction>(REMEMBERED);
  const byDigest = createBoundedMap<Transaction>(REMEMBERED);
  const limits = new Map<string, Timer>();
  const timeNow = (): string => new Date(clock.epochMillis()).toISOString();

  const tell = (
    transaction: Transaction,
    state: Receipt['state'],
    cause: number,
    device?: string,
  ): void => {
    const { id, idempotencyKey, session, wire, person, message } = transaction;
    webhook.push({
      notification: {
        version: 1,
        type: 'receipt',
        agentId,
        transactionId: id,
        idempotencyKey,
        sessionId: session,
        state,
        ...(device === undefined ? {} : { deviceId: deviceIdOf(device) }),
        time: timeNow(),
      },
      event: `receipt ${state}`,
      wire,
      person,
      implies: IMPLIES[state],
      cause,
      ...(device === undefined ? {} : { device }),
      ...(message === undefined ? {} : { message }),
      ...(IMPLIES[state] === 'failed' ? { meaning: notThisMessage(person) } : {}),
    });
  };

  const endLimit = ({ id }: Transaction): void => {
    limits.get(id)?.cancel();
    limits.delete(id);
  };

  const giveUp = (transaction: Transaction, cause: number): void => {
    endLimit(transaction);
    if (transaction.state !== 'accepted') return;
    transaction.state = 'expired';
    tell(transaction, 'expired', cause);
  };

  const revokeAll = ({ wires }: Transaction, core: RcsCore | undefined): void => {
    for (const wire of wires) core?.revoke(wire);
  };

  return {
    idFor: (idempotencyKey) => {
      const known = drawn.get(idempotencyKey);
      if (known !== undefined) return known;
      const id = ids.uuid();
      drawn.set(idempotencyKey, id);
      return id;
    },
    byId: (id) => byId.get(id),
    byKey: (key) => byKey.get(key),
    byDigest: (digest) => byDigest.get(digest),
    open: ({ ttlMicros, core, cause, ...facts }) => {
      const wire = `sessions:${facts.id}`;
      const transaction: Transaction = {
        ...facts,
        wire,
        acceptedAt: timeNow(),
        state: 'accepted',
        devices: new Map(),
        wires: [wire],
      };
      byId.set(facts.id, transaction);
      byKey.set(facts.idempotencyKey, transaction);
      byDigest.set(facts.digest, transaction);
      if (ttlMicros !== undefined) {
        const task = (): void => {
          if (transaction.state === 'accepted') revokeAll(transaction, core);
          giveUp(transaction, cause);
        };
        limits.set(facts.id, clock.after(ttlMicros, task));
      }
      return transaction;
    },
    forget: (transaction) => {
      endLimit(transaction);
      transaction.state = 'cancelled';
      byId.delete(transaction.id);
      byKey.delete(transaction.idempotencyKey);
      byDigest.delete(transaction.digest);
    },
    outcomeOf: (transaction, cause) => {
      const reached = (device: string, state: 'delivered' | 'read'): void => {
        const { devices } = transaction;
        const id = deviceIdOf(device);
        const before = devices.get(id);
        if (before?.state === 'read' || before?.state === state) return;
        devices.set(id, { state, time: timeNow() });
        if (transaction.state !== 'read') transaction.state = state;
        endLimit(transaction);
        tell(transaction, state, cause, device);
      };
      return {
        delivered: (device) => reached(device, 'delivered'),
        displayed: (device) => reached(device, 'read'),
        expired: () => giveUp(transaction, cause),
      };
    },
    cancel: (transaction, core) => {
      const { wire, person, state } = transaction;
      if (state === 'accepted') {
        revokeAll(transaction, core);
        endLimit(transaction);
        transaction.state = 'cancelled';
      } else if (state === 'delivered' || state === 'read') {
        history.append({ kind: 'revoked', wire, component, person, before: false });
      }
    },
  };
}
