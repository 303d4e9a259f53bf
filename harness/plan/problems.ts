import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import { pathText } from '../scenario/diagnose.ts';
import type { Source, SourcePath } from '../scenario/source.ts';

/** So many valid words are listed; the reference pages have all. */
const MOST_LISTED = 20;

/** Collects what is wrong with a scenario beyond its shape, each at its place in the file. */
export class Problems {
  readonly #source: Source;
  readonly #seen = new Set<string>();
  readonly list: BellwetherError[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  add(
    code: string,
    path: SourcePath,
    message: string,
    hint: string,
    part: 'key' | 'value' = 'value',
  ): void {
    const at = this.#source.positionOf(path, part);
    const key = `${at.line}:${at.column}:${message}`;
    // The same place is visited once for every combination of the matrix.
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.push(new BellwetherError(message, { code, blame: 'author', at, hint }));
  }

  /** A word that names nothing: says so, with the nearest valid one. */
  unknown(
    path: SourcePath,
    what: string,
    written: string,
    valid: readonly string[],
    part: 'key' | 'value' = 'value',
  ): void {
    const near = nearestWord(written, valid);
    const more = valid.length > MOST_LISTED ? ` and ${valid.length - MOST_LISTED} more` : '';
    const list =
      valid.length === 0
        ? 'There is none in this scenario.'
        : `Valid: ${valid.slice(0, MOST_LISTED).join(', ')}${more}.`;
    this.add(
      'SCENARIO_UNKNOWN_NAME',
      path,
      `${pathText(path)}: there is no ${what} called ${written}`,
      near === undefined ? list : `Did you mean ${near}? ${list}`,
      part,
    );
  }
}
