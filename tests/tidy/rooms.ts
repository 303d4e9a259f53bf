/** What one room may reach in another; `typesOnly` where values must not cross. */
export interface Permission {
  /** A room's path, or a folder above several rooms. */
  readonly room: string;
  readonly typesOnly?: true;
}

/** One row of the table: rooms with the same rights. */
export interface RoomRow {
  /** Folders or single files; the longest match decides which room a file is in. */
  readonly paths: readonly string[];
  /** `everything` for what stands outside the product (tests, benches, tooling). */
  readonly mayImport: readonly Permission[] | 'everything';
  /** Whether packages from npm are allowed; `node:` modules always are. */
  readonly npm: boolean;
  /** Names under which this package itself may be imported. */
  readonly publicEntries?: readonly string[];
  /** Whether a path known only at run time may be loaded here. */
  readonly loadsCode?: true;
  /** Planned rooms: the row turns stale as soon as the first file is there. */
  readonly later?: true;
  /** Files in it need no README of their own (single files, plain scripts). */
  readonly noReadme?: true;
  readonly why: string;
}

const kernel = { room: 'simulators/kernel' } as const;
const protocol = { room: 'simulators/protocol' } as const;
const network = { room: 'simulators/network' } as const;

/** Who may import whom: the table of docs/architecture.md. Imports inside a room are free. */
export const rooms: readonly RoomRow[] = [
  {
    paths: ['simulators/kernel'],
    mayImport: [],
    npm: false,
    why: 'the physics and the shared words: everything stands on it, it stands on nothing',
  },
  {
    paths: ['simulators/protocol'],
    mayImport: [kernel],
    npm: true,
    why: 'wire formats as pure functions, usable without a world',
  },
  {
    paths: ['simulators/network'],
    mayImport: [kernel, protocol],
    npm: true,
    why: 'links and doors carry bytes; what they mean to a party is not their business',
  },
  {
    paths: ['simulators/carrier', 'simulators/gateway', 'simulators/push', 'simulators/device'],
    mayImport: [kernel, protocol, network],
    npm: true,
    why: 'parties meet on the wire, never by calling each other',
  },
  {
    paths: ['simulators/attachments'],
    mayImport: [kernel, protocol, network],
    npm: true,
    why: 'a party like the others',
  },
  {
    paths: ['simulators/faults'],
    mayImport: [kernel],
    npm: true,
    why: 'a fault acts through the verbs of a Target and knows no party',
  },
  {
    paths: ['simulators/world.ts', 'simulators/world'],
    mayImport: [{ room: 'simulators' }],
    npm: true,
    noReadme: true,
    why: 'builds and tears down a world from a plan',
  },
  {
    paths: ['harness/bootstrap'],
    mayImport: [],
    npm: false,
    noReadme: true,
    why: 'runs on an old Node before any package is installed',
  },
  {
    paths: ['harness/scenario'],
    mayImport: [kernel],
    npm: true,
    why: 'text to model; the registries reach it as one Vocabulary',
  },
  {
    paths: ['harness/plan'],
    mayImport: [kernel, { room: 'harness/scenario' }],
    npm: true,
    why: 'model to cells',
  },
  {
    paths: ['harness/implementation'],
    mayImport: [{ room: 'simulators' }, { room: 'harness/scenario' }],
    npm: true,
    loadsCode: true,
    why: 'connects what is under test to the edges; its description is read as a scenario is',
  },
  {
    paths: ['harness/mls'],
    mayImport: [
      kernel,
      protocol,
      network,
      { room: 'harness/scenario' },
      { room: 'harness/implementation' },
      { room: 'harness/verdict' },
      { room: 'reports', typesOnly: true },
    ],
    npm: true,
    why: 'judges an MLS stack alone: its own delivery service, no world around it',
  },
  {
    paths: ['harness/run'],
    mayImport: [
      { room: 'simulators' },
      { room: 'harness/implementation' },
      { room: 'harness/plan' },
    ],
    npm: true,
    why: 'the only loop',
  },
  {
    paths: ['harness/judge'],
    mayImport: [kernel],
    npm: true,
    why: 'pure: plan and history in, findings out',
  },
  {
    paths: ['harness/verdict'],
    mayImport: [kernel],
    npm: true,
    why: 'folds findings; the kernel holds the words they are written in',
  },
  {
    paths: ['harness/launch'],
    mayImport: [
      kernel,
      { room: 'harness/scenario' },
      { room: 'harness/implementation' },
      { room: 'harness/plan' },
      { room: 'harness/run' },
      { room: 'harness/judge' },
      { room: 'harness/verdict' },
      { room: 'reports', typesOnly: true },
    ],
    npm: true,
    why: 'many runs, made of single ones, folded into the report that reporters get',
  },
  {
    paths: ['harness/explore', 'harness/certify'],
    mayImport: [
      { room: 'harness/plan' },
      { room: 'harness/run' },
      { room: 'harness/judge' },
      { room: 'harness/verdict' },
    ],
    npm: true,
    later: true,
    why: 'many runs, made of single ones',
  },
  {
    paths: ['harness/store', 'harness/room'],
    mayImport: [kernel, { room: 'reports', typesOnly: true }, { room: 'harness/run' }],
    npm: true,
    later: true,
    why: 'readers of the history',
  },
  {
    paths: ['harness/project.ts'],
    mayImport: [],
    npm: false,
    why: 'where the project lies and what it is called: of use to every door, before all else',
  },
  {
    paths: ['harness/cli', 'harness/compose.ts', 'harness/compose', 'harness/index.ts'],
    mayImport: [{ room: 'harness' }, { room: 'simulators' }, { room: 'reports' }],
    npm: true,
    loadsCode: true,
    why: 'the composition root and the doors to it: the one place that knows every registry',
  },
  {
    paths: ['harness/unit-tests'],
    mayImport: [
      { room: 'simulators' },
      { room: 'harness/scenario' },
      { room: 'harness/plan' },
      { room: 'harness/judge' },
      { room: 'harness/compose.ts' },
    ],
    npm: true,
    why: 'the simulators as doors of the package for the tests of other projects',
  },
  {
    paths: ['reports'],
    mayImport: [{ ...kernel, typesOnly: true }],
    npm: true,
    why: 'renders what it is given; nothing in it can change a verdict',
  },
  {
    paths: ['examples'],
    mayImport: [],
    npm: true,
    publicEntries: ['bellwether/protocol', 'bellwether/module', 'bellwether/vitest'],
    why: 'implementations to test: what they share with the simulators is the public entry only',
  },
  {
    paths: ['tests', 'bench'],
    mayImport: 'everything',
    npm: true,
    why: 'look at all of it from outside',
  },
  {
    paths: ['.ci', 'docs', 'vitest.config.ts'],
    mayImport: 'everything',
    npm: true,
    noReadme: true,
    why: 'tooling and data about the project',
  },
];

/** Rooms without code, which owe the reader a README all the same. */
export const dataRooms: readonly string[] = ['scenarios'];

/** Folders in which each file is an entry that its index.ts must name. */
export const registryFolders: readonly string[] = [
  'simulators/faults',
  'simulators/gateway/personalities',
  'harness/judge/rules',
  'harness/implementation/ways',
  'reports/formats',
];
