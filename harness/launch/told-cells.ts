/**
 * Several cells for one program that was told of a world beforehand (`start: { url: … }`) and
 * goes on running: addresses and keys stay those of the first cell; people, numbers and ids are
 * new.
 */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { CellRunOptions } from '../run/cell-options.ts';

/** How a cell is to be run in a world that was told before; see CellRunOptions. */
export type Told = NonNullable<CellRunOptions['told']>;

export interface ToldCell {
  readonly cell: Cell;
  /** Undefined for the first one: it is the world that was told. */
  readonly told: Told | undefined;
}

/** Named people of one cell; the plan has far fewer. */
const NUMBERS_A_CELL = 1_000;
/** Callbacks, texts and the like of one cell; it has fewer. */
const IDS_A_CELL = 10_000_000;
/** +99910… is where named people live, counted from one. */
const BLOCK = '+99910';

/** What decides which doors there are, in which order they listen, and what keys they have. */
function shapeOf({ world }: Cell): unknown {
  const { gateways, gatewayChannels, sms, push, attachments, imessage } = world;
  const carriers = world.carriers.map((carrier) => ({ ...carrier, e2ee: undefined }));
  return { gateways, gatewayChannels, sms, push, attachments, imessage, carriers };
}

/** Why a cell cannot be played in the world of the first one; null when it can. */
function obstacle(first: Cell, cell: Cell): string | null {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (cell.worldCheck) return null;
  if (!same(cell.policy, first.policy)) return `its policy is ${cell.policy.name}`;
  if (!same(shapeOf(cell), shapeOf(first))) return 'its carriers, gateways or push are others';
  if (cell.world.population !== null) return 'it has a crowd';
  if (cell.allow !== undefined) return 'it is random by nature, and run more than once';
  return null;
}

function renumbered(msisdn: string, index: number): string {
  const number = Number(msisdn.slice(BLOCK.length)) + index * NUMBERS_A_CELL;
  return `${BLOCK}${String(number).padStart(msisdn.length - BLOCK.length, '0')}`;
}

function withNewPeople(cell: Cell, index: number, idPrefix: string): Cell {
  const people = cell.world.people.map((person) => ({
    ...person,
    account: `${idPrefix}${person.id}`,
    msisdn: renumbered(person.msisdn, index),
  }));
  return { ...cell, world: { ...cell.world, people } };
}

/** Cells that cannot be played in the world of the first: `<id>: <why>`. */
export function otherWorlds({ cells: [first, ...others] }: Plan): string[] {
  if (first === undefined) return [];
  return others.flatMap((cell) => {
    const why = obstacle(first, cell);
    return why === null ? [] : [`${cell.id}: ${why}`];
  });
}

/** The probe comes before them all, in the same world; what it says must not come twice either. */
export function toldProbe(row: readonly ToldCell[]): Told | undefined {
  const [first] = row;
  if (first === undefined) return undefined;
  return { keySeed: first.cell.seed, idPrefix: 'probe-', idsAfter: IDS_A_CELL, settleMicros: 0 };
}

/**
 * The cells of a plan as they follow one another in the world of the first. Throws RUN_TOLD_WORLD
 * where one needs another world: nothing is judged in a world that nobody was told of.
 */
export function toldCells(plan: Plan): ToldCell[] {
  const [first, ...others] = plan.cells;
  if (first === undefined) return [];
  const wrong = otherWorlds(plan);
  if (wrong.length > 0) {
    const shown = wrong.slice(0, 5);
    const more = wrong.length > shown.length ? [`… and ${wrong.length - shown.length} more`] : [];
    throw new BellwetherError(
      `${wrong.length} of ${plan.cells.length} cells need another world than the one that the ` +
        `program was told of (${first.id}):\n  ${[...shown, ...more].join('\n  ')}`,
      {
        code: 'RUN_TOLD_WORLD',
        blame: 'author',
        hint:
          'Ask env for one of them, start the program anew with that, and run it by --only; or ' +
          'let the harness start it (start: { command: … }).',
      },
    );
  }
  const rest = others.map((cell, at): ToldCell => {
    const before = plan.cells[at]!;
    const idPrefix = `c${at + 2}-`;
    const told = {
      keySeed: first.seed,
      idPrefix,
      idsAfter: (at + 2) * IDS_A_CELL,
      settleMicros: before.policy.gatewayBackOffMicros,
    };
    return { cell: withNewPeople(cell, at + 1, idPrefix), told };
  });
  return [{ cell: first, told: undefined }, ...rest];
}
