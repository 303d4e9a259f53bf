import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Verb, VerbCall } from '../../kernel/target.ts';
import { HOUR_OF_LIFE } from '../../protocol/oauth/token-issuer.ts';
import type { TokenLife } from '../../protocol/oauth/token-issuer.ts';

/** How long the access tokens of a gateway live, which a fault shortens. */
export interface TokenLives {
  /** Of the token that is given out now. */
  readonly next: () => TokenLife;
  readonly verbs: Readonly<Record<'short-lived-tokens', Verb>>;
}

export function createTokenLives(): TokenLives {
  let acting: readonly VerbCall[] = [];
  return {
    next: () => {
      const fault = acting.at(-1);
      if (fault === undefined || !fault.ledger.hits(undefined)) return HOUR_OF_LIFE;
      const { params, ledger } = fault;
      const seconds = Math.max(1, Math.round(Number(params['life']) / MICROS_PER_SECOND));
      const toldSeconds = params['says'] === 'an-hour' ? HOUR_OF_LIFE.toldSeconds : seconds;
      ledger.touched(`gave out a token that lives ${seconds} s and says ${toldSeconds} s`);
      return { seconds, toldSeconds };
    },
    verbs: {
      'short-lived-tokens': (call) => {
        acting = [...acting, call];
        return () => {
          acting = acting.filter((other) => other !== call);
        };
      },
    },
  };
}
