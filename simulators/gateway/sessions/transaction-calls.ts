/** Asking what became of a transaction, and taking one back. */
import type { Answer, Call } from '../api/answer.ts';
import { answer, refuse } from './answer.ts';
import type { Routing, SessionsContext } from './context.ts';
import { shownTransaction } from './payload-call.ts';
import { IMPLIES } from './transactions.ts';
import type { Transaction } from './transactions.ts';

/** GET /v1/transactions/{transactionId} */
export function showTransaction(
  context: SessionsContext,
  { request, what, params }: Routing,
): Call {
  const transaction = context.transactions.byId(params['transactionId'] ?? '');
  return {
    operation: 'query',
    what,
    seen: request.path,
    ...(transaction === undefined ? {} : { person: transaction.person }),
    serve: () => {
      if (transaction === undefined) return refuse('transaction-unknown');
      const { wire, state } = transaction;
      return answer(200, shownTransaction(transaction), {
        tells: [{ wire, implies: IMPLIES[state] }],
      });
    },
  };
}

function taking(
  context: SessionsContext,
  { request, what }: Routing,
  wire: string | undefined,
  transaction: Transaction | undefined,
): Call {
  return {
    operation: 'revoke',
    what,
    seen: request.path,
    ...(wire === undefined ? {} : { wire }),
    ...(transaction === undefined ? {} : { person: transaction.person }),
    serve: (): Answer => {
      if (transaction === undefined) return refuse('transaction-unknown');
      context.transactions.cancel(transaction, context.coreOf(transaction.person));
      return answer(200, shownTransaction(transaction));
    },
  };
}

/** DELETE /v1/transactions/{transactionId}: taken back where no device has it yet. */
export function cancelTransaction(context: SessionsContext, routing: Routing): Call {
  const transaction = context.transactions.byId(routing.params['transactionId'] ?? '');
  return taking(context, routing, transaction?.wire, transaction);
}

/**
 * DELETE /v1/secureSessions/{sessionId}/messages/{idempotencyKey}: the same for a sender that never
 * had an answer, and so no transaction.
 */
export function cancelByKey(context: SessionsContext, routing: Routing): Call {
  const key = routing.params['idempotencyKey'] ?? '';
  const transaction = context.transactions.byKey(key);
  return taking(context, routing, transaction?.wire, transaction);
}
