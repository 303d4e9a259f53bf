import { falseCallbackRule } from '../false-callback-rule.ts';

export const wrongKey = falseCallbackRule({
  entry: {
    name: 'webhook/wrong-key',
    level: 'must',
    kind: 'safety',
    fails: 'A callback that another key signed properly is answered 2xx, or changes a status.',
    hint:
      'Verify with the account’s own key; do not trust a key, an issuer or an algorithm that ' +
      'the callback names.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'wrong-key',
  what: 'A callback signed by somebody else’s key',
});
