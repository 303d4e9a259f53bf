import type { Call } from '../api/answer.ts';
import type { Routing, SinchContext } from './context.ts';

/** POST /oauth2/token */
export function issueToken(context: SinchContext, { request, what }: Routing): Call {
  return {
    operation: 'token',
    what,
    seen: request.body,
    serve: () => {
      const { tokens } = context;
      const answer = tokens.handle(request.body, request.headers['authorization']);
      const { status, body, word, lifeMicros } = answer;
      const outcome = status === 200 ? 'accepted' : 'unauthorized';
      const given = lifeMicros === undefined ? {} : { tokenLifeMicros: lifeMicros };
      return { status, body, outcome, word: `${status} ${word}`, ...given };
    },
  };
}
