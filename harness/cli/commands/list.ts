import { createVocabulary } from '../../compose.ts';
import { BellwetherError, nearestWord } from '../../../simulators/kernel/errors.ts';
import type { GatewayEntry } from '../../../simulators/gateway/api/gateway.ts';
import { GATEWAYS } from '../../../simulators/gateway/personalities/index.ts';
import type { Vocabulary } from '../../../simulators/kernel/vocabulary.ts';
import { MAGIC_BEHAVIOURS } from '../../../simulators/world/magic/behaviours.ts';
import { EXIT } from '../context.ts';
import type { RegisterCommand } from '../register-command.ts';

/** What can be listed: a name and how its lines come out of the vocabulary. */
const LISTS = {
  rules: ({ rules }: Vocabulary) =>
    Object.values(rules).map(
      ({ name, level, fails }) => `${name.padEnd(32)} ${level.padEnd(6)} ${fails}`,
    ),
  faults: ({ faults }: Vocabulary) =>
    Object.values(faults).map(({ name, doc }) => `${name.padEnd(26)} ${doc}`),
  gateways: () =>
    Object.values<GatewayEntry>(GATEWAYS).map(
      ({ name, doc }) => `${name.padEnd(10)} ${`docs/gateways/${name}.md`.padEnd(26)} ${doc}`,
    ),
  'magic-numbers': () =>
    MAGIC_BEHAVIOURS.map(({ ending, name, number }) => `…${ending}  ${name.padEnd(16)} ${number}`),
  messages: ({ messageKinds }: Vocabulary) => [...messageKinds],
  events: ({ eventKinds }: Vocabulary) => [...eventKinds],
  devices: ({ profiles }: Vocabulary) => Object.keys(profiles.devices),
  carriers: ({ profiles }: Vocabulary) => Object.keys(profiles.carriers),
  policies: ({ profiles }: Vocabulary) => Object.keys(profiles.policies),
} as const;
type ListName = keyof typeof LISTS;

function listName(written: string): ListName {
  if (Object.hasOwn(LISTS, written)) return written as ListName;
  const near = nearestWord(written, Object.keys(LISTS));
  const guess = near === undefined ? '' : `Did you mean ${near}? `;
  throw new BellwetherError(`there is no list of ${written}`, {
    code: 'CLI_LIST',
    blame: 'author',
    hint: `${guess}Valid: ${Object.keys(LISTS).join(', ')}.`,
  });
}

export const registerList: RegisterCommand = (program, context, done) => {
  program
    .command('list')
    .summary('list the words that a scenario may use')
    .argument('[what]', Object.keys(LISTS).join(', '))
    .addHelpText('after', '\nExample:\n  bellwether list rules')
    .action((what: string | undefined) => {
      const vocabulary = createVocabulary();
      const names = what === undefined ? (Object.keys(LISTS) as ListName[]) : [listName(what)];
      for (const name of names) {
        if (names.length > 1) context.stdout.write(`\n${name}\n`);
        for (const line of LISTS[name](vocabulary)) {
          context.stdout.write(`${names.length > 1 ? '  ' : ''}${line}\n`);
        }
      }
      done(EXIT.pass);
    });
};
