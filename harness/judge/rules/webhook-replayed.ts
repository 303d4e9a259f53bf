import { falseCallbackRule, undatable } from '../false-callback-rule.ts';

export const replayed = falseCallbackRule({
  entry: {
    name: 'webhook/replayed',
    level: 'must',
    kind: 'safety',
    fails:
      'A recorded callback that comes again after its signature is too old (5 minutes) is ' +
      'answered 2xx.',
    hint:
      'Compare the signed date with the clock; remember nonces and ids for as long as a date is ' +
      'taken.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'replayed',
  what: 'A recorded callback, sent once more by somebody else,',
  unknowable: (callback) => undatable(callback, false),
});
