import { createVocabulary } from '../../compose.ts';
import { BellwetherError, nearestWord } from '../../../simulators/kernel/errors.ts';
import { loadGateways } from '../../../simulators/world/gateways.ts';
import type { Vocabulary } from '../../../simulators/kernel/vocabulary.ts';
import { MAGIC_BEHAVIOURS } from '../../../simulators/world/magic/behaviours.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import type { Listable } from '../words.ts';

type Lines = readonly string[];

/** What can be listed: a name and how its lines come out of the vocabulary. */
const LISTS = {
  rules: ({ rules }: Vocabulary) =>
    Object.values(rules).map(
      ({ name, level, fails }) => `${name.padEnd(32)} ${level.padEnd(6)} ${fails}`,
    ),
  faults: ({ faults }: Vocabulary) =>
    Object.values(faults).map(({ name, doc }) => `${name.padEnd(26)} ${doc}`),
  gateways: async ({ gateways }: Vocabulary) =>
    (await loadGateways(gateways)).map(
      ({ name, doc }) => `${name.padEnd(10)} ${`docs/gateways/${name}.md`.padEnd(26)} ${doc}`,
    ),
  'magic-numbers': () =>
    MAGIC_BEHAVIOURS.map(({ ending, name, number }) => `…${ending}  ${name.padEnd(16)} ${number}`),
  messages: ({ messageKinds }: Vocabulary) => [...messageKinds],
  events: ({ eventKinds }: Vocabulary) => [...eventKinds],
  devices: ({ profiles }: Vocabulary) => Object.keys(profiles.devices),
  carriers: ({ profiles }: Vocabulary) => Object.keys(profiles.carriers),
  policies: ({ profiles }: Vocabulary) => Object.keys(profiles.policies),
} as const satisfies Record<Listable, (vocabulary: Vocabulary) => Lines | Promise<Lines>>;

function listName(written: string): Listable {
  if (Object.hasOwn(LISTS, written)) return written as Listable;
  const near = nearestWord(written, Object.keys(LISTS));
  const guess = near === undefined ? '' : `Did you mean ${near}? `;
  throw new BellwetherError(`there is no list of ${written}`, {
    code: 'CLI_LIST',
    blame: 'author',
    hint: `${guess}Valid: ${Object.keys(LISTS).join(', ')}.`,
  });
}

/** Prints the words that a scenario may use: all of them, or one list; the exit code. */
export async function list(what: string | undefined, context: CliContext): Promise<number> {
  const vocabulary = createVocabulary();
  const names = what === undefined ? (Object.keys(LISTS) as Listable[]) : [listName(what)];
  for (const name of names) {
    if (names.length > 1) context.stdout.write(`\n${name}\n`);
    for (const line of await LISTS[name](vocabulary)) {
      context.stdout.write(`${names.length > 1 ? '  ' : ''}${line}\n`);
    }
  }
  return EXIT.pass;
}
