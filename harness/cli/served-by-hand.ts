/** What somebody does by hand in a served world: one line, one thing. */
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { BellwetherError, BellwetherErrors, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import type { World } from '../../simulators/world.ts';
import type { FaultDescription } from '../unit-tests/definition.ts';
import { planFault } from '../unit-tests/disturbance.ts';
import type { Inboxes } from '../unit-tests/inbox.ts';
import type { CliContext } from './context.ts';
import type { ToldWorld } from './told-world.ts';
import { BY_HAND_LINES } from './words.ts';

export interface ByHandOptions {
  readonly told: ToldWorld;
  readonly cell: Cell;
  readonly vocabulary: Vocabulary;
  readonly inboxes: Inboxes;
  readonly context: CliContext;
  readonly input: NodeJS.ReadableStream;
}

const MOST_NAMES = 10;

function faultIn(text: string): FaultDescription {
  // Inside braces as without: `outage: gateway/rbm, mode: reset`.
  const written: unknown = parse(text.startsWith('{') ? text : `{ ${text} }`);
  if (typeof written === 'object' && written !== null) return written as FaultDescription;
  throw new BellwetherError(`“${text}” is no fault`, {
    code: 'CLI_LINE',
    blame: 'author',
    hint: 'Write, for example, fault outage: gateway/rbm.',
  });
}

/** Throws CLI_LINE. */
function knownPerson(world: World, person: string): void {
  if (world.people.byId(person) !== undefined) return;
  const names = world.people.everybody.slice(0, MOST_NAMES).map(({ plan }) => plan.id);
  const near = nearestWord(person, names);
  throw new BellwetherError(person === '' ? 'who, and what?' : `nobody is called “${person}”`, {
    code: 'CLI_LINE',
    blame: 'author',
    hint: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** Reads lines until the input ends or the result is called. What is wrong is told, and goes on. */
export function actByHand(options: ByHandOptions): () => void {
  const { told, cell, vocabulary, inboxes, context, input } = options;
  const { world, ambient } = told;
  const { clock, history } = ambient;
  const random = ambient.random.fork('by-hand');
  const lifts: (() => void)[] = [];
  let faults = 0;
  const say = (line: string): void => {
    context.stdout.write(`${line}\n`);
  };

  const complain = ({ message, hint }: BellwetherError): void => {
    say(hint === undefined ? message : `${message}\n  ${hint}`);
  };

  const inbox = (person: string): void => {
    if (person !== '') knownPerson(world, person);
    const items = person === '' ? inboxes.all : inboxes.all.filter((one) => one.person === person);
    if (items.length === 0) say('nothing yet');
    for (const { person: whose, device, channel, text, read } of items) {
      say(`  ${whose} (${device}, ${channel}${read ? ', read' : ''}): ${text}`);
    }
  };

  const fault = (text: string): void => {
    faults++;
    const name = `by-hand-${faults}`;
    const plan = planFault(name, faultIn(text), cell, vocabulary, clock.now());
    const { targets } = world;
    const armed = armFaults({
      faults: [plan],
      targets,
      clock,
      history,
      random: random.fork(name),
    });
    lifts.push(() => armed.liftAll());
    say(`${name} acts`);
  };

  const act = (line: string): void => {
    const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
    switch (word) {
      case '':
        return;
      case 'inbox':
        inbox(rest);
        return;
      case 'reply': {
        const [, person = '', text = ''] = /^(\S+)\s+(.*)$/.exec(rest) ?? [];
        knownPerson(world, person);
        world.reply(person, text);
        return;
      }
      case 'fault':
        fault(rest);
        return;
      case 'lift':
        for (const lift of lifts.splice(0)) lift();
        return;
      case 'help':
        for (const [form, does] of BY_HAND_LINES) say(`  ${form.padEnd(24)} ${does}`);
        return;
      default:
        say(`“${word}” means nothing here; help lists what does`);
    }
  };

  const lines = createInterface({ input });
  lines.on('line', (line) => {
    try {
      act(line);
    } catch (error) {
      if (error instanceof BellwetherErrors) for (const one of error.problems) complain(one);
      else if (error instanceof BellwetherError) complain(error);
      // The parser's own errors are about the line, too.
      else if (error instanceof Error && error.name.startsWith('YAML')) say(error.message);
      else throw error;
    }
  });
  return () => lines.close();
}
