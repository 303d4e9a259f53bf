import { falseCallbackRule } from '../false-callback-rule.ts';

export const tampered = falseCallbackRule({
  entry: {
    name: 'webhook/tampered',
    level: 'must',
    kind: 'safety',
    fails: 'A callback that was changed after signing is answered 2xx, or changes a status.',
    hint:
      'Check that the signature covers these very bytes: with Vonage also payload_hash, with ' +
      'Twilio every parameter.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'tampered',
  what: 'A callback that was changed after it had been signed',
});
