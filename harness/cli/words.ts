/** What the help of a command says and its action knows as well; nothing that is slow to load. */

/** What `list` can list. */
export const LISTABLE = [
  'rules',
  'faults',
  'gateways',
  'magic-numbers',
  'messages',
  'events',
  'devices',
  'carriers',
  'policies',
] as const;
export type Listable = (typeof LISTABLE)[number];

/** Where the simulators' ports count up from, unless it is said otherwise. */
export const DEFAULT_FIRST_PORT = '18700';

/** What `serve --interactive` takes: for `help`, and the page of the command. */
export const BY_HAND_LINES = [
  ['inbox [person]', 'what a person saw, or everybody'],
  ['reply <person> <text>', 'a person writes to the business'],
  ['fault <fault>', "as in a scenario's faults, without times: outage: gateway/rbm"],
  ['lift', 'ends every fault'],
  ['help', 'these lines'],
] as const;
