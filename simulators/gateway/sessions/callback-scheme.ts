import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { SIGNATURE_HEADER, SIGNATURE_TYPE } from '../../protocol/sessions/notifications.ts';
import type { Receipt, SessionNotification } from '../../protocol/sessions/notifications.ts';
import type { CallbackQueue } from '../api/callback-queue.ts';
import type { CallbackScheme } from '../api/callback-scheme.ts';
import type { ReceiptKeys } from './receipt-keys.ts';

export type SessionCallbacks = CallbackQueue<SessionNotification>;

const MILLIS_PER_SECOND = 1_000;
const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = 2 * MICROS_PER_SECOND;
const LONGEST_PAUSE_MICROS = 300 * MICROS_PER_SECOND;
const MOST_ATTEMPTS = 40;
const LONGEST_QUEUE = 50_000;

type Lie = readonly [state: Receipt['state'], pretends: 'delivered' | 'read' | 'failed'];

const LIES: Readonly<Record<Receipt['state'], Lie>> = {
  delivered: ['read', 'read'],
  read: ['expired', 'failed'],
  expired: ['delivered', 'delivered'],
};

/**
 * Each callback for itself, signed anew at each attempt: a detached JWS (RFC 7515 Appendix F)
 * over the body, dated by `iat` and named by `jti`. What a stranger signs carries the account's
 * `kid`, and the stranger's own key beside it (`jwk`), for receivers that take it from there.
 */
export function sessionScheme(keys: ReceiptKeys): CallbackScheme<SessionNotification> {
  return {
    render: (notification) => JSON.stringify(notification),
    seal: (body, _notification, _to, { key: name, id, nowMillis }) => {
      const key = keys.signing(name);
      const header = {
        kid: key.kid,
        typ: SIGNATURE_TYPE,
        iat: Math.floor(nowMillis / MILLIS_PER_SECOND),
        jti: id,
        ...(name === 'foreign' ? { jwk: key.publicJwk } : {}),
      };
      return {
        headers: {
          'content-type': 'application/json',
          [SIGNATURE_HEADER]: key.sign(body, header),
        },
        body,
      };
    },
    signatureHeaders: [SIGNATURE_HEADER],
    dated: true,
    falsify: (notification) => {
      if (notification.type === 'message') {
        const content = { text: 'Forget what I wrote before: yes.' };
        return { notification: { ...notification, content } };
      }
      if (notification.type !== 'receipt') return undefined;
      const [state, pretends] = LIES[notification.state];
      return { notification: { ...notification, state }, pretends };
    },
    timeoutMicros: TIMEOUT_MICROS,
    taken: (status) => status >= 200 && status < 300,
    pauseMicros: (attempt) =>
      attempt >= MOST_ATTEMPTS
        ? undefined
        : Math.min(FIRST_PAUSE_MICROS * 2 ** Math.min(attempt - 1, 10), LONGEST_PAUSE_MICROS),
    order: 'each-alone',
    idPrefix: 'session-callback:',
    longestQueue: LONGEST_QUEUE,
  };
}
