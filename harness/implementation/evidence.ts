/** What an implementation left on disk, read through the tap of implementation-files. */
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join, posix } from 'node:path';
import type { Tap } from '../../simulators/network/tap.ts';

/** Larger files are scanned in pieces that overlap, so that no canary is cut in two. */
const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 4096;
/** Names are scanned many at a time. */
const NAMES = 500;
/** A link may lead out of the folder, to a whole machine: so much behind links is read. */
const LINKED_ENTRIES = 20_000;
const LINKED_BYTES = 1024 * 1024 * 1024;
/** Told of what could not be read. */
const MOST_UNREAD = 10;

export interface EvidenceRead {
  /** How many were read. */
  readonly files: number;
  /** The patterns that no file fits. */
  readonly unmatched: readonly string[];
  /** What fits and was not read, and why: at most ten. */
  readonly unread: readonly string[];
}

function scanFile(file: string, tap: Tap): void {
  const piece = Buffer.allocUnsafe(PIECE_BYTES + OVERLAP_BYTES);
  const handle = openSync(file, 'r');
  try {
    for (let start = 0; ; start += PIECE_BYTES) {
      const length = readSync(handle, piece, 0, piece.length, start);
      if (length > 0 || start === 0) tap.scan(piece.subarray(0, length));
      if (length < piece.length) return;
    }
  } finally {
    closeSync(handle);
  }
}

/** To a glob a leading dot is special; nobody who names `data/**` means to leave `.cache` out. */
const withoutDots = (glob: string): string => glob.replaceAll('.', '\u{e000}');

/** A pattern of the description. */
class Pattern {
  readonly text: string;
  /** The folder or file with which all that fits begins. */
  readonly base: string;
  readonly #glob: string;
  /** What fits has at most so many names in its path. */
  readonly #deepest: number;
  matched = false;

  constructor(text: string) {
    this.text = text;
    const parts = posix.normalize(text).replace(/\/$/, '').split('/');
    const magic = parts.findIndex((part) => /[*?[\]{}()!+@\\]/.test(part));
    this.base = parts.slice(0, magic === -1 ? parts.length : magic).join('/');
    this.#glob = withoutDots(parts.join('/'));
    this.#deepest = /\*\*|[{(]/.test(text) ? Infinity : parts.length;
  }

  /** `path`: as `withoutDots` writes it. */
  fits(path: string): boolean {
    return posix.matchesGlob(path, this.#glob);
  }

  /** Can anything in this folder fit? */
  reaches(folder: string): boolean {
    return folder === '' || folder.split('/').length < this.#deepest;
  }
}

const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path.startsWith(`${folder}/`);

/** Nothing is there to be read: gone, a link that leads nowhere or to itself. */
const NOTHING: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

class Walk {
  readonly #root: string;
  readonly #patterns: readonly Pattern[];
  readonly #tap: Tap;
  readonly #unread = new Set<string>();
  #names: string[] = [];
  #files = 0;
  #linkedEntries = 0;
  #linkedBytes = 0;

  constructor(root: string, patterns: readonly Pattern[], tap: Tap) {
    this.#root = root;
    this.#patterns = patterns;
    this.#tap = tap;
  }

  /** All below a base; `above`: the folders that lead there, by their real paths. */
  look(path: string, above: readonly string[] = [], linked = false): void {
    try {
      this.#look(path, above, linked);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!NOTHING.has(code) || path.includes('\u{fffd}'))
        this.#unreadable(path, code ?? 'unknown');
    }
  }

  end(): EvidenceRead {
    this.#scanNames();
    return {
      files: this.#files,
      unmatched: this.#patterns.filter(({ matched }) => !matched).map(({ text }) => text),
      unread: [...this.#unread],
    };
  }

  #look(path: string, above: readonly string[], linked: boolean): void {
    const full = join(this.#root, path);
    const own = lstatSync(full);
    const isLink = own.isSymbolicLink();
    const dotless = withoutDots(path);
    const fitting = this.#patterns.filter((pattern) => pattern.fits(dotless));
    if (fitting.length > 0) this.#named(isLink ? `${path} -> ${readlinkSync(full)}` : path);
    const stats = isLink ? statSync(full) : own;
    const byLink = linked || isLink;
    if (byLink && ++this.#linkedEntries > LINKED_ENTRIES) {
      this.#unreadable('…', `more than ${LINKED_ENTRIES} entries behind links`);
    } else if (stats.isDirectory()) {
      if (!this.#patterns.some((pattern) => pattern.reaches(path))) return;
      const real = realpathSync(full);
      // A link to a folder that it lies in.
      if (above.includes(real)) return;
      const below = [...above, real];
      const prefix = path === '' ? '' : `${path}/`;
      for (const name of readdirSync(full).toSorted()) this.look(prefix + name, below, byLink);
    } else if (stats.isFile() && fitting.length > 0) {
      for (const pattern of fitting) pattern.matched = true;
      this.#read(path, full, stats, byLink);
    }
  }

  #read(path: string, full: string, { size }: Stats, linked: boolean): void {
    if (linked) {
      // What a system answers in files of no size may never end.
      if (size === 0) return;
      this.#linkedBytes += size;
      if (this.#linkedBytes > LINKED_BYTES) {
        this.#unreadable(path, `more than ${LINKED_BYTES} bytes behind links`);
        return;
      }
    }
    scanFile(full, this.#tap);
    this.#files++;
  }

  /** What a file is called is written to the disk, too. */
  #named(name: string): void {
    this.#names.push(name);
    if (this.#names.length >= NAMES) this.#scanNames();
  }

  #scanNames(): void {
    if (this.#names.length > 0) this.#tap.scan(this.#names.join('\n'));
    this.#names = [];
  }

  #unreadable(path: string, why: string): void {
    if (this.#unread.size < MOST_UNREAD) this.#unread.add(`${path} (${why})`);
  }
}

/**
 * Scans the name and the contents of everything below `folder` that a pattern names: hidden files
 * too, and what lies behind links. Only relative paths reach the history.
 */
export function scanFiles(folder: string, texts: readonly string[], tap: Tap): EvidenceRead {
  const patterns = texts.map((text) => new Pattern(text));
  const bases = new Set(patterns.map(({ base }) => base));
  const walk = new Walk(folder, patterns, tap);
  for (const base of [...bases].toSorted()) {
    const inner = [...bases].some((other) => other !== base && isBelow(base, other));
    if (!inner) walk.look(base);
  }
  return walk.end();
}
