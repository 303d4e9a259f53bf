import { falseCallbackRule, undatable } from '../false-callback-rule.ts';

export const staleCallback = falseCallbackRule({
  entry: {
    name: 'webhook/stale',
    level: 'must',
    kind: 'safety',
    fails: 'A callback whose signature is dated long ago (5 minutes or more) is answered 2xx.',
    hint:
      'Compare the signed date (iat, timestamp) with the clock and refuse what is older than a ' +
      'few minutes.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'stale',
  what: 'A callback signed long ago',
  unknowable: (callback) => undatable(callback, true),
});
