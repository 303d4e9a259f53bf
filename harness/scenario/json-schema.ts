/**
 * The JSON Schema of scenarios, for editors: made from the same zod objects that validate, with the
 * words of the vocabulary written in. It takes everything that validation takes; what hangs
 * together (a target that the world has, a fault within the duration) only `bellwether validate`
 * can tell.
 */
import { z } from 'zod';
import { invariant } from '../../simulators/kernel/errors.ts';
import type { FaultEntry } from '../../simulators/kernel/fault-entry.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { faultSchema } from './fault-schema.ts';
import { scenarioSchema } from './schema.ts';

/** A node of a JSON Schema. */
type Node = { [key: string]: unknown };

/** `${platform}`: the matrix may stand for any text. */
const PLACEHOLDER: Node = { type: 'string', pattern: String.raw`\$\{[^}]+\}` };

export interface ScenarioWords {
  readonly vocabulary: Vocabulary;
  /** What `requires` takes. */
  readonly claims: readonly string[];
  readonly locales: readonly string[];
}

function toNode(schema: z.ZodType): Node {
  const made = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as Node;
  const { $schema: _draft, ...node } = made;
  return node;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Walks by property names; `[]` stands for the items, `*` for the values of a map. */
function nodeAt(root: Node, path: readonly string[]): Node {
  let here: unknown = root;
  for (const step of path) {
    invariant(isNode(here), `the scenario schema has no ${path.join('.')}`);
    if (step === '[]') here = here['items'];
    else if (step === '*') here = here['additionalProperties'];
    else here = (here['properties'] as Node | undefined)?.[step];
  }
  invariant(isNode(here), `the scenario schema has no ${path.join('.')}`);
  return here;
}

/** Turns the text at a path into a choice of words, keeping what else the node says. */
function choose(root: Node, path: readonly string[], words: readonly string[]): void {
  const node = nodeAt(root, path);
  invariant(node['type'] === 'string', `${path.join('.')} of the scenario schema is no text`);
  node['enum'] = [...words];
}

/** The same for words that readers may add to (profiles of their own): suggested, not closed. */
function suggest(node: Node, words: readonly string[], about: string): void {
  delete node['type'];
  node['anyOf'] = [{ enum: [...words] }, { type: 'string', description: about }];
}

/** Lets a placeholder stand wherever a constrained text stands. Works from the leaves upwards. */
function withPlaceholders(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withPlaceholders);
  if (!isNode(node)) return node;
  const { properties, additionalProperties, items, anyOf, ...rest } = node;
  const inner: Node = {
    ...rest,
    ...(isNode(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, withPlaceholders(value)]),
          ),
        }
      : {}),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: withPlaceholders(additionalProperties) }),
    ...(items === undefined ? {} : { items: withPlaceholders(items) }),
    ...(anyOf === undefined ? {} : { anyOf: withPlaceholders(anyOf) }),
  };
  const constrained = ['enum', 'const', 'pattern'].some((word) => word in rest);
  const isText = rest['type'] === 'string' && constrained;
  if (!isText) return inner;
  const { description, ...leaf } = inner;
  const choice: Node = { anyOf: [leaf, PLACEHOLDER] };
  return description === undefined ? choice : { description, ...choice };
}

function faultNode(entry: FaultEntry): Node {
  const node = toNode(faultSchema(entry));
  const properties = node['properties'] as Record<string, Node>;
  for (const [name, parameter] of Object.entries(entry.params)) {
    Object.assign(properties[name]!, { description: parameter.doc });
  }
  Object.assign(properties[entry.name]!, {
    description: `${entry.doc} On: ${entry.targets.join(', ')}.`,
  });
  return { title: entry.name, description: entry.doc, examples: [entry.example], ...node };
}

/** Rules and their groups, as `never` and `ignore` take them. */
function ruleWords(vocabulary: Vocabulary): string[] {
  const rules = Object.keys(vocabulary.rules);
  const groups = new Set(rules.map((rule) => `${rule.split('/')[0]}/*`));
  return [...rules, ...groups];
}

/** The whole schema as a JSON value (draft 7, which editors know best). */
function scenarioJsonSchema({ vocabulary, claims, locales }: ScenarioWords): Node {
  const root = toNode(scenarioSchema);
  const { profiles } = vocabulary;
  const own = 'A profile of your own, in profiles/ beside the scenario.';
  for (const person of [
    ['world', 'people', '*'],
    ['world', 'population', 'mix', '[]'],
  ]) {
    suggest(nodeAt(root, [...person, 'device']), Object.keys(profiles.devices), own);
  }
  const carrier = nodeAt(root, ['world', 'carriers', '*', 'profile']);
  suggest(carrier, Object.keys(profiles.carriers), own);
  choose(root, ['world', 'gateways', '[]'], vocabulary.gateways);
  choose(root, ['traffic', '*', 'message', 'kind'], vocabulary.messageKinds);
  choose(root, ['traffic', '*', 'message', 'locale'], locales);
  choose(root, ['requires', '[]'], claims);
  choose(root, ['expect', '[]', 'never', '[]'], ruleWords(vocabulary));
  choose(root, ['ignore', '[]', 'rule'], ruleWords(vocabulary));
  const policy = nodeAt(root, ['policy']);
  const [named] = policy['anyOf'] as Node[];
  invariant(named?.['type'] === 'string', 'the scenario schema has no named policy');
  suggest(named, Object.keys(profiles.policies), 'A policy file beside the scenario.');
  const faults = Object.values(vocabulary.faults).map((entry) => {
    const node = faultNode(entry);
    choose(node, ['after', 'event'], vocabulary.eventKinds);
    return node;
  });
  nodeAt(root, ['faults'])['additionalProperties'] = { anyOf: faults };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A Bellwether scenario',
    ...(withPlaceholders(root) as Node),
  };
}

/** As the file `scenarios/scenario.schema.json` has it. */
export function renderScenarioSchema(words: ScenarioWords): string {
  return `${JSON.stringify(scenarioJsonSchema(words), null, 2)}\n`;
}
