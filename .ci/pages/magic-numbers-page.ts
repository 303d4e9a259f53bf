import { MAGIC_BEHAVIOURS } from '../../simulators/world/magic/behaviours.ts';
import { generatedHead, table } from './markdown.ts';

/** `docs/magic-numbers.md`: the registry. */
export function renderMagicNumbersPage(): string {
  const head = generatedHead('Magic numbers', 'simulators/world/magic/behaviours.ts', [
    'Without a scenario, what happens to a message is chosen by its recipient: a number that',
    'nobody in the world has, or a push token that no phone was given, behaves as its last four',
    'characters say. So it is in [`bellwether serve`](serve.md) and in [unit',
    'tests](unit-tests.md); never in a run that is judged.',
    '',
    'The digits before the ending are free (`+491700000002`, `+12025550002`), so that each test',
    'can have numbers of its own; each number is a person of its own. APNs tokens are 64 hex',
    'digits, of which the last four count; FCM tokens are any text that ends in them. A number',
    'with another ending is nobody’s, and a token with another ending is one that the push',
    'service does not know (`BadDeviceToken`, `UNREGISTERED`).',
    '',
  ]);
  const rows = MAGIC_BEHAVIOURS.map(({ ending, name, number, token }) => [
    `…${ending}`,
    name,
    number,
    token ?? '–',
  ]);
  return [
    ...head,
    ...table(['ending', 'name', 'a message to such a number', 'a push to such a token'], rows),
    '',
    'These people are with the carrier of the world that can do most, have an Android phone (APNs',
    'tokens: an iPhone) with the organisation’s app, and read what they are shown after 2 s. What',
    'a number does stands in the history as the fault `magic-number`.',
    '',
  ].join('\n');
}
