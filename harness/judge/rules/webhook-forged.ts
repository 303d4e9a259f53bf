import { falseCallbackRule } from '../false-callback-rule.ts';

export const forged = falseCallbackRule({
  entry: {
    name: 'webhook/forged',
    level: 'must',
    kind: 'safety',
    fails: 'A callback with a made-up signature is answered 2xx, or changes a status.',
    hint:
      'Compute the signature from the body as it arrived and compare it in constant time; ' +
      'refuse what differs.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'forged',
  what: 'A callback with a made-up signature',
});
